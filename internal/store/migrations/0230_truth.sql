-- What counts of a person where another source's word comes before that of the row
-- that stands for the person; NULL where the row's own counts.
ALTER TABLE "person" ADD COLUMN true_display_name TEXT;
ALTER TABLE "person" ADD COLUMN true_email TEXT;
ALTER TABLE "person" ADD COLUMN true_employee_number TEXT;
ALTER TABLE "person" ADD COLUMN true_employment TEXT;
ALTER TABLE "person" ADD COLUMN true_type TEXT;
ALTER TABLE "person" ADD COLUMN true_department TEXT;
ALTER TABLE "person" ADD COLUMN true_division TEXT;
ALTER TABLE "person" ADD COLUMN true_location TEXT;
ALTER TABLE "person" ADD COLUMN true_cost_center TEXT;
ALTER TABLE "person" ADD COLUMN true_title TEXT;
ALTER TABLE "person" ADD COLUMN true_manager TEXT;
ALTER TABLE "person" ADD COLUMN true_started_on TEXT;
ALTER TABLE "person" ADD COLUMN true_ended_on TEXT;
ALTER TABLE "person" ADD COLUMN manager_no BIGINT NOT NULL DEFAULT 0;  -- the person who counts as manager, where one is known
ALTER TABLE "person" ADD COLUMN disputed TEXT NOT NULL DEFAULT '';     -- fields of which sources say different things: ",email,title,"

-- Lists are sorted by what counts.
DROP INDEX person_by_name;
CREATE INDEX person_by_name ON "person" ((COALESCE(true_display_name, display_name, true_email, email, external_id)), id);
CREATE INDEX person_disputed ON "person" (id) WHERE disputed <> '';

INSERT INTO derivation_due (instance_no, kind, since, mark)
  SELECT min(instance_no), 'person', 0, 1 FROM "person" HAVING count(*) > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1, since = 0;
