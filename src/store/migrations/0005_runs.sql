-- Run groups and runs: what candidates answered, and how the group's judge scored it.

-- Projections of the events that made them.
CREATE TABLE run_group (
  id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, tickets BLOB NOT NULL UNIQUE, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE run (
  id BLOB NOT NULL PRIMARY KEY, run_group BLOB NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX run_of_group ON run (run_group, place);

-- Facts: what a run has of an item, an output or the class of its failure. Cost and times are those of the reply
-- itself, also where it is reused (`reused` = 1) and nothing was paid again.
CREATE TABLE run_row (
  run BLOB NOT NULL, item INTEGER NOT NULL, output INTEGER, ticket INTEGER, class TEXT, message TEXT,
  input INTEGER, cached_input INTEGER, output_tokens INTEGER, reasoning INTEGER, micros INTEGER,
  latency_ms INTEGER, first_ms INTEGER, reused INTEGER NOT NULL, PRIMARY KEY (run, item)
) STRICT, WITHOUT ROWID;

-- A reply by the hash of everything that was sent, so that the same question is never paid twice.
CREATE TABLE run_key (
  key BLOB PRIMARY KEY, run BLOB NOT NULL, item INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Projection: where each judge stands on each ticket of a group, folded from its verdicts.
CREATE TABLE group_score (
  ticket INTEGER NOT NULL, judge INTEGER NOT NULL, score REAL, pass INTEGER, class TEXT, PRIMARY KEY (ticket, judge)
) STRICT, WITHOUT ROWID;
