package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// SharedPeople is how many people have open accounts in two applications.
type SharedPeople struct {
	A      int64 `bun:"a"` // numbers of applications, the smaller first
	B      int64 `bun:"b"`
	People int64 `bun:"people"`
	Using  int64 `bun:"using_both"` // of them, those who use both
}

// SharedByApplications returns for each two of some applications how many people
// have both; those without are left out. What is kept answers while the same would be said.
func SharedByApplications(ctx context.Context, db bun.IDB, ids []int64, at UseAt) (rows []SharedPeople, err error) {
	if len(ids) < 2 {
		return nil, nil
	}
	decided, err := overlapDecided(ctx, db, ids, at)
	if err != nil {
		return nil, err
	}
	for _, d := range decided {
		if d.Since != d.Now || d.Alike != decided[0].Alike {
			all, err := heldIn(ctx, db, ids, at)
			return sharedBy(all), err
		}
	}
	err = db.NewRaw(`SELECT a, b, people, using_both FROM overlap_shared WHERE a IN (?) AND b IN (?) ORDER BY 1, 2`, bun.List(ids), bun.List(ids)).Scan(ctx, &rows)
	return rows, err
}

// decidedOverlap is with which others an application was looked at last, 0 for
// none, since which day its use counted, and since which it counts now.
type decidedOverlap struct {
	Application int64 `bun:"id"`
	Alike       int64 `bun:"alike"`
	Since       int64 `bun:"since"`
	Now         int64 `bun:"now"`
}

func overlapDecided(ctx context.Context, db bun.IDB, ids []int64, at UseAt) (rows []decidedOverlap, err error) {
	err = db.NewRaw(`SELECT k.id, COALESCE(d.alike, 0) AS alike, COALESCE(d.since, -1) AS since, `+at.since()+` AS now FROM saas_application k
		LEFT JOIN overlap_decided d ON d.saas_no = k.id WHERE k.id IN (?) ORDER BY k.id`, bun.List(ids)).Scan(ctx, &rows)
	return rows, err
}

// keepShared keeps how many people have each two of some applications that do the same.
func (db *DB) keepShared(ctx context.Context, ids []int64, want []SharedPeople, at UseAt) error {
	decided, err := overlapDecided(ctx, db.reader, ids, at)
	if err != nil {
		return err
	}
	const of = ` WHERE a IN (?) OR b IN (?)`
	var kept []SharedPeople
	if err := db.reader.NewRaw(`SELECT a, b, people, using_both FROM overlap_shared`+of+` ORDER BY 1, 2`, bun.List(ids), bun.List(ids)).Scan(ctx, &kept); err != nil {
		return err
	}
	alike := slices.Min(ids)
	if slices.Equal(want, kept) && !slices.ContainsFunc(decided, func(d decidedOverlap) bool { return d.Alike != alike || d.Since != d.Now }) {
		return nil
	}
	err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`DELETE FROM overlap_shared`+of, bun.List(ids), bun.List(ids)).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewRaw(`DELETE FROM overlap_decided WHERE alike = ? OR saas_no IN (?)`, alike, bun.List(ids)).Exec(ctx); err != nil {
			return err
		}
		for _, d := range decided {
			if _, err := tx.NewRaw(`INSERT INTO overlap_decided (saas_no, alike, since) VALUES (?, ?, ?)`, d.Application, alike, d.Now).Exec(ctx); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(want, findingSlice) {
			var values []any
			for _, r := range part {
				values = append(values, r.A, r.B, r.People, r.Using)
			}
			if _, err := tx.NewRaw(`INSERT INTO overlap_shared (a, b, people, using_both) VALUES `+tuples("(?, ?, ?, ?)", len(part)), values...).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep who has several applications of a kind: %w", err)
	}
	return nil
}
