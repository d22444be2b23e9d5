package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ApplicationRow is a row of saas_application.
type ApplicationRow struct {
	ID          int64         `bun:"id"`
	Name        string        `bun:"name"`
	Connector   string        `bun:"connector"`
	Status      string        `bun:"status"`
	OwnerID     string        `bun:"owner_id"`
	OwnerName   string        `bun:"owner_name"`
	Note        string        `bun:"note"`
	FirstSeenAt purser.Micros `bun:"first_seen_at"`
	Version     int64         `bun:"version"`
}

const applicationSelect = `SELECT a.id, a.name, a.connector, a.status, a.owner_id, a.note, COALESCE(NULLIF(u.name, ''), u.email, '') AS owner_name,
	a.first_seen_at, a.version FROM saas_application a LEFT JOIN users u ON u.id = a.owner_id `

// ManageApplication returns the application of a connector that is about to be
// connected: made if there is none, taken over if it was only discovered so far.
// What an identity provider serves under another name, and what was recognized
// as what that connector reads, is the same application.
func ManageApplication(ctx context.Context, db bun.IDB, name, connector string, at purser.Micros) (id int64, err error) {
	err = db.NewRaw(`SELECT COALESCE(min(s.application_id), 0) FROM application_source s WHERE s.connector = ? AND s.connector <> '' AND (s.manual OR s.confidence >= 80)
		AND NOT EXISTS (SELECT 1 FROM saas_application a WHERE a.name_key = ?)`, connector, nameKey(name)).Scan(ctx, &id)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		_, err = db.NewRaw(`UPDATE saas_application SET connector = ?, updated_at = ?, status = CASE WHEN status IN ('new', 'in_review', 'accepted') THEN 'managed' ELSE status END
			WHERE id = ?`, connector, int64(at), id).Exec(ctx)
		return id, err
	}
	err = db.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at)
		VALUES (?, ?, ?, 'managed', ?, ?)
		ON CONFLICT (name_key) DO UPDATE SET connector = excluded.connector, updated_at = excluded.updated_at,
		status = CASE WHEN saas_application.status IN ('new', 'in_review', 'accepted') THEN 'managed' ELSE saas_application.status END
		RETURNING id`, name, nameKey(name), connector, int64(at), int64(at)).Scan(ctx, &id)
	return id, err
}

// NameApplication returns the application of that name, made if there is none:
// one of which something is handed over. Whatever connects it stays as it is.
func NameApplication(ctx context.Context, db bun.IDB, name string, at purser.Micros) (id int64, err error) {
	err = db.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at)
		VALUES (?, ?, '', 'managed', ?, ?)
		ON CONFLICT (name_key) DO UPDATE SET updated_at = excluded.updated_at,
		status = CASE WHEN saas_application.status IN ('new', 'in_review', 'accepted') THEN 'managed' ELSE saas_application.status END
		RETURNING id`, name, nameKey(name), int64(at), int64(at)).Scan(ctx, &id)
	return id, err
}

// ApplicationByID returns one application; ok is false if there is none.
func ApplicationByID(ctx context.Context, db bun.IDB, id int64) (r ApplicationRow, ok bool, err error) {
	err = db.NewRaw(applicationSelect+`WHERE a.id = ?`, id).Scan(ctx, &r)
	return found(r, err)
}

// ApplicationNamed returns the application of a name; ok is false if there is none.
func ApplicationNamed(ctx context.Context, db bun.IDB, name string) (r ApplicationRow, ok bool, err error) {
	err = db.NewRaw(applicationSelect+`WHERE a.name_key = ?`, nameKey(name)).Scan(ctx, &r)
	return found(r, err)
}

