-- People are put in order by the department that counts.
CREATE INDEX person_by_department ON "person" ((COALESCE(true_department, department, '')), id);
