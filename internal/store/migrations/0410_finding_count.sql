-- How many findings there are of each kind and state, and what they are worth: the home
-- page and the inbox tell it, and counting them all anew grows with the estate. The
-- database itself keeps it, so that no way of writing findings can forget to. What has
-- state new is not decided yet: it is never seen outside the transaction that notes it.
CREATE TABLE finding_count (
  saas_no     BIGINT NOT NULL,
  instance_no BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  state       TEXT NOT NULL,
  ended       TEXT NOT NULL,
  currency    TEXT NOT NULL,
  n           BIGINT NOT NULL,
  valued      BIGINT NOT NULL, -- of them with a value
  annual      BIGINT NOT NULL, -- minor units
  PRIMARY KEY (saas_no, instance_no, kind, state, ended, currency)
);
INSERT INTO finding_count (saas_no, instance_no, kind, state, ended, currency, n, valued, annual)
  SELECT saas_no, instance_no, kind, state, ended, currency, count(*), count(annual), COALESCE(sum(annual), 0) FROM finding GROUP BY 1, 2, 3, 4, 5, 6;

-- sqlite: CREATE TRIGGER finding_count_insert AFTER INSERT ON finding WHEN NEW.state <> 'new'
-- sqlite: BEGIN INSERT INTO finding_count (saas_no, instance_no, kind, state, ended, currency, n, valued, annual)
-- sqlite:     VALUES (NEW.saas_no, NEW.instance_no, NEW.kind, NEW.state, NEW.ended, NEW.currency, 1, NEW.annual IS NOT NULL, COALESCE(NEW.annual, 0))
-- sqlite:     ON CONFLICT (saas_no, instance_no, kind, state, ended, currency) DO UPDATE SET n = n + 1, valued = valued + excluded.valued, annual = annual + excluded.annual
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER finding_count_delete AFTER DELETE ON finding WHEN OLD.state <> 'new'
-- sqlite: BEGIN UPDATE finding_count SET n = n - 1, valued = valued - (OLD.annual IS NOT NULL), annual = annual - COALESCE(OLD.annual, 0)
-- sqlite:     WHERE saas_no = OLD.saas_no AND instance_no = OLD.instance_no AND kind = OLD.kind AND state = OLD.state AND ended = OLD.ended AND currency = OLD.currency
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER finding_count_update AFTER UPDATE OF saas_no, instance_no, kind, state, ended, currency, annual ON finding
-- sqlite: BEGIN UPDATE finding_count SET n = n - 1, valued = valued - (OLD.annual IS NOT NULL), annual = annual - COALESCE(OLD.annual, 0)
-- sqlite:     WHERE OLD.state <> 'new' AND saas_no = OLD.saas_no AND instance_no = OLD.instance_no AND kind = OLD.kind AND state = OLD.state AND ended = OLD.ended AND currency = OLD.currency
-- sqlite: ; INSERT INTO finding_count (saas_no, instance_no, kind, state, ended, currency, n, valued, annual)
-- sqlite:     SELECT NEW.saas_no, NEW.instance_no, NEW.kind, NEW.state, NEW.ended, NEW.currency, 1, NEW.annual IS NOT NULL, COALESCE(NEW.annual, 0) WHERE NEW.state <> 'new'
-- sqlite:     ON CONFLICT (saas_no, instance_no, kind, state, ended, currency) DO UPDATE SET n = n + 1, valued = valued + excluded.valued, annual = annual + excluded.annual
-- sqlite: ; END;

-- postgres: CREATE FUNCTION finding_counted() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN IF TG_OP <> 'INSERT' THEN
-- postgres:     UPDATE finding_count AS c SET n = c.n - o.n, valued = c.valued - o.valued, annual = c.annual - o.annual
-- postgres:     FROM (SELECT saas_no, instance_no, kind, state, ended, currency, count(*) AS n, count(annual) AS valued, COALESCE(sum(annual), 0) AS annual
-- postgres:       FROM stale WHERE state <> 'new' GROUP BY 1, 2, 3, 4, 5, 6) AS o
-- postgres:     WHERE c.saas_no = o.saas_no AND c.instance_no = o.instance_no AND c.kind = o.kind AND c.state = o.state AND c.ended = o.ended AND c.currency = o.currency
-- postgres:   ; END IF; IF TG_OP <> 'DELETE' THEN
-- postgres:     INSERT INTO finding_count AS c (saas_no, instance_no, kind, state, ended, currency, n, valued, annual)
-- postgres:     SELECT saas_no, instance_no, kind, state, ended, currency, count(*), count(annual), COALESCE(sum(annual), 0)
-- postgres:       FROM fresh WHERE state <> 'new' GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
-- postgres:     ON CONFLICT (saas_no, instance_no, kind, state, ended, currency) DO UPDATE
-- postgres:       SET n = c.n + excluded.n, valued = c.valued + excluded.valued, annual = c.annual + excluded.annual
-- postgres:   ; END IF; RETURN NULL; END $$;
-- postgres: CREATE TRIGGER finding_count_insert AFTER INSERT ON finding REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION finding_counted();
-- postgres: CREATE TRIGGER finding_count_delete AFTER DELETE ON finding REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION finding_counted();
-- postgres: CREATE TRIGGER finding_count_update AFTER UPDATE ON finding REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION finding_counted();
