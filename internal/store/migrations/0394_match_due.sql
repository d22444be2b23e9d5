-- Whom and which accounts somebody decided about, until what follows is matched.
CREATE TABLE match_due (
  no {{key}},
  person_id  BIGINT NOT NULL DEFAULT 0,
  account_id BIGINT NOT NULL DEFAULT 0
);

-- Every person who has an alias, so that one who goes shows whose it is then: an
-- alias of several people is nobody's.
CREATE TABLE alias_of (
  address   TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  PRIMARY KEY (address, person_id)
);
INSERT INTO alias_of (address, person_id) SELECT address, person_id FROM person_alias;
DROP TABLE person_alias;
ALTER TABLE alias_of RENAME TO person_alias;
CREATE INDEX person_alias_whose ON person_alias (person_id);

-- What a decision looks for: accounts with an employee number, and links that may move.
CREATE INDEX account_numbered ON "account" (lower(employee_id), lower(email)) WHERE employee_id <> '';
CREATE INDEX account_person_likely ON account_person (account_id) WHERE sure = 'likely';
INSERT INTO derivation_due (instance_no, kind, since, mark)
  SELECT min(instance_no), 'person', 0, 1 FROM "person" HAVING count(*) > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1, since = 0;
