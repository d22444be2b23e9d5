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
