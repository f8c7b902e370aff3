-- The first schema. Facts are named by content (16-byte ids); `row` is a local number that never leaves
-- this file. Tables of the ledger refuse update and delete.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- Facts -----------------------------------------------------------------------------------------------

CREATE TABLE source (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, format TEXT NOT NULL,
  bytes INTEGER NOT NULL, sha256 TEXT
) STRICT;

-- One row of a source, byte for byte. Bodies of items and outputs are spans of it where they stand in it
-- unchanged, so a text is stored once.
CREATE TABLE raw (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL, source INTEGER NOT NULL, line INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;

CREATE TABLE item (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL, cluster BLOB NOT NULL, raw INTEGER NOT NULL,
  request_at INTEGER, request_len INTEGER, request BLOB,
  reference_at INTEGER, reference_len INTEGER, reference BLOB, external_id TEXT
) STRICT;

CREATE TABLE output (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL, item INTEGER NOT NULL, raw INTEGER NOT NULL, position INTEGER NOT NULL,
  model TEXT, message_at INTEGER, message_len INTEGER, message BLOB, finish TEXT,
  prompt_tokens INTEGER, completion_tokens INTEGER, cost_micros INTEGER, latency_ms INTEGER, error TEXT,
  feature TEXT, tags TEXT, time_ms INTEGER, chars INTEGER NOT NULL
) STRICT;

CREATE TABLE rubric (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, body TEXT NOT NULL, version TEXT NOT NULL
) STRICT;

-- A dataset version is a set of item rows, kept as ranges: imports add neighbours.
CREATE TABLE dataset_version (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL, dataset BLOB NOT NULL, number INTEGER NOT NULL, items INTEGER NOT NULL,
  UNIQUE (dataset, number)
) STRICT;
CREATE TABLE dataset_range (
  dataset BLOB NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL, added INTEGER NOT NULL, removed INTEGER,
  PRIMARY KEY (dataset, lo, added)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, eval BLOB NOT NULL, number INTEGER NOT NULL, seed INTEGER NOT NULL,
  tickets INTEGER NOT NULL, UNIQUE (eval, number)
) STRICT;

CREATE TABLE judge (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, body TEXT NOT NULL) STRICT;

CREATE TABLE verdict (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, ticket INTEGER NOT NULL, criterion TEXT NOT NULL,
  judge INTEGER NOT NULL, sample INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_ticket ON verdict (ticket);

-- What was imported: one line a source file and target, so that a second import says what it would add.
CREATE TABLE import_note (
  row INTEGER PRIMARY KEY, source INTEGER NOT NULL, kind TEXT NOT NULL, line INTEGER, text TEXT NOT NULL, n INTEGER NOT NULL
) STRICT;

-- Tickets: the first columns are facts, from `state` on they are projections of the ledger.
CREATE TABLE ticket (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL, eval INTEGER NOT NULL, item INTEGER NOT NULL, output INTEGER NOT NULL,
  outputs INTEGER NOT NULL, plan INTEGER NOT NULL, plan_key INTEGER NOT NULL,
  model TEXT, feature TEXT, time_ms INTEGER NOT NULL, chars INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, flagged INTEGER NOT NULL DEFAULT 0, corrected INTEGER NOT NULL DEFAULT 0,
  score REAL, pass INTEGER, judge REAL,
  judge_key INTEGER NOT NULL DEFAULT 2000000 -- the judge's score in millionths, for sorting; unjudged come last
) STRICT;
CREATE TABLE ticket_output (
  ticket INTEGER NOT NULL, position INTEGER NOT NULL, output INTEGER NOT NULL, PRIMARY KEY (ticket, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_tag (
  eval INTEGER NOT NULL, tag TEXT NOT NULL, ticket INTEGER NOT NULL, given INTEGER NOT NULL,
  PRIMARY KEY (eval, tag, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_tag_ticket ON ticket_tag (ticket);

-- The ledger --------------------------------------------------------------------------------------------

CREATE TABLE event (
  seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, hlc INTEGER NOT NULL, reviewer TEXT NOT NULL, kind TEXT NOT NULL,
  schema INTEGER NOT NULL, ticket BLOB, action BLOB NOT NULL, undoes BLOB, body TEXT NOT NULL
) STRICT;
CREATE INDEX event_ticket ON event (ticket, hlc) WHERE ticket IS NOT NULL;
CREATE INDEX event_global ON event (hlc) WHERE ticket IS NULL;
CREATE INDEX event_reviewer ON event (reviewer, hlc);
CREATE INDEX event_action ON event (action);
CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Projections: recomputed by `doctor --rebuild`, no own numbers and no wall clock ------------------------

CREATE TABLE eval (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
CREATE TABLE dataset (
  id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, version BLOB, items INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_fold (ticket INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE ticket_person (
  ticket INTEGER NOT NULL, reviewer TEXT NOT NULL, eval INTEGER NOT NULL, score REAL, pass INTEGER, skipped INTEGER,
  active_ms INTEGER, assisted INTEGER, PRIMARY KEY (ticket, reviewer)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_person_mine ON ticket_person (eval, reviewer);
CREATE TABLE tally (
  eval INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (eval, field, value)
) STRICT, WITHOUT ROWID;

-- Leases and drafts: ephemeral ----------------------------------------------------------------------------

CREATE TABLE lease (
  ticket INTEGER NOT NULL, seat TEXT NOT NULL, owner TEXT NOT NULL, token INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  PRIMARY KEY (ticket, seat)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_owner ON lease (owner, until_ms);
CREATE TABLE draft (
  ticket INTEGER NOT NULL, reviewer TEXT NOT NULL, body TEXT NOT NULL, saved_ms INTEGER NOT NULL,
  PRIMARY KEY (ticket, reviewer)
) STRICT, WITHOUT ROWID;
