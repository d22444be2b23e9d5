package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// SeenApplication is what an identity provider says of an application that it serves.
type SeenApplication struct {
	Provider  string // the connector of the identity provider
	Name      string
	VendorKey string // what it is in the provider's own catalog; "" if it does not say
	URL       string
}

// Recognition says which application something is that an identity provider serves.
type Recognition struct {
	Application string // its name; what the provider calls it where nothing was recognized for sure
	Library     string // name in the library; "" if it is not there
	Connector   string // that reads it; "" for none
	How         string // why, in words
	Confidence  int64  // percent; 0 if it was not recognized
}

// discoveredRow is an application of an identity provider that is to be noted, or
// one that was noted before applications were recognized.
type discoveredRow struct {
	ID         int64  `bun:"id"`
	ExternalID string `bun:"external_id"`
	Name       string `bun:"name"`
	VendorKey  string `bun:"vendor_key"`
	URL        string `bun:"url"`
	Provider   string `bun:"provider"`
	Tenant     string `bun:"tenant"`
	Noted      int64  `bun:"noted"` // its application already, 0 if it is new
}

// tenantOf is the SQL of the lasting name of an instance i: its tenant at the vendor, or itself.
const tenantOf = `COALESCE(NULLIF(i.tenant_id, ''), i.id, '')`

// DiscoverApplications makes an application, in status new, for each live
// application that an instance of an identity provider reports, and notes where
// it was seen. What is recognized for sure under several names is one
// application; so is what has the same name. What a person said before wins. It
// returns how many were not noted before.
func (db *DB) DiscoverApplications(ctx context.Context, instanceNo int64, at purser.Micros, recognize func(SeenApplication) Recognition) (found int64, err error) {
	return converge(ctx, db, func(ctx context.Context, tx bun.Tx, rows []discoveredRow) error {
		return noteApplications(ctx, tx, instanceNo, rows, at, recognize)
	}, `SELECT k.id, k.external_id, trim(k.name) AS name, COALESCE(k.vendor_key, '') AS vendor_key, COALESCE(k.url, '') AS url,
			COALESCE(i.connector, '') AS provider, `+tenantOf+` AS tenant, COALESCE(s.application_id, 0) AS noted FROM "application" AS k
		LEFT JOIN application_source s ON s.instance_no = k.instance_no AND s.external_id = k.external_id LEFT JOIN instance i ON i.no = k.instance_no
		WHERE k.instance_no = ? AND k.gone_gen = 0 AND trim(k.name) <> '' AND (s.application_id IS NULL OR s.how = '') ORDER BY k.id`, instanceNo)
}

