package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// AuditRow is a row of audit.
type AuditRow struct {
	Seq        int64         `bun:"seq"`
	At         purser.Micros `bun:"at"`
	ActorKind  string        `bun:"actor_kind"`
	ActorID    string        `bun:"actor_id"`
	ActorName  string        `bun:"actor_name"`
	Origin     string        `bun:"origin"`
	Operation  string        `bun:"operation"`
	Object     string        `bun:"object"`
	ObjectName string        `bun:"object_name"`
	Before     string        `bun:"before"` // JSON, "" if there was nothing
	After      string        `bun:"after"`
	Hash       string        `bun:"hash"`
}

const auditColumns = `seq, at, actor_kind, actor_id, actor_name, origin, operation, object, object_name, before, after, hash`

// AuditFilter selects entries of the audit log; zero fields select everything.
type AuditFilter struct {
	Operation, ActorID, Object string
	Since, Until               purser.Micros
}

// NextAudit takes the place after the last entry, and returns it with the hash
// of that entry. Others wait for this transaction.
func NextAudit(ctx context.Context, tx bun.IDB) (seq int64, hash string, err error) {
	var head struct {
		Seq  int64  `bun:"seq"`
		Hash string `bun:"hash"`
	}
	err = tx.NewRaw(`UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash`).Scan(ctx, &head)
	return head.Seq, head.Hash, err
}

// InsertAudit adds the entry at the place that NextAudit gave.
func InsertAudit(ctx context.Context, tx bun.IDB, r AuditRow) error {
	_, err := tx.NewRaw(`INSERT INTO audit (`+auditColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.Seq, int64(r.At),
		r.ActorKind, r.ActorID, r.ActorName, r.Origin, r.Operation, r.Object, r.ObjectName, r.Before, r.After, r.Hash).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`UPDATE audit_head SET hash = ? WHERE id = 1`, r.Hash).Exec(ctx)
	return err
}

// AuditHead returns the place and hash of the last entry, 0 and "" if there is none.
func AuditHead(ctx context.Context, db bun.IDB) (seq int64, hash string, err error) {
	var head struct {
		Seq  int64  `bun:"seq"`
		Hash string `bun:"hash"`
	}
	err = db.NewRaw(`SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(ctx, &head)
	return head.Seq, head.Hash, err
}

// AuditAfter returns up to limit entries after seq, oldest first.
func AuditAfter(ctx context.Context, db bun.IDB, seq int64, limit int) (rows []AuditRow, err error) {
	err = db.NewRaw(`SELECT `+auditColumns+` FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit).Scan(ctx, &rows)
	return rows, err
}

// AuditPage returns up to limit entries before seq (0: from the end), newest first.
func AuditPage(ctx context.Context, db bun.IDB, f AuditFilter, before, limit int64) (rows []AuditRow, err error) {
	q := db.NewSelect().ColumnExpr(auditColumns).TableExpr("audit").OrderExpr("seq DESC").Limit(limit)
	if before > 0 {
		q = q.Where("seq < ?", before)
	}
	err = f.apply(q).Scan(ctx, &rows)
	return rows, err
}

// CountAudit returns how many entries the filter selects, at most limit.
func CountAudit(ctx context.Context, db bun.IDB, f AuditFilter, limit int64) (n int64, err error) {
	inner := f.apply(db.NewSelect().ColumnExpr("seq").TableExpr("audit")).Limit(limit)
	err = db.NewSelect().ColumnExpr("count(*)").TableExpr("(?) AS part", inner).Scan(ctx, &n)
	return n, err
}

func (f AuditFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Operation != "" {
		q = q.Where("operation = ?", f.Operation)
	}
	if f.ActorID != "" {
		q = q.Where("actor_id = ?", f.ActorID)
	}
	if f.Object != "" {
		q = q.Where("object = ?", f.Object)
	}
	if f.Since > 0 {
		q = q.Where("at >= ?", int64(f.Since))
	}
	if f.Until > 0 {
		q = q.Where("at < ?", int64(f.Until))
	}
	return q
}
