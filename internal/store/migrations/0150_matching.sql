-- Each link says by which rule it was made and how sure that is: certain, likely.
-- chosen_id is the person whom somebody chose by hand; person_id is who stands for
-- that person after a merge.
ALTER TABLE account_person ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE account_person ADD COLUMN sure TEXT NOT NULL DEFAULT '';
ALTER TABLE account_person ADD COLUMN chosen_id BIGINT NOT NULL DEFAULT 0;
UPDATE account_person SET chosen_id = person_id, sure = 'certain', rule = 'manual' WHERE manual = TRUE;
CREATE INDEX account_person_chosen ON account_person (chosen_id);

-- What people are found by: "a:" an address, also an earlier one, "n:" an employee
-- number, "m:" a name in one spelling, "l:" the letters of an address.
CREATE TABLE person_key (
  key TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  until BIGINT NOT NULL DEFAULT 0, -- of an earlier address: when another took its place
  PRIMARY KEY (key, person_id)
);
CREATE INDEX person_key_person ON person_key (person_id);

-- Rows of rosters that are the same human; lead_id stands for all of them.
CREATE TABLE person_same (
  person_id BIGINT PRIMARY KEY,
  lead_id BIGINT NOT NULL,
  how TEXT NOT NULL,
  manual BOOLEAN NOT NULL DEFAULT FALSE,
  since BIGINT NOT NULL
);
CREATE INDEX person_same_lead ON person_same (lead_id);

-- What an account is where the vendor does not say it, or a person said otherwise.
CREATE TABLE account_kind (
  account_id BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  kind TEXT NOT NULL,
  how TEXT NOT NULL,
  manual BOOLEAN NOT NULL DEFAULT FALSE,
  since BIGINT NOT NULL
);
CREATE INDEX account_kind_instance ON account_kind (instance_no);

-- Whose an account is not, as somebody decided; person_id 0: nobody's.
CREATE TABLE account_not (
  account_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  instance_no BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, person_id)
);
CREATE INDEX account_not_person ON account_not (person_id);

-- Two rows of rosters that are, or are not, the same human, as somebody decided.
CREATE TABLE person_verdict (
  person_id BIGINT NOT NULL,
  other_id BIGINT NOT NULL, -- greater than person_id
  same BOOLEAN NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, other_id)
);
CREATE INDEX person_verdict_other ON person_verdict (other_id);

-- Everything is matched anew by these rules.
INSERT INTO derivation_due (instance_no, kind, since, mark)
  SELECT min(instance_no), 'person', 0, 1 FROM "person" HAVING count(*) > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1, since = 0;
