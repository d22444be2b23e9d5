-- How many live seats an instance has, counted when seats were read: a page that shows
-- seats of all applications would count a million rows otherwise. Of an instance without
-- a row they are counted as they are asked for.
CREATE TABLE seat_count (
  instance_no BIGINT PRIMARY KEY,
  seats       BIGINT NOT NULL
);
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT DISTINCT instance_no, 'seat', 0, 1 FROM stream WHERE kind = 'seat'
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
