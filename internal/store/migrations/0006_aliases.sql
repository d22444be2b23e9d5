-- Addresses that are an alias of an account that is known to be a person's.
CREATE TABLE person_alias (
  address TEXT PRIMARY KEY,
  person_id BIGINT NOT NULL
);
