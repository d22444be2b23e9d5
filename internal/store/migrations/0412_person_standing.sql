-- Of whom it was said that they left, or are away, when findings were worked out
-- last: only what is said otherwise since is worked out anew.
CREATE TABLE person_standing (
  person_id BIGINT NOT NULL PRIMARY KEY,
  said      TEXT NOT NULL
);

-- What a reading of a few people looks for: links that a new address may move.
CREATE INDEX account_person_alias ON account_person (account_id) WHERE rule = 'alias';
