-- The list of accounts through identity providers is sorted by the last sign-in.
CREATE INDEX sso_account_used ON sso_account ((COALESCE(used_at, -1)), id);
