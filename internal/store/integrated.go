package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// IntegratedFilter selects applications that an instance of an identity provider serves.
type IntegratedFilter struct {
	InstanceNo   int64
	ID           int64
	Query        string
	Managed      *bool
	Status       []string // of the application
	Unidentified bool     // nobody knows what they are
}

// IntegratedRow is one of them.
type IntegratedRow struct {
	sorted
	ID              int64  `bun:"id"`
	InstanceID      string `bun:"instance_id"`
	InstanceNo      int64  `bun:"instance_no"`
	ExternalID      string `bun:"external_id"`
	Name            string `bun:"name"`
	State           string `bun:"state"`
	SignOn          string `bun:"sign_on"`
	ApplicationID   int64  `bun:"application_id"`
	ApplicationName string `bun:"application_name"`
	Status          string `bun:"status"`
	Library         string `bun:"library"`
	Connector       string `bun:"connector"`
	Direct          string `bun:"direct"` // connector of the application's own instances
	How             string `bun:"how"`
	Confidence      int64  `bun:"confidence"`
	Manual          bool   `bun:"manual"`
	Assigned        *int64 `bun:"assigned"`
	SignedIn        *int64 `bun:"signed_in"`
	SignIns         *int64 `bun:"sign_ins"`
}

// Integrated returns one page of what an instance of an identity provider serves.
func Integrated(ctx context.Context, db bun.IDB, f IntegratedFilter, page purser.Page, count bool) (purser.List[IntegratedRow], error) {
	p := &pager{id: "k.id", first: "name", orders: map[string]order{"name": {expr: "lower(k.name)"}, "assigned": {expr: "COALESCE(s.assigned, -1)", number: true},
		"sign_ins": {expr: "COALESCE(s.sign_ins, -1)", number: true}},
		from: `"application" AS k JOIN application_source s ON s.instance_no = k.instance_no AND s.external_id = k.external_id
			JOIN saas_application a ON a.id = s.application_id JOIN instance i ON i.no = k.instance_no`,
		columns: `k.id, i.id AS instance_id, k.instance_no, k.external_id, k.name, COALESCE(k.status, 'unknown') AS state, COALESCE(k.sign_on, '') AS sign_on,
			a.id AS application_id, a.name AS application_name, a.status, s.library, s.connector, a.connector AS direct, s.how, s.confidence, s.manual,
			s.assigned, s.signed_in, s.sign_ins`}
	p.and("k.gone_gen = 0")
	if f.ID != 0 {
		p.and("k.id = ?", f.ID)
	}
	if f.InstanceNo != 0 {
		p.and("k.instance_no = ?", f.InstanceNo)
	}
	p.contains(f.Query, "k.name", "a.name", "s.library")
	if f.Managed != nil && *f.Managed {
		p.and("a.status IN ('managed', 'closing')")
	}
	if f.Managed != nil && !*f.Managed {
		p.and("a.status NOT IN ('managed', 'closing')")
	}
	if len(f.Status) > 0 {
		p.and("a.status IN (?)", bun.List(f.Status))
	}
	if f.Unidentified {
		p.and("s.manual = FALSE AND s.library = '' AND s.connector = ''")
	}
	return fetch(ctx, db, p, page, count, func(r IntegratedRow) IntegratedRow { return r })
}

// IntegratedCount is how many applications an instance serves.
type IntegratedCount struct {
	All          int64 `bun:"every"`
	Managed      int64 `bun:"managed"`
	Unidentified int64 `bun:"unidentified"`
	New          int64 `bun:"fresh"` // applications that nobody has looked at
}

// CountIntegrated counts what an instance of an identity provider serves.
func CountIntegrated(ctx context.Context, db bun.IDB, instanceNo int64) (c IntegratedCount, err error) {
	err = db.NewRaw(`SELECT count(*) AS every, COALESCE(sum(CASE WHEN a.status IN ('managed', 'closing') THEN 1 ELSE 0 END), 0) AS managed,
			COALESCE(sum(CASE WHEN s.manual = FALSE AND s.library = '' AND s.connector = '' THEN 1 ELSE 0 END), 0) AS unidentified,
			count(DISTINCT CASE WHEN a.status = 'new' THEN a.id END) AS fresh
		FROM "application" AS k JOIN application_source s ON s.instance_no = k.instance_no AND s.external_id = k.external_id
		JOIN saas_application a ON a.id = s.application_id WHERE k.instance_no = ? AND k.gone_gen = 0`, instanceNo).Scan(ctx, &c)
	return c, err
}

// Discoverer is an identity provider that lists an application, with what was seen there.
type Discoverer struct {
	Application int64  `bun:"application_id"`
	InstanceID  string `bun:"instance_id"`
	Name        string `bun:"name"`
	Assigned    *int64 `bun:"assigned"` // accounts that can reach it; nil unknown
	SignedIn    *int64 `bun:"signed_in"`
}

