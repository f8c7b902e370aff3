-- Comparisons that are kept, and what tells whether they still hold.

-- How often what a comparison rests on was written, by eval and by run. It rises with every write and never falls, so
-- it is no projection: a rebuild raises it too.
CREATE TABLE changed (id BLOB PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Projection: the sentences that the verdicts of a judge on a group's tickets carry. Reading them out of every verdict
-- took seconds at half a million. Verdicts never go, so neither do these.
CREATE TABLE group_badge (
  eval INTEGER NOT NULL, judge INTEGER NOT NULL, badge TEXT NOT NULL, PRIMARY KEY (eval, judge, badge)
) STRICT, WITHOUT ROWID;
INSERT INTO group_badge (eval, judge, badge)
  SELECT DISTINCT e.row, v.judge, v.body ->> 'badge'
    FROM run_group g JOIN eval e ON e.id = g.tickets JOIN ticket t ON t.eval = e.row JOIN verdict v ON v.ticket = t.row
   WHERE v.body ->> 'badge' IS NOT NULL;

-- Projection: how many tickets of a group each judge has read is a kept count from now on.
INSERT INTO tally (eval, field, value, n)
  SELECT t.eval, 'reader', lower(hex(j.id)), count(*)
    FROM group_score s JOIN ticket t ON t.row = s.ticket JOIN judge j ON j.row = s.judge GROUP BY t.eval, j.id;

-- Comparisons as they were finished, the last of each kind: JSON, and the mark of what they rest on. They may go at any
-- time; nothing is lost by it but the time they took.
CREATE TABLE kept_comparison (
  run_group BLOB NOT NULL, baseline TEXT NOT NULL, everything INTEGER NOT NULL,
  mark BLOB NOT NULL, made_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_group, baseline, everything)
) STRICT;

-- The same for how far the runs of a group are: JSON, kept of groups with many rows.
CREATE TABLE kept_counts (run_group BLOB PRIMARY KEY, mark BLOB NOT NULL, body TEXT NOT NULL) STRICT;
