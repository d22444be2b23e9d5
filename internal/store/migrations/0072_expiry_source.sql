-- Who says when a credential ends: declared, entered or read; '' where nobody does.
ALTER TABLE credential ADD COLUMN expires_by TEXT NOT NULL DEFAULT '';
UPDATE credential SET expires_by = 'declared' WHERE expires_at <> 0;