func noteApplications(ctx context.Context, tx bun.Tx, instanceNo int64, rows []discoveredRow, at purser.Micros, recognize func(SeenApplication) Recognition) error {
	kept, err := keptMatches(ctx, tx, rows)
	if err != nil {
		return err
	}
	own, err := applicationKeys(ctx, tx, rows)
	if err != nil {
		return err
	}
	known := make([]Recognition, len(rows))
	manual := make([]bool, len(rows))
	var made []any
	for i, r := range rows {
		if k, ok := kept[r.ExternalID]; ok {
			known[i], manual[i] = Recognition{Application: k.Application, Library: k.Library, How: k.How, Confidence: 100}, true
		} else {
			known[i] = recognize(SeenApplication{Provider: r.Provider, Name: r.Name, VendorKey: r.VendorKey, URL: r.URL})
			if own[nameKey(r.Name)] { // an application of just that name is this one, whatever else it resembles
				known[i].Application = r.Name
			}
		}
		if r.Noted == 0 {
			made = append(made, known[i].Application, nameKey(known[i].Application), int64(at), int64(at))
		}
	}
	if len(made) > 0 {
		_, err := tx.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at) VALUES `+
			tuples("(?, ?, '', 'new', ?, ?)", len(made)/4)+` ON CONFLICT (name_key) DO NOTHING`, made...).Exec(ctx)
		if err != nil {
			return err
		}
	}
	for i, r := range rows {
		k := known[i]
		_, err := tx.NewRaw(`INSERT INTO application_source (application_id, instance_no, external_id, library, connector, how, confidence, manual)
			SELECT a.id, CAST(? AS BIGINT), ?, ?, ?, ?, CAST(? AS BIGINT), ? FROM saas_application a WHERE a.name_key = ? AND ? = 0
			ON CONFLICT (instance_no, external_id) DO NOTHING`, instanceNo, r.ExternalID, k.Library, k.Connector, k.How, k.Confidence, manual[i],
			nameKey(k.Application), r.Noted).Exec(ctx)
		if err == nil && r.Noted != 0 {
			_, err = tx.NewRaw(`UPDATE application_source SET library = ?, connector = ?, how = ?, confidence = ? WHERE instance_no = ? AND external_id = ? AND how = ''`,
				k.Library, k.Connector, k.How, k.Confidence, instanceNo, r.ExternalID).Exec(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keptMatch is what a person said an application of a tenant is.
type keptMatch struct {
	ExternalID  string `bun:"external_id"`
	Application string `bun:"application"`
	Library     string `bun:"library"`
	How         string `bun:"how"`
}

func keptMatches(ctx context.Context, tx bun.Tx, rows []discoveredRow) (map[string]keptMatch, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ExternalID
	}
	var kept []keptMatch
	err := tx.NewRaw(`SELECT external_id, application, library, how FROM kept_match WHERE connector = ? AND tenant = ? AND external_id IN (?)`,
		rows[0].Provider, rows[0].Tenant, bun.List(ids)).Scan(ctx, &kept)
	out := make(map[string]keptMatch, len(kept))
	for _, k := range kept {
		out[k.ExternalID] = k
	}
	return out, err
}

// applicationKeys tells which of the rows' own names are names of applications.
func applicationKeys(ctx context.Context, tx bun.Tx, rows []discoveredRow) (map[string]bool, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = nameKey(r.Name)
	}
	var have []string
	err := tx.NewRaw(`SELECT name_key FROM saas_application WHERE name_key IN (?)`, bun.List(keys)).Scan(ctx, &have)
	out := make(map[string]bool, len(have))
	for _, k := range have {
		out[k] = true
	}
	return out, err
}

// servedRow is what was seen of an application that a provider serves.
type servedRow struct {
	ExternalID string `bun:"external_id"`
	Assigned   *int64 `bun:"assigned"`
	SignedIn   *int64 `bun:"signed_in"`
	SignIns    *int64 `bun:"sign_ins"`
}

// DeriveServed adds up anew who can reach what an identity provider serves, and
// who signed in since a day. A provider that names no assignments leaves them
// unknown, and one whose sign-ins were never read leaves those.
func (db *DB) DeriveServed(ctx context.Context, instanceNo int64, since purser.Micros) error {
	var knows struct {
		Assigns bool `bun:"assigns"`
		Signs   bool `bun:"signs"`
	}
	err := db.reader.NewRaw(`SELECT EXISTS (SELECT 1 FROM "assignment" g WHERE g.instance_no = ? AND COALESCE(g.via, 'unknown') <> 'consent') AS assigns,
		EXISTS (SELECT 1 FROM stream s WHERE s.instance_no = ? AND s.kind = 'activity' AND s.complete_at > 0) OR
		EXISTS (SELECT 1 FROM activity v WHERE v.instance_no = ?) AS signs`, instanceNo, instanceNo, instanceNo).Scan(ctx, &knows)
	if err != nil {
		return err
	}
	none := func(known bool) string {
		if known {
			return "0"
		}
		return "CAST(NULL AS BIGINT)"
	}
	_, err = converge(ctx, db, func(ctx context.Context, tx bun.Tx, rows []servedRow) error {
		for _, r := range rows {
			_, err := tx.NewRaw(`UPDATE application_source SET assigned = ?, signed_in = ?, sign_ins = ? WHERE instance_no = ? AND external_id = ?`,
				r.Assigned, r.SignedIn, r.SignIns, instanceNo, r.ExternalID).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	}, `SELECT external_id, assigned, signed_in, sign_ins FROM (SELECT s.external_id, s.assigned AS had_a, s.signed_in AS had_s, s.sign_ins AS had_n,
			COALESCE(g.n, `+none(knows.Assigns)+`) AS assigned, COALESCE(v.people, `+none(knows.Signs)+`) AS signed_in, COALESCE(v.n, `+none(knows.Signs)+`) AS sign_ins
		FROM application_source s
		LEFT JOIN (SELECT g.application, count(DISTINCT g.account) AS n FROM "assignment" g WHERE g.instance_no = ? AND g.gone_gen = 0
			AND `+db.notGone()+` GROUP BY g.application) AS g ON g.application = s.external_id
		LEFT JOIN (SELECT application, count(DISTINCT account) AS people, CAST(sum(count) AS BIGINT) AS n FROM activity
			WHERE instance_no = ? AND last_at >= ? GROUP BY application) AS v ON v.application = s.external_id
		WHERE s.instance_no = ?) AS x
		WHERE COALESCE(assigned, -1) <> COALESCE(had_a, -1) OR COALESCE(signed_in, -1) <> COALESCE(had_s, -1) OR COALESCE(sign_ins, -1) <> COALESCE(had_n, -1)`,
		instanceNo, instanceNo, instanceNo, int64(since), instanceNo)
	return err
}

// notGone is the SQL of what g speaks of an account that is not known to be gone,
// with the instance as its one argument. Most accounts live: SQLite lists the few
// that are gone once, for a lookup of each assignment's account was an eighth of
// a first sync's CPU time and 15 MiB. PostgreSQL plans that by itself, and would
// search a long list for each row.
func (db *DB) notGone() string {
	if db.dialect == Postgres {
		return `NOT EXISTS (SELECT 1 FROM "account" a WHERE a.instance_no = ? AND a.external_id = g.account AND a.gone_gen <> 0)`
	}
	return `COALESCE(g.account, '') NOT IN (SELECT a.external_id FROM "account" a WHERE a.instance_no = ? AND a.gone_gen <> 0)`
}
