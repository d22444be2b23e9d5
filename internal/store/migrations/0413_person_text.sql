-- What stands in the accounts of each person: their addresses and names. A search looks
-- here before it looks at accounts, of which there are a hundred times as many. The
-- database itself adds to it, so that no way of linking and writing accounts can forget
-- to; what stands in none of a person's accounts any more may stay for a while, and does
-- no harm, as accounts that are found are looked at. People of whom that may be so wait
-- in person_text_stale.
CREATE TABLE person_text (
  person_id BIGINT NOT NULL,
  text      TEXT NOT NULL
);
-- sqlite: CREATE UNIQUE INDEX person_text_once ON person_text (person_id, text);
-- postgres: CREATE UNIQUE INDEX person_text_once ON person_text (person_id, md5(text));
CREATE TABLE person_text_stale (
  person_id BIGINT PRIMARY KEY
);

INSERT INTO person_text (person_id, text) SELECT DISTINCT ap.person_id, a.email FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id WHERE a.email IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO person_text (person_id, text) SELECT DISTINCT ap.person_id, a.display_name FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id WHERE a.display_name IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO person_text (person_id, text) SELECT DISTINCT ap.person_id, a.user_name FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id WHERE a.user_name IS NOT NULL ON CONFLICT DO NOTHING;

-- sqlite: CREATE TRIGGER person_text_linked AFTER INSERT ON account_person
-- sqlite: BEGIN INSERT INTO person_text (person_id, text) SELECT NEW.person_id, t.text FROM (SELECT email AS text FROM "account" WHERE id = NEW.account_id
-- sqlite:     UNION ALL SELECT display_name FROM "account" WHERE id = NEW.account_id UNION ALL SELECT user_name FROM "account" WHERE id = NEW.account_id) AS t
-- sqlite:     WHERE t.text IS NOT NULL ON CONFLICT DO NOTHING
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER person_text_moved AFTER UPDATE OF person_id ON account_person WHEN NEW.person_id <> OLD.person_id
-- sqlite: BEGIN INSERT INTO person_text (person_id, text) SELECT NEW.person_id, t.text FROM (SELECT email AS text FROM "account" WHERE id = NEW.account_id
-- sqlite:     UNION ALL SELECT display_name FROM "account" WHERE id = NEW.account_id UNION ALL SELECT user_name FROM "account" WHERE id = NEW.account_id) AS t
-- sqlite:     WHERE t.text IS NOT NULL ON CONFLICT DO NOTHING
-- sqlite: ; INSERT INTO person_text_stale (person_id) VALUES (OLD.person_id) ON CONFLICT DO NOTHING
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER person_text_unlinked AFTER DELETE ON account_person
-- sqlite: BEGIN INSERT INTO person_text_stale (person_id) VALUES (OLD.person_id) ON CONFLICT DO NOTHING
-- sqlite: ; END;
-- sqlite: CREATE TRIGGER person_text_written AFTER UPDATE OF email, display_name, user_name ON "account"
-- sqlite:     WHEN NEW.email IS NOT OLD.email OR NEW.display_name IS NOT OLD.display_name OR NEW.user_name IS NOT OLD.user_name
-- sqlite: BEGIN INSERT INTO person_text (person_id, text) SELECT ap.person_id, t.text FROM account_person ap CROSS JOIN
-- sqlite:     (SELECT NEW.email AS text UNION ALL SELECT NEW.display_name UNION ALL SELECT NEW.user_name) AS t
-- sqlite:     WHERE ap.account_id = NEW.id AND t.text IS NOT NULL ON CONFLICT DO NOTHING
-- sqlite: ; INSERT INTO person_text_stale (person_id) SELECT ap.person_id FROM account_person ap WHERE ap.account_id = NEW.id ON CONFLICT DO NOTHING
-- sqlite: ; END;

-- postgres: CREATE FUNCTION person_text_linked() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     INSERT INTO person_text (person_id, text) SELECT DISTINCT f.person_id, t.text FROM fresh f JOIN "account" AS a ON a.id = f.account_id
-- postgres:       CROSS JOIN LATERAL (VALUES (a.email), (a.display_name), (a.user_name)) AS t(text) WHERE t.text IS NOT NULL ORDER BY 1, 2 ON CONFLICT DO NOTHING
-- postgres:   ; IF TG_OP = 'UPDATE' THEN
-- postgres:     INSERT INTO person_text_stale (person_id) SELECT DISTINCT s.person_id FROM stale s JOIN fresh f ON f.account_id = s.account_id
-- postgres:       WHERE f.person_id <> s.person_id ORDER BY 1 ON CONFLICT DO NOTHING
-- postgres:   ; END IF; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION person_text_unlinked() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     INSERT INTO person_text_stale (person_id) SELECT DISTINCT s.person_id FROM stale s ORDER BY 1 ON CONFLICT DO NOTHING
-- postgres:   ; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION person_text_written() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN
-- postgres:     INSERT INTO person_text (person_id, text) SELECT DISTINCT ap.person_id, t.text FROM account_person ap
-- postgres:       CROSS JOIN (VALUES (NEW.email), (NEW.display_name), (NEW.user_name)) AS t(text) WHERE ap.account_id = NEW.id AND t.text IS NOT NULL ORDER BY 1, 2 ON CONFLICT DO NOTHING
-- postgres:   ; INSERT INTO person_text_stale (person_id) SELECT ap.person_id FROM account_person ap WHERE ap.account_id = NEW.id ON CONFLICT DO NOTHING
-- postgres:   ; RETURN NULL; END $$;
-- postgres: CREATE TRIGGER person_text_linked AFTER INSERT ON account_person REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION person_text_linked();
-- postgres: CREATE TRIGGER person_text_moved AFTER UPDATE ON account_person REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION person_text_linked();
-- postgres: CREATE TRIGGER person_text_unlinked AFTER DELETE ON account_person REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION person_text_unlinked();
-- postgres: CREATE TRIGGER person_text_written AFTER UPDATE OF email, display_name, user_name ON "account" FOR EACH ROW
-- postgres:     WHEN (NEW.email IS DISTINCT FROM OLD.email OR NEW.display_name IS DISTINCT FROM OLD.display_name OR NEW.user_name IS DISTINCT FROM OLD.user_name) EXECUTE FUNCTION person_text_written();

-- The same of accounts that are nobody's, one after the other.
ALTER TABLE account_nobody ADD COLUMN texts TEXT NOT NULL DEFAULT '';
UPDATE account_nobody SET texts = (SELECT COALESCE(a.email, '') || ' ' || COALESCE(a.display_name, '') || ' ' || COALESCE(a.user_name, '') FROM "account" AS a WHERE a.id = account_nobody.account_id)
  WHERE account_id IN (SELECT id FROM "account");
