-- A task's runs may begin at an hour of the day, and its first one may go back
-- further than is usual.
ALTER TABLE instance_task ADD COLUMN start_hour BIGINT; -- NULL: counted from the last run
ALTER TABLE instance_task ADD COLUMN zone TEXT NOT NULL DEFAULT ''; -- IANA, '' is UTC
ALTER TABLE instance_task ADD COLUMN lookback_us BIGINT NOT NULL DEFAULT 0; -- 0: the usual

-- A run that reads everything again instead of what changed, from a moment on.
ALTER TABLE run ADD COLUMN whole BIGINT NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN since BIGINT NOT NULL DEFAULT 0; -- 0: as far back as the vendor tells
