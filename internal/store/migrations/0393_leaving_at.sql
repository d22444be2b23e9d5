-- A source that tells when it took something away takes nothing away that was given later.
ALTER TABLE leaving ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
