-- Accounts that are used although their person uses another application of the same
-- category that more people use.
CREATE TABLE overlap_account (
	account_id  BIGINT PRIMARY KEY,
	instance_no BIGINT NOT NULL,
	saas_no     BIGINT NOT NULL,
	other_no    BIGINT NOT NULL
);
CREATE INDEX overlap_account_instance ON overlap_account (instance_no);
CREATE INDEX overlap_account_saas ON overlap_account (saas_no);