// reaching is how many accounts of a provider i can reach the application of its entries
// s: whoever is assigned to two of them is one account.
const reaching = `CASE WHEN count(s.assigned) < 2 THEN CAST(sum(s.assigned) AS BIGINT) ELSE (SELECT count(DISTINCT g.account) FROM "assignment" AS g
	JOIN application_source o ON o.instance_no = g.instance_no AND o.external_id = g.application
	JOIN "application" AS n ON n.instance_no = g.instance_no AND n.external_id = g.application AND n.gone_gen = 0
	WHERE g.instance_no = i.no AND o.application_id = s.application_id AND g.gone_gen = 0
	AND NOT EXISTS (SELECT 1 FROM "account" AS a WHERE a.instance_no = g.instance_no AND a.external_id = g.account AND a.gone_gen <> 0)) END`

// Discoverers returns through which identity providers applications are known now.
func Discoverers(ctx context.Context, db bun.IDB, applications []int64) (map[int64][]Discoverer, error) {
	var rows []Discoverer
	out := map[int64][]Discoverer{}
	err := db.NewRaw(`SELECT s.application_id, i.id AS instance_id, i.name, `+reaching+` AS assigned, CAST(sum(s.signed_in) AS BIGINT) AS signed_in
		FROM application_source s JOIN instance i ON i.no = s.instance_no JOIN "application" AS k ON k.instance_no = s.instance_no AND k.external_id = s.external_id AND k.gone_gen = 0
		WHERE s.application_id IN (?) GROUP BY s.application_id, i.no, i.id, i.name ORDER BY lower(i.name)`, bun.List(applications)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Application] = append(out[r.Application], r)
	}
	return out, err
}

// ServedNames returns under which names an instance serves each of some applications.
func ServedNames(ctx context.Context, db bun.IDB, instanceNo int64, applications []int64) (map[int64][]string, error) {
	var rows []struct {
		Application int64  `bun:"application_id"`
		Name        string `bun:"name"`
	}
	out := map[int64][]string{}
	err := db.NewRaw(`SELECT s.application_id, k.name FROM application_source s JOIN "application" k ON k.instance_no = s.instance_no AND k.external_id = s.external_id
		WHERE s.instance_no = ? AND k.gone_gen = 0 AND s.application_id IN (?) ORDER BY 2`, instanceNo, bun.List(applications)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Application] = append(out[r.Application], r.Name)
	}
	return out, err
}

// MatchIntegrated notes that what a provider serves is the application of that
// name, made if there is none, because a person said so: for ever, also for the
// same tenant connected anew. It returns the application, and the one before.
func MatchIntegrated(ctx context.Context, tx bun.Tx, r IntegratedRow, name, library, connector, how string, at purser.Micros) (now int64, err error) {
	_, err = tx.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at) VALUES (?, ?, '', 'new', ?, ?)
		ON CONFLICT (name_key) DO NOTHING`, name, nameKey(name), int64(at), int64(at)).Exec(ctx)
	if err != nil {
		return 0, err
	}
	if err = tx.NewRaw(`SELECT id FROM saas_application WHERE name_key = ?`, nameKey(name)).Scan(ctx, &now); err != nil {
		return 0, err
	}
	_, err = tx.NewRaw(`UPDATE application_source SET application_id = ?, library = ?, connector = ?, how = ?, confidence = 100, manual = TRUE
		WHERE instance_no = ? AND external_id = ?`, now, library, connector, how, r.InstanceNo, r.ExternalID).Exec(ctx)
	if err != nil {
		return 0, err
	}
	_, err = tx.NewRaw(`INSERT INTO kept_match (connector, tenant, external_id, application, library, how)
		SELECT i.connector, `+tenantOf+`, ?, ?, ?, ? FROM instance i WHERE i.no = ?
		ON CONFLICT (connector, tenant, external_id) DO UPDATE SET application = excluded.application, library = excluded.library, how = excluded.how`,
		r.ExternalID, name, library, how, r.InstanceNo).Exec(ctx)
	if err != nil {
		return 0, err
	}
	if now == r.ApplicationID {
		return now, nil
	}
	// An application that nothing names any more, and nobody decided about, goes.
	_, err = tx.NewRaw(`DELETE FROM saas_application WHERE id = ? AND status = 'new' AND owner_id = '' AND note = ''
		AND NOT EXISTS (SELECT 1 FROM application_source s WHERE s.application_id = saas_application.id)
		AND NOT EXISTS (SELECT 1 FROM instance o WHERE o.application_id = saas_application.id)
		AND NOT EXISTS (SELECT 1 FROM former_instance f WHERE f.application_id = saas_application.id)`, r.ApplicationID).Exec(ctx)
	return now, err
}
