-- One person for each address, made anew when people have changed.
CREATE TABLE person_address (
  address TEXT PRIMARY KEY,
  person_id BIGINT NOT NULL
);

-- What fits while accounts are being matched; empty otherwise.
CREATE TABLE account_match (
  account_id BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  how TEXT NOT NULL
);
