package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// EraseStep is one table that a deletion empties.
type EraseStep struct {
	trace
	scope purser.DeletionScope
}

// EraseSteps lists what a deletion does, in its order.
func EraseSteps(scope purser.DeletionScope) []EraseStep {
	var out []EraseStep
	for _, t := range footprint() {
		if scope == purser.DeleteUsers {
			if t.users == "" {
				continue
			}
			t.rows, t.set = t.users, t.usersSet
		}
		out = append(out, EraseStep{trace: t, scope: scope})
	}
	return out
}

// Table is the name of the table.
func (s EraseStep) Table() string { return s.table }

// Word is what its rows are to people, plural; "" for what only Purser knows of.
func (s EraseStep) Word() string {
	if s.set != "" {
		return ""
	}
	return s.word
}

// args are the values of the step's condition.
func (s EraseStep) args(no int64, id string) []any {
	out := make([]any, strings.Count(s.rows, "?"))
	for i := range out {
		if out[i] = no; s.byID {
			out[i] = id
		}
	}
	return out
}

// historyTable is where the history of rows stands, and HistoryWord what it is to people.
const (
	historyTable = "change"
	HistoryWord  = "changes in the history"
)

// CountHistory returns how many entries of the history would go with the rows.
func (s EraseStep) CountHistory(ctx context.Context, db bun.IDB, no int64) (n int64, err error) {
	if s.kind == "" {
		return 0, nil
	}
	err = db.NewRaw(`SELECT count(*) FROM `+KindTable(s.kind)+` AS t JOIN change c ON c.kind = ? AND c.row_id = t.id WHERE `+s.rows, string(s.kind), no).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the history of %s: %w", s.table, err)
	}
	return n, nil
}

// Count returns how many rows would go.
func (s EraseStep) Count(ctx context.Context, db bun.IDB, no int64, id string) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM "`+s.table+`" AS t WHERE `+s.rows, s.args(no, id)...).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", s.table, err)
	}
	return n, nil
}

// Slice removes up to limit of the rows, with what refers to them, and notes in
// gone how many went from which table; false means that none is left.
func (s EraseStep) Slice(ctx context.Context, tx bun.Tx, no int64, id string, limit int, gone map[string]int64) (some bool, err error) {
	n := int64(0)
	if s.kind != "" {
		n, err = s.rowsOfKind(ctx, tx, no, limit, gone)
	} else {
		n, err = s.anyRows(ctx, tx, no, id, limit)
	}
	if err != nil {
		return false, fmt.Errorf("remove from %s: %w", s.table, err)
	}
	if n > 0 && s.set == "" {
		gone[s.table] += n
	}
	return n > 0, nil
}

// anyRows finds rows by their place in the table: not every table has a key.
func (s EraseStep) anyRows(ctx context.Context, tx bun.Tx, no int64, id string, limit int) (int64, error) {
	some := `rowid IN (SELECT t.rowid FROM "` + s.table + `" AS t WHERE ` + s.rows + ` LIMIT ?)`
	if isPostgres(tx) {
		some = `ctid = ANY(ARRAY(SELECT t.ctid FROM "` + s.table + `" AS t WHERE ` + s.rows + ` LIMIT ?))`
	}
	stmt := `DELETE FROM "` + s.table + `" WHERE ` + some
	if s.set != "" {
		stmt = `UPDATE "` + s.table + `" SET ` + s.set + ` WHERE ` + some
	}
	res, err := tx.NewRaw(stmt, append(s.args(no, id), limit)...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// rowsOfKind takes what refers to a row along in the same transaction.
func (s EraseStep) rowsOfKind(ctx context.Context, tx bun.Tx, no int64, limit int, gone map[string]int64) (int64, error) {
	var ids []int64
	if err := tx.NewRaw("SELECT t.id FROM "+KindTable(s.kind)+" AS t WHERE "+s.rows+" LIMIT ?", no, limit).Scan(ctx, &ids); err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, nil
	}
	if s.kind == purser.KindAccount || s.kind == purser.KindPerson {
		if err := keepLinks(ctx, tx, s.kind, ids); err != nil {
			return 0, err
		}
		if err := keepDecisions(ctx, tx, s.kind, ids); err != nil {
			return 0, err
		}
	}
	if s.kind == purser.KindPerson { // with the people go the links
		if err := noteNobodysOf(ctx, tx, `SELECT account_id FROM account_person WHERE person_id IN (?)`, bun.List(ids)); err != nil {
			return 0, err
		}
	}
	for _, d := range dependents(s.kind) {
		stmt := `DELETE FROM "` + d.table + `" WHERE ` + column(d.column) + " IN (?)"
		if d.only != "" {
			stmt += " AND " + d.only
		}
		res, err := tx.NewRaw(stmt, bun.List(ids)).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", d.table, err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return 0, err
		} else if n > 0 {
			gone[d.table] += n
		}
	}
	_, err := tx.NewRaw("DELETE FROM "+KindTable(s.kind)+" WHERE id IN (?)", bun.List(ids)).Exec(ctx)
	return int64(len(ids)), err
}

// EraseInstance removes the instance itself, last of all. Its number is kept
// where lines of spend stay that came through it; applications that it alone had
// discovered, and about which nobody decided anything, go too.
func EraseInstance(ctx context.Context, tx bun.Tx, i purser.Instance, at purser.Micros) error {
	for _, step := range []struct {
		stmt string
		args []any
	}{
		{`INSERT INTO former_instance (instance_no, instance_id, name, connector, tenant_id, application_id, deleted_at)
			SELECT i.no, i.id, i.name, i.connector, i.tenant_id, i.application_id, CAST(? AS BIGINT) FROM instance i WHERE i.no = ?
			AND EXISTS (SELECT 1 FROM "transaction" t WHERE t.instance_no = i.no) ON CONFLICT (instance_no) DO NOTHING`, []any{int64(at), i.No}},
		{`DELETE FROM instance WHERE no = ?`, []any{i.No}},
		{`DELETE FROM saas_application WHERE status = 'new' AND owner_id = ''
			AND NOT EXISTS (SELECT 1 FROM application_source s WHERE s.application_id = saas_application.id)
			AND NOT EXISTS (SELECT 1 FROM instance o WHERE o.application_id = saas_application.id)
			AND NOT EXISTS (SELECT 1 FROM former_instance f WHERE f.application_id = saas_application.id)`, nil},
		{`DELETE FROM application_count WHERE application_id NOT IN (SELECT id FROM saas_application)`, nil},
		{`DELETE FROM application_day WHERE application_id NOT IN (SELECT id FROM saas_application)`, nil},
		{`DELETE FROM overlap_account WHERE saas_no NOT IN (SELECT id FROM saas_application) OR other_no NOT IN (SELECT id FROM saas_application)`, nil},
		{`DELETE FROM overlap_decided WHERE saas_no NOT IN (SELECT id FROM saas_application)`, nil},
		{`DELETE FROM overlap_shared WHERE a NOT IN (SELECT id FROM saas_application) OR b NOT IN (SELECT id FROM saas_application)`, nil},
	} {
		if _, err := tx.NewRaw(step.stmt, step.args...).Exec(ctx); err != nil {
			return fmt.Errorf("remove the instance: %w", err)
		}
	}
	return nil
}
