-- Who has an application is who has an account there that is not closed, in its number as
-- in the list of people: numbers of all applications are added up anew once.
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'decided', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1;
