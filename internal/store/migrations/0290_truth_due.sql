-- Of whom something changed that rows themselves do not tell: whose an account is,
-- what it is, who stands for whom. A row goes when what counts of the person was
-- decided anew; a person may stand here several times.
CREATE TABLE truth_due (
  no {{key}},
  person_id BIGINT NOT NULL
);

CREATE INDEX person_manager ON "person" (manager_no) WHERE manager_no <> 0;

-- What counts is kept where it is another word than the row's own, no longer
-- wherever it is another source's: everybody is looked at once.
INSERT INTO derivation_due (instance_no, kind, since, mark)
  SELECT min(instance_no), 'truth', 0, 1 FROM "person" HAVING count(*) > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1, since = 0;