// UpdateApplication sets the status and the owner; ok is false if somebody else
// changed the application since version.
func UpdateApplication(ctx context.Context, db bun.IDB, r ApplicationRow, at purser.Micros) (ok bool, err error) {
	res, err := db.NewRaw(`UPDATE saas_application SET status = ?, owner_id = ?, note = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND version = ?`, r.Status, r.OwnerID, r.Note, int64(at), r.ID, r.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// ApplicationFilter selects applications.
type ApplicationFilter struct {
	Query  string
	Status []string
	ID     int64
	IDs    []int64             // nil: all
	ViaNo  int64               // discovered by the instance with that key
	Direct bool                // an instance of its own is connected
	SSO    bool                // an identity provider serves it; with Direct: one of both
	Today  string              // of the order by renewals, YYYY-MM-DD
	Any    []ApplicationFilter // groups of conditions, of which a row meets one
}

// nextDue is the first day of the contracts about an application a that are not over on a
// day; what has none comes last.
func nextDue(today string) string {
	return `COALESCE((SELECT min(c.due_on) FROM contract_application x JOIN contract c ON c.no = x.contract_no
		WHERE x.saas_no = a.id AND (c.end_on = '' OR c.end_on >= ` + quoted([]string{today}) + `)), '` + NoDue + `')`
}

// ApplicationListRow is an application with how it is known.
type ApplicationListRow struct {
	sorted
	ID          int64         `bun:"id"`
	Name        string        `bun:"name"`
	Connector   string        `bun:"connector"`
	Status      string        `bun:"status"`
	OwnerID     string        `bun:"owner_id"`
	OwnerName   string        `bun:"owner_name"`
	Note        string        `bun:"note"`
	FirstSeenAt purser.Micros `bun:"first_seen_at"`
	Version     int64         `bun:"version"`
}

// Applications returns one page of applications by name.
func Applications(ctx context.Context, db bun.IDB, f ApplicationFilter, page purser.Page, count bool) (purser.List[ApplicationListRow], error) {
	p := &pager{id: "a.id", from: `saas_application a LEFT JOIN users u ON u.id = a.owner_id`, first: "name",
		orders: map[string]order{"name": {expr: "a.name_key"}, "added": {expr: "a.id", number: true}, "renewal": {expr: nextDue(f.Today)},
			"findings": {expr: `COALESCE((SELECT CAST(sum(f.n) AS BIGINT) ` + openFindings + ` = a.id), 0)`, number: true}},
		columns: `a.id, a.name, a.connector, a.status, a.owner_id, a.note, COALESCE(NULLIF(u.name, ''), u.email, '') AS owner_name, a.first_seen_at, a.version`}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return fetch(ctx, db, p, page, count, func(r ApplicationListRow) ApplicationListRow { return r })
}

// narrow adds the conditions that may also stand in a group.
func (f ApplicationFilter) narrow(p *pager) {
	p.contains(f.Query, "a.name")
	if len(f.Status) > 0 {
		p.and("a.status IN (?)", bun.List(f.Status))
	}
	if f.ID != 0 {
		p.and("a.id = ?", f.ID)
	}
	if f.IDs != nil {
		p.and("a.id IN (?)", bun.List(f.IDs))
	}
	if f.ViaNo != 0 {
		p.and("a.id IN (SELECT s.application_id FROM application_source s WHERE s.instance_no = ?)", f.ViaNo)
	}
	const direct = `a.id IN (SELECT i.application_id FROM instance i)`
	const sso = `a.id IN (SELECT s.application_id FROM application_source s JOIN "application" k
		ON k.instance_no = s.instance_no AND k.external_id = s.external_id WHERE k.gone_gen = 0)`
	switch {
	case f.Direct && f.SSO:
		p.and("(" + direct + " OR " + sso + ")")
	case f.Direct:
		p.and(direct)
	case f.SSO:
		p.and(sso)
	}
}

// ApplicationNames returns every application with its name and connector alone.
func ApplicationNames(ctx context.Context, db bun.IDB) (rows []ApplicationListRow, err error) {
	err = db.NewRaw(`SELECT id, name, connector FROM saas_application`).Scan(ctx, &rows)
	return rows, err
}

// CountApplications returns how many applications have each status.
func CountApplications(ctx context.Context, db bun.IDB) (map[string]int64, error) {
	var rows []struct {
		Status string `bun:"status"`
		N      int64  `bun:"n"`
	}
	err := db.NewRaw(`SELECT status, count(*) AS n FROM saas_application GROUP BY status`).Scan(ctx, &rows)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Status] = r.N
	}
	return out, err
}
