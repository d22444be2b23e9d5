-- Which process sends: what one left that is dead is found by it. While a
-- delivery is being sent, next_at is when that began.
ALTER TABLE notice_delivery ADD COLUMN holder TEXT NOT NULL DEFAULT '';
