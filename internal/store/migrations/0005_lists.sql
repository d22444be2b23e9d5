-- Lists are sorted only where there is an index; their expressions are those of
-- accountName, personName and transactionDate.
CREATE INDEX account_by_name ON "account" ((COALESCE(display_name, email, user_name, external_id)), id);
CREATE INDEX person_by_name ON "person" ((COALESCE(display_name, email, external_id)), id);
CREATE INDEX transaction_by_date ON "transaction" ((COALESCE(date, '')), id);

-- The days of use of one account, and of one application.
CREATE INDEX activity_account ON activity (instance_no, account, day);
CREATE INDEX activity_application ON activity (instance_no, application, day);
