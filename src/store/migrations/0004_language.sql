-- The language of a request, where it could be told; filled with the search index.
CREATE TABLE item_language (item INTEGER PRIMARY KEY, code TEXT NOT NULL) STRICT;
