-- The live accounts behind which one expects nobody, by what they are (as somebody or a
-- rule said it, else as the vendor does) and by the name of the list. The database itself
-- keeps it true: kinds, names and removals are written in several places.
DROP INDEX account_odd;
CREATE TABLE account_odd (
  account_id  BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL
);
CREATE INDEX account_odd_name ON account_odd (kind, name, account_id);
INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT a.id, a.instance_no, COALESCE(k.kind, a.kind), COALESCE(a.display_name, a.email, a.user_name, a.external_id)
  FROM "account" AS a LEFT JOIN account_kind k ON k.account_id = a.id WHERE a.gone_gen = 0 AND COALESCE(k.kind, a.kind) IN ('robot', 'shared', 'guest');
-- postgres: ANALYZE account_odd;

-- Not with IN, of whose values SQLite makes a table for each account that is written.
-- sqlite: CREATE TRIGGER account_odd_came AFTER INSERT ON "account" WHEN (NEW.kind = 'robot' OR NEW.kind = 'shared' OR NEW.kind = 'guest') AND NEW.gone_gen = 0
-- sqlite: BEGIN INSERT INTO account_odd (account_id, instance_no, kind, name) VALUES (NEW.id, NEW.instance_no, NEW.kind, COALESCE(NEW.display_name, NEW.email, NEW.user_name, NEW.external_id))
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER account_odd_written AFTER UPDATE OF kind, gone_gen, display_name, email, user_name ON "account"
-- sqlite:     WHEN NEW.gone_gen <> OLD.gone_gen OR NEW.kind IS NOT OLD.kind OR NEW.display_name IS NOT OLD.display_name OR NEW.email IS NOT OLD.email OR NEW.user_name IS NOT OLD.user_name
-- sqlite: BEGIN DELETE FROM account_odd WHERE account_id = NEW.id
-- sqlite: ; INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT NEW.id, NEW.instance_no, o.kind, COALESCE(NEW.display_name, NEW.email, NEW.user_name, NEW.external_id)
-- sqlite:     FROM (SELECT COALESCE((SELECT k.kind FROM account_kind k WHERE k.account_id = NEW.id), NEW.kind) AS kind) AS o
-- sqlite:     WHERE NEW.gone_gen = 0 AND (o.kind = 'robot' OR o.kind = 'shared' OR o.kind = 'guest')
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER account_odd_said AFTER INSERT ON account_kind
-- sqlite: BEGIN DELETE FROM account_odd WHERE account_id = NEW.account_id
-- sqlite: ; INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT a.id, a.instance_no, NEW.kind, COALESCE(a.display_name, a.email, a.user_name, a.external_id)
-- sqlite:     FROM "account" AS a WHERE a.id = NEW.account_id AND a.gone_gen = 0 AND NEW.kind IN ('robot', 'shared', 'guest')
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER account_odd_said_again AFTER UPDATE OF kind ON account_kind WHEN NEW.kind <> OLD.kind
-- sqlite: BEGIN DELETE FROM account_odd WHERE account_id = NEW.account_id
-- sqlite: ; INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT a.id, a.instance_no, NEW.kind, COALESCE(a.display_name, a.email, a.user_name, a.external_id)
-- sqlite:     FROM "account" AS a WHERE a.id = NEW.account_id AND a.gone_gen = 0 AND NEW.kind IN ('robot', 'shared', 'guest')
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER account_odd_unsaid AFTER DELETE ON account_kind
-- sqlite: BEGIN DELETE FROM account_odd WHERE account_id = OLD.account_id
-- sqlite: ; INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT a.id, a.instance_no, a.kind, COALESCE(a.display_name, a.email, a.user_name, a.external_id)
-- sqlite:     FROM "account" AS a WHERE a.id = OLD.account_id AND a.gone_gen = 0 AND a.kind IN ('robot', 'shared', 'guest')
-- sqlite: ; END;

-- Who says what an account is waits for who writes that account, and the other way round: each sees what the other wrote.
-- postgres: CREATE FUNCTION account_odd_keep(which BIGINT) RETURNS void LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     DELETE FROM account_odd WHERE account_id = which
-- postgres:   ; INSERT INTO account_odd (account_id, instance_no, kind, name) SELECT a.id, a.instance_no, COALESCE(k.kind, a.kind), COALESCE(a.display_name, a.email, a.user_name, a.external_id)
-- postgres:       FROM "account" AS a LEFT JOIN account_kind k ON k.account_id = a.id WHERE a.id = which AND a.gone_gen = 0 AND COALESCE(k.kind, a.kind) IN ('robot', 'shared', 'guest')
-- postgres:   ; END $$;
-- postgres: CREATE FUNCTION account_odd_written() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     PERFORM account_odd_keep(NEW.id)
-- postgres:   ; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION account_odd_said() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     PERFORM 1 FROM "account" AS a WHERE a.id = COALESCE(NEW.account_id, OLD.account_id) FOR NO KEY UPDATE
-- postgres:   ; PERFORM account_odd_keep(COALESCE(NEW.account_id, OLD.account_id))
-- postgres:   ; RETURN NULL; END $$;
-- postgres: CREATE TRIGGER account_odd_came AFTER INSERT ON "account" FOR EACH ROW WHEN (NEW.kind IN ('robot', 'shared', 'guest')) EXECUTE FUNCTION account_odd_written();
-- postgres: CREATE TRIGGER account_odd_written AFTER UPDATE OF kind, gone_gen, display_name, email, user_name ON "account" FOR EACH ROW
-- postgres:     WHEN (NEW.gone_gen <> OLD.gone_gen OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.display_name IS DISTINCT FROM OLD.display_name
-- postgres:       OR NEW.email IS DISTINCT FROM OLD.email OR NEW.user_name IS DISTINCT FROM OLD.user_name) EXECUTE FUNCTION account_odd_written();
-- postgres: CREATE TRIGGER account_odd_said AFTER INSERT OR UPDATE OR DELETE ON account_kind FOR EACH ROW EXECUTE FUNCTION account_odd_said();
