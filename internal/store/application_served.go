package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// servedRow is what was seen of an application that a provider serves; NULL is unknown.
type servedRow struct {
	ExternalID string `bun:"external_id"`
	Assigned   *int64 `bun:"assigned"`
	SignedIn   *int64 `bun:"signed_in"`
	SignIns    *int64 `bun:"sign_ins"`
}

// DeriveServed adds up anew who can reach what an identity provider serves, and
// who signed in since a day. A provider that names no assignments leaves them
// unknown, and one whose sign-ins were never read leaves those. What CountUse counted
// of the same rows is not counted again.
func (db *DB) DeriveServed(ctx context.Context, instanceNo int64, since purser.Micros, counted Reach) error {
	var had []servedRow
	err := db.reader.NewRaw(`SELECT external_id, assigned, signed_in, sign_ins FROM application_source WHERE instance_no = ?`, instanceNo).Scan(ctx, &had)
	if err != nil || len(had) == 0 {
		return err
	}
	want, err := db.signedIn(ctx, instanceNo, since)
	if err != nil {
		return fmt.Errorf("count who signed in: %w", err)
	}
	if err := db.assigned(ctx, instanceNo, had, want, counted); err != nil {
		return fmt.Errorf("count who is assigned: %w", err)
	}
	var changed []servedRow
	for _, h := range had {
		w := want.of(h.ExternalID)
		if !equal(h.Assigned, w.Assigned) || !equal(h.SignedIn, w.SignedIn) || !equal(h.SignIns, w.SignIns) {
			changed = append(changed, w)
		}
	}
	for part := range slices.Chunk(changed, derivationSlice) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, r := range part {
				_, err := tx.NewRaw(`UPDATE application_source SET assigned = ?, signed_in = ?, sign_ins = ? WHERE instance_no = ? AND external_id = ?`,
					r.Assigned, r.SignedIn, r.SignIns, instanceNo, r.ExternalID).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// served is what was counted, by the provider's identifier, and what stands for an
// application of which nothing was: nobody, or unknown.
type served struct {
	rows map[string]servedRow
	none servedRow
}

func (s *served) of(id string) servedRow {
	r, ok := s.rows[id]
	if !ok {
		r = s.none
	}
	r.ExternalID = id
	return r
}

// signedIn counts who signed in since a moment, and how often.
func (db *DB) signedIn(ctx context.Context, instanceNo int64, since purser.Micros) (*served, error) {
	var reads bool
	err := db.reader.NewRaw(`SELECT EXISTS (SELECT 1 FROM stream s WHERE s.instance_no = ? AND s.kind = 'activity' AND s.complete_at > 0) OR
		EXISTS (SELECT 1 FROM activity v WHERE v.instance_no = ?)`, instanceNo, instanceNo).Scan(ctx, &reads)
	s := &served{rows: map[string]servedRow{}}
	if err != nil || !reads {
		return s, err
	}
	s.none = servedRow{SignedIn: new(int64), SignIns: new(int64)}
	var rows []servedRow
	err = db.reader.NewRaw(`SELECT application AS external_id, count(DISTINCT account) AS signed_in, CAST(sum(count) AS BIGINT) AS sign_ins FROM activity
		WHERE instance_no = ? AND last_at >= ? AND application IS NOT NULL GROUP BY application`, instanceNo, int64(since)).Scan(ctx, &rows)
	for _, r := range rows {
		s.rows[r.ExternalID] = r
	}
	return s, err
}

// assigned adds to how many accounts each application is assigned that are not known
// to be gone, each once. What is not counted yet it counts in memory, by hash, an
// application at a time: SQL sorts the names of all accounts for it, a twentieth of a
// first sync's CPU time.
func (db *DB) assigned(ctx context.Context, instanceNo int64, applications []servedRow, to *served, counted Reach) error {
	var names bool
	err := db.reader.NewRaw(`SELECT EXISTS (SELECT 1 FROM "assignment" g WHERE g.instance_no = ? AND COALESCE(g.via, 'unknown') <> 'consent')`, instanceNo).Scan(ctx, &names)
	if err != nil {
		return err
	}
	if names {
		to.none.Assigned = new(int64)
	}
	if err := db.reaching(ctx, instanceNo, applications, counted); err != nil {
		return err
	}
	for _, a := range applications {
		n := counted[instanceNo][a.ExternalID]
		r := to.of(a.ExternalID)
		if r.Assigned = to.none.Assigned; n > 0 {
			r.Assigned = &n
		}
		to.rows[a.ExternalID] = r
	}
	return nil
}

// reaching counts the accounts of those applications that are not counted yet.
func (db *DB) reaching(ctx context.Context, instanceNo int64, applications []servedRow, counted Reach) error {
	seed := maphash.MakeSeed()
	var gone map[uint64]bool
	var has []uint64
	for _, a := range applications {
		if _, ok := counted[instanceNo][a.ExternalID]; ok {
			continue
		}
		if gone == nil {
			gone = map[uint64]bool{}
			err := db.eachRow(ctx, func(row []driver.Value) error {
				id, _ := row[0].(string)
				gone[maphash.String(seed, id)] = true
				return nil
			}, `SELECT a.external_id FROM "account" AS a WHERE a.instance_no = ? AND a.gone_gen <> 0`, instanceNo)
			if err != nil {
				return err
			}
		}
		has = has[:0]
		err := db.eachRow(ctx, func(row []driver.Value) error {
			if id, ok := row[0].(string); ok {
				has = append(has, maphash.String(seed, id))
			}
			return nil
		}, `SELECT g.account FROM "assignment" AS g WHERE g.instance_no = ? AND g.application = ? AND g.gone_gen = 0`, instanceNo, a.ExternalID)
		if err != nil {
			return err
		}
		slices.Sort(has)
		has = slices.DeleteFunc(slices.Compact(has), func(hash uint64) bool { return gone[hash] })
		counted.note(instanceNo, a.ExternalID, int64(len(has)))
	}
	return nil
}
