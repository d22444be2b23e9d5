package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// rowKinds are the kinds that have a table of rows, named as the kind. Activity
// is added up by day instead.
func rowKinds() []purser.Kind {
	return []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindGroup, purser.KindMembership, purser.KindApplication,
		purser.KindAssignment, purser.KindPlan, purser.KindSeat, purser.KindTransaction,
		purser.KindDevice, purser.KindInstalledApp, purser.KindLookup}
}

// KindTable returns the quoted name of the table of a kind's rows. Beside the
// fields of the kind, of which NULL means unknown, its columns are:
//
//	id            the number in acc_<id>; never used again
//	instance_no   whose row it is; (instance_no, external_id) is unique
//	external_id   the vendor's identifier
//	stream_no, part_no, digest, first_gen, changed_gen, missed, missed_at
//	              how it was read; missed is the first reading that missed it, 0 if none
//	gone_gen      the reading that found it gone, 0 while it is live
//	first_seen_at, changed_at, removed_at    microseconds; removed_at is 0 while it is live
func KindTable(k purser.Kind) string { return `"` + string(k) + `"` }

func stageTable(k purser.Kind) string { return "stage_" + string(k) }

// column quotes a field's name: "group" and others are words of SQL.
func column(name string) string { return `"` + name + `"` }

// isText reports whether values of the type stand in Value.S.
func isText(t purser.FieldType) bool {
	switch t {
	case purser.Text, purser.Enum, purser.Date, purser.Decimal, purser.Texts:
		return true
	}
	return false
}

func columnType(t purser.FieldType) string {
	if isText(t) {
		return "TEXT"
	}
	return "BIGINT"
}

// dataFields returns the fields of a kind that are columns of their own.
func dataFields(k purser.Kind) []purser.Field {
	fields := purser.Fields(k)
	return fields[1:] // external_id comes first
}

// alignKinds makes the tables of the kinds, and adds columns for fields that are
// new since. Nothing else ever changes in them but by a migration.
func alignKinds(ctx context.Context, tx bun.Tx) error {
	for _, k := range rowKinds() {
		for _, stmt := range []string{kindDDL(k), stageDDL(k)} {
			text := expandMigration(stmt, SQLite)
			if isPostgres(tx) {
				text = expandMigration(stmt, Postgres)
			}
			if _, err := tx.Tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("make the tables of kind %s: %w", k, err)
			}
		}
		for _, table := range []string{KindTable(k), stageTable(k)} {
			if err := alignColumns(ctx, tx, table, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func kindDDL(k purser.Kind) string {
	return "CREATE TABLE IF NOT EXISTS " + KindTable(k) + ` (id {{key}}, instance_no BIGINT NOT NULL, external_id TEXT NOT NULL,
		stream_no BIGINT NOT NULL, part_no BIGINT NOT NULL, digest BIGINT NOT NULL, first_gen BIGINT NOT NULL,
		changed_gen BIGINT NOT NULL, missed BIGINT NOT NULL DEFAULT 0, missed_at BIGINT NOT NULL DEFAULT 0,
		gone_gen BIGINT NOT NULL DEFAULT 0, first_seen_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
		removed_at BIGINT NOT NULL DEFAULT 0, ` + fieldDDL(k) + `, UNIQUE (instance_no, external_id))`
}

// stageDDL has no key but the order of arrival: rows are only appended and read in order.
func stageDDL(k purser.Kind) string {
	return "CREATE TABLE IF NOT EXISTS " + stageTable(k) + " (seq " +
		"{{seq}}, stream_no BIGINT NOT NULL, external_id TEXT NOT NULL, part_no BIGINT NOT NULL, digest BIGINT NOT NULL, " +
		"row_id BIGINT NOT NULL, " + fieldDDL(k) + ")"
}

func fieldDDL(k purser.Kind) string {
	var cols []string
	for _, f := range dataFields(k) {
		cols = append(cols, column(f.Name)+" "+columnType(f.Type))
	}
	return strings.Join(cols, ", ")
}

func alignColumns(ctx context.Context, tx bun.Tx, table string, k purser.Kind) error {
	rows, err := tx.Tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return fmt.Errorf("read the columns of %s: %w", table, err)
	}
	names, err := rows.Columns()
	if closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("read the columns of %s: %w", table, err)
	}
	have := make(map[string]bool, len(names))
	for _, n := range names {
		have[n] = true
	}
	for _, f := range dataFields(k) {
		if have[f.Name] {
			continue
		}
		if _, err := tx.Tx.ExecContext(ctx, "ALTER TABLE "+table+" ADD COLUMN "+column(f.Name)+" "+columnType(f.Type)); err != nil {
			return fmt.Errorf("add field %s to %s: %w", f.Name, table, err)
		}
	}
	return nil
}
