-- Judging: what was paid, what may be reused, who is at work.

-- A verdict by the hash of everything that went into it, so that the same question is never paid twice.
CREATE TABLE verdict_key (key BLOB PRIMARY KEY, verdict INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- A job: one judge version over one eval (later: one run over one dataset version). Starting the same work again
-- goes on with the same job, in this process or another, under the same budget.
CREATE TABLE job (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, eval INTEGER NOT NULL, judge INTEGER,
  title TEXT NOT NULL, wish TEXT NOT NULL DEFAULT 'run', concurrency INTEGER NOT NULL,
  max_micros INTEGER, max_tokens INTEGER,
  spent_micros INTEGER NOT NULL DEFAULT 0, spent_tokens INTEGER NOT NULL DEFAULT 0,
  -- Reserved by workers that are gone: their calls may have been paid, so they count against the budget.
  lost_micros INTEGER NOT NULL DEFAULT 0, lost_tokens INTEGER NOT NULL DEFAULT 0,
  unpriced INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, cached INTEGER NOT NULL DEFAULT 0,
  started_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, ended_ms INTEGER, outcome TEXT, message TEXT
) STRICT;
CREATE INDEX job_eval ON job (eval);
CREATE TABLE job_worker (
  job INTEGER NOT NULL, owner TEXT NOT NULL, beat_ms INTEGER NOT NULL, in_flight INTEGER NOT NULL DEFAULT 0,
  held_micros INTEGER NOT NULL DEFAULT 0, held_tokens INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (job, owner)
) STRICT, WITHOUT ROWID;
-- Work that ended without a verdict, by class; the next start tries it again.
CREATE TABLE job_failure (
  job INTEGER NOT NULL, ticket INTEGER NOT NULL, criterion TEXT NOT NULL, sample INTEGER NOT NULL, class TEXT NOT NULL,
  message TEXT NOT NULL, PRIMARY KEY (job, ticket, criterion, sample)
) STRICT, WITHOUT ROWID;

-- Every reply that was paid or may have been, whatever came of it.
CREATE TABLE call (
  row INTEGER PRIMARY KEY, job INTEGER NOT NULL, ticket INTEGER, criterion TEXT NOT NULL, class TEXT NOT NULL,
  input INTEGER, cached_input INTEGER, output INTEGER, reasoning INTEGER, micros INTEGER, took_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_job ON call (job, class);

-- What was found out about an endpoint and model, worth keeping: JSON.
CREATE TABLE endpoint (place TEXT NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (place, model)) STRICT, WITHOUT ROWID;

-- A judge's proposed correction of an output: a fact, like a verdict.
CREATE TABLE suggestion (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, ticket INTEGER NOT NULL, judge INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX suggestion_ticket ON suggestion (ticket);
