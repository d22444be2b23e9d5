package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// CheckLeavers holds every checklist against the rows as they are now: accounts
// that were linked to the person meanwhile are added to those that are not closed,
// what data shows closed is verified by the reading that shows it, and a checklist
// is closed when all of it is, and open again when an account lets somebody in again.
func CheckLeavers(ctx context.Context, tx bun.Tx, now purser.Micros) error {
	const shut = `(a.gone_gen <> 0 OR a.status IN ('suspended', 'deactivated'))`
	for _, stmt := range []string{
		`INSERT INTO leaver_item (list_no, source, external_id, source_name, label, assignee)
			SELECT l.no, ai.id, a.external_id, ai.name, ` + accountName + `, COALESCE(ai.owner_id, '') FROM ` + leaverFrom + `
			JOIN account_person ap ON ap.person_id = p.id JOIN "account" AS a ON a.id = ap.account_id AND a.gone_gen = 0 JOIN instance ai ON ai.no = a.instance_no
			WHERE l.closed_at = 0 AND NOT EXISTS (SELECT 1 FROM leaver_item t WHERE t.list_no = l.no AND t.source = ai.id AND t.external_id = a.external_id)`,
		`UPDATE leaver_item SET verified_at = x.at, verified_how = x.how FROM (
			SELECT t.no, CASE WHEN COALESCE(r.read_at, 0) > 0 THEN r.read_at ELSE ` + fmt.Sprint(int64(now)) + ` END AS at,
			CASE WHEN a.gone_gen <> 0 THEN 'gone' ELSE a.status END AS how FROM ` + leaverItemFrom + ` WHERE t.verified_at = 0 AND ` + shut + `) AS x WHERE leaver_item.no = x.no`,
		`UPDATE leaver_list SET closed_at = ` + fmt.Sprint(int64(now)) + ` WHERE closed_at = 0 AND EXISTS (SELECT 1 FROM leaver_item t WHERE t.list_no = leaver_list.no)
			AND NOT EXISTS (SELECT 1 FROM ` + leaverItemFrom + ` WHERE t.list_no = leaver_list.no AND (t.verified_at = 0 OR (a.id IS NOT NULL AND NOT ` + shut + `)))`,
		`UPDATE leaver_list SET closed_at = 0 WHERE closed_at > 0
			AND EXISTS (SELECT 1 FROM ` + leaverItemFrom + ` WHERE t.list_no = leaver_list.no AND a.id IS NOT NULL AND NOT COALESCE(` + shut + `, FALSE))`,
	} {
		if _, err := tx.NewRaw(stmt).Exec(ctx); err != nil {
			return fmt.Errorf("look at the checklists of leavers: %w", err)
		}
	}
	return nil
}

// LeaverAccessRow is an account with which somebody who left could still get in.
type LeaverAccessRow struct {
	sorted
	Account      int64         `bun:"acc_no"`
	Name         string        `bun:"name"`
	Source       string        `bun:"source"`
	SourceName   string        `bun:"source_name"`
	Person       int64         `bun:"per_no"`
	PersonName   string        `bun:"person_name"`
	EndedOn      string        `bun:"ended_on"`
	Department   string        `bun:"department"`
	FoundAt      purser.Micros `bun:"found_at"`
	Status       string        `bun:"status"`
	AdminFlag    *int64        `bun:"admin"`
	Local        bool          `bun:"is_local"`
	LastActiveAt *int64        `bun:"last_active_at"`
	List         string        `bun:"list"`
}

// Told makes what people are shown.
func (r LeaverAccessRow) Told() purser.LeaverAccess {
	return purser.LeaverAccess{AccountID: RowID("acc_", r.Account), Account: r.Name, InstanceID: r.Source, InstanceName: r.SourceName, PersonID: RowID("per_", r.Person),
		PersonName: r.PersonName, EndedOn: r.EndedOn, Department: r.Department, FoundAt: r.FoundAt.Time(), Status: r.Status, Admin: tristate(r.AdminFlag), Local: r.Local, Checklist: r.List,
		LastActive: LastUseOf(r.LastActiveAt)}
}
