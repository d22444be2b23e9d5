-- Only an instance that an admin marked may end a person's employment.
ALTER TABLE instance ADD COLUMN hr BOOLEAN NOT NULL DEFAULT FALSE;
