-- Since when an instance has its status: an admin who was away asks that first.
ALTER TABLE instance ADD COLUMN status_since BIGINT NOT NULL DEFAULT 0;
