-- Near-duplicates and risk-weighted plans.

-- Near-duplicates are found with the search index, after an import, so that an import stays as fast as it was.

-- What an item's own text is, once the job has looked at it: its cluster by equality alone, and the keys of its
-- signature's bands (16 numbers of 4 bytes; none where the text is nothing but boilerplate).
CREATE TABLE near_text (item INTEGER PRIMARY KEY, own BLOB NOT NULL, bands BLOB) STRICT;

-- Which cluster a cluster by equality has joined. `item.cluster` is what comes of it; clusters in no line stand alone.
CREATE TABLE cluster_join (own BLOB PRIMARY KEY, cluster BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX cluster_joined ON cluster_join (cluster);

-- How far the job is, by item row, and the boilerplate it goes by (8 bytes a shingle). A template that shows itself
-- later makes the job begin anew, under the next number.
CREATE TABLE near_state (number INTEGER NOT NULL, signed INTEGER NOT NULL, paired INTEGER NOT NULL, common BLOB NOT NULL) STRICT;
INSERT INTO near_state (number, signed, paired, common) VALUES (0, 0, 0, x'');

-- A plan that is not uniform: the share of every ticket's weight that is the same, and for each ticket the weight it
-- was drawn with and its priority, frozen when it was drawn. No share: the plan is uniform.
ALTER TABLE plan ADD COLUMN mix REAL;
CREATE TABLE plan_ticket (
  ticket INTEGER PRIMARY KEY, plan INTEGER NOT NULL, weight REAL NOT NULL, priority REAL NOT NULL
) STRICT;
