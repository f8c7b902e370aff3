-- The search index over output texts. Contentless: the words live in `raw` already, so only the index is
-- stored; `rowid` is `output.row`. Runs of CJK are split before they go in.
CREATE VIRTUAL TABLE search USING fts5 (text, content='', tokenize='unicode61 remove_diacritics 2');
INSERT INTO meta (key, value) VALUES ('search_through', '0');
