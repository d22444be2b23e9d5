-- With the account a search finds those of people by the index alone.
DROP INDEX account_person_person;
CREATE INDEX account_person_person ON account_person (person_id, account_id);
-- postgres: ANALYZE account_person;
