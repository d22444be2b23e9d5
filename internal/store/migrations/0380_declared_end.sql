-- When a credential ends by what its connector says, apart from what a person entered or
-- the vendor told of it: either may change without the other. The earlier one counts.
ALTER TABLE credential ADD COLUMN declared_at BIGINT NOT NULL DEFAULT 0;
UPDATE credential SET declared_at = expires_at, expires_at = 0, expires_by = '' WHERE expires_by = 'declared';
