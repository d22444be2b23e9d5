package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// LeaverRow is a checklist of a person who leaves.
type LeaverRow struct {
	sorted
	No        int64         `bun:"no"`
	ID        string        `bun:"id"`
	Source    string        `bun:"person_source"`
	Key       string        `bun:"person_key"`
	Name      string        `bun:"name"`
	StartedAt purser.Micros `bun:"started_at"`
	StartedBy string        `bun:"started_by"`
	ClosedAt  purser.Micros `bun:"closed_at"`
	Person    int64         `bun:"per_no"` // 0: the roster does not have them any more
	EndedOn   string        `bun:"ended_on"`
	Total     int64         `bun:"total"`
	Done      int64         `bun:"done"`
	Verified  int64         `bun:"verified"`
}

const leaverFrom = `leaver_list l LEFT JOIN instance i ON i.id = l.person_source
	LEFT JOIN "person" AS p ON p.instance_no = i.no AND p.external_id = l.person_key`

const leaverColumns = `l.no, l.id, l.person_source, l.person_key, l.name, l.started_at, l.started_by, l.closed_at, COALESCE(p.id, 0) AS per_no, ` + endedOn + ` AS ended_on,
	(SELECT count(*) FROM leaver_item t WHERE t.list_no = l.no) AS total,
	(SELECT count(*) FROM leaver_item t WHERE t.list_no = l.no AND (t.done_at > 0 OR t.verified_at > 0)) AS done,
	(SELECT count(*) FROM leaver_item t WHERE t.list_no = l.no AND t.verified_at > 0) AS verified`

// LeaverFilter selects checklists; zero fields select every one.
type LeaverFilter struct {
	Open, Closed bool
	Assignee     string // usr_… of one of its items
	Source, Key  string // of one person
}

// Leavers returns one page of checklists, the newest first.
func Leavers(ctx context.Context, db bun.IDB, f LeaverFilter, page purser.Page, count bool) (purser.List[LeaverRow], error) {
	p := &pager{id: "l.no", from: leaverFrom, columns: leaverColumns, first: "started", newest: true, orders: map[string]order{"started": {expr: "l.started_at", number: true}}}
	if f.Open {
		p.and("l.closed_at = 0")
	}
	if f.Closed {
		p.and("l.closed_at > 0")
	}
	if f.Assignee != "" {
		p.and("EXISTS (SELECT 1 FROM leaver_item t WHERE t.list_no = l.no AND t.assignee = ?)", f.Assignee)
	}
	if f.Source != "" {
		p.and("l.person_source = ? AND l.person_key = ?", f.Source, f.Key)
	}
	return fetch(ctx, db, p, page, count, func(r LeaverRow) LeaverRow { return r })
}

// Leaver returns one checklist; ok is false if there is none.
func Leaver(ctx context.Context, db bun.IDB, id string) (r LeaverRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+leaverColumns+" FROM "+leaverFrom+" WHERE l.id = ?", id).Scan(ctx, &r)
	return rowFound(r, err)
}

// InsertLeaver adds a checklist without items and returns its number.
func InsertLeaver(ctx context.Context, tx bun.Tx, r LeaverRow) (no int64, err error) {
	err = tx.NewRaw(`INSERT INTO leaver_list (id, person_source, person_key, name, started_at, started_by) VALUES (?, ?, ?, ?, ?, ?) RETURNING no`,
		r.ID, r.Source, r.Key, r.Name, int64(r.StartedAt), r.StartedBy).Scan(ctx, &no)
	return no, err
}

// LeaverItemRow is one account of a checklist, as it was written down and as it is now.
type LeaverItemRow struct {
	No           int64         `bun:"no"`
	Source       string        `bun:"source"`
	ExternalID   string        `bun:"external_id"`
	SourceName   string        `bun:"source_name"`
	Label        string        `bun:"label"`
	Assignee     string        `bun:"assignee"`
	AssigneeName string        `bun:"assignee_name"`
	DoneAt       purser.Micros `bun:"done_at"`
	DoneBy       string        `bun:"done_by"`
	Note         string        `bun:"note"`
	VerifiedAt   purser.Micros `bun:"verified_at"`
	VerifiedHow  string        `bun:"verified_how"`
	Account      int64         `bun:"acc_no"` // 0: there is no row any more
	Status       string        `bun:"status"`
	Gone         bool          `bun:"gone"`
	AdminFlag    *int64        `bun:"admin"`
	ReadAt       purser.Micros `bun:"read_at"`
}

// Admin says whether the account is an administrator's.
func (r LeaverItemRow) Admin() purser.Tristate { return tristate(r.AdminFlag) }

// Shut reports whether nobody gets in with the account as the last data say.
func (r LeaverItemRow) Shut() bool {
	return r.Account == 0 || r.Gone || r.Status == "suspended" || r.Status == "deactivated"
}

// leaverItemFrom joins an item t with its account a now, and r with the last complete
// reading of accounts.
const leaverItemFrom = `leaver_item t LEFT JOIN instance i ON i.id = t.source
	LEFT JOIN "account" AS a ON a.instance_no = i.no AND a.external_id = t.external_id
	LEFT JOIN (SELECT s.instance_no, min(s.complete_at) AS read_at FROM stream s WHERE s.kind = 'account' AND s.complete_at > 0 GROUP BY s.instance_no) AS r ON r.instance_no = i.no`

// LeaverItems returns the accounts of a checklist, administrators' first.
func LeaverItems(ctx context.Context, db bun.IDB, list int64) (rows []LeaverItemRow, err error) {
	err = db.NewRaw(`SELECT t.no, t.source, t.external_id, COALESCE(i.name, t.source_name) AS source_name, t.label, t.assignee, COALESCE(NULLIF(w.name, ''), w.email, '') AS assignee_name,
		t.done_at, t.done_by, t.note, t.verified_at, t.verified_how, COALESCE(a.id, 0) AS acc_no, COALESCE(a.status, 'unknown') AS status,
		COALESCE(a.gone_gen <> 0, FALSE) AS gone, a.admin, COALESCE(r.read_at, 0) AS read_at
		FROM `+leaverItemFrom+` LEFT JOIN users w ON w.id = t.assignee WHERE t.list_no = ? ORDER BY CASE WHEN a.admin = 1 THEN 0 ELSE 1 END, 4, t.no`, list).Scan(ctx, &rows)
	return rows, err
}

// LeaverItemChange is what somebody says of items; nil leaves a field as it is.
type LeaverItemChange struct {
	Done     *bool
	Assignee *string
	Note     *string
	By       string
	At       purser.Micros
}

// ChangeLeaverItems changes items of one checklist and returns the numbers of those.
func ChangeLeaverItems(ctx context.Context, tx bun.Tx, list int64, nos []int64, c LeaverItemChange) (changed []int64, err error) {
	set, args := "no = no", []any{}
	if c.Done != nil && *c.Done {
		set, args = set+", done_at = ?, done_by = ?", append(args, int64(c.At), c.By)
	} else if c.Done != nil {
		set += ", done_at = 0, done_by = ''"
	}
	if c.Assignee != nil {
		set, args = set+", assignee = ?", append(args, *c.Assignee)
	}
	if c.Note != nil {
		set, args = set+", note = ?", append(args, *c.Note)
	}
	err = tx.NewRaw("UPDATE leaver_item SET "+set+" WHERE list_no = ? AND no IN (?) RETURNING no", append(args, list, bun.List(nos))...).Scan(ctx, &changed)
	return changed, err
}
