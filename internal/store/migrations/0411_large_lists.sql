-- Lists that grow with the estate are found by these.
DROP INDEX finding_by_kind;
CREATE INDEX finding_by_kind ON finding (kind, state, found_at, no);
DROP INDEX finding_application;
CREATE INDEX finding_application ON finding (saas_no, kind, gone_at, no);
CREATE INDEX finding_plan ON finding (plan_id) WHERE plan_id <> 0;
-- With gone_gen seats are counted by the index alone.
CREATE INDEX seat_plan ON "seat" (instance_no, plan, gone_gen) WHERE gone_gen = 0;
CREATE INDEX account_odd ON "account" (kind, id) WHERE kind IN ('robot', 'shared', 'guest');
