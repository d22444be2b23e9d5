package store

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// fewAccounts is up to how many accounts an application has few: the changes of many
// are rather walked until enough are found.
const fewAccounts = 50_000

// ApplicationTimeline returns the latest that happened to the accounts of an
// application, at most limit entries: those of its own instances came, went or
// changed their status; those of identity providers were given it or no longer.
// What was there when it was first read is left out.
func ApplicationTimeline(ctx context.Context, db bun.IDB, application int64, direct bool, limit int) ([]purser.TimelineEntry, error) {
	kind, topics := purser.KindAccount, []purser.Topic{purser.TopicAccount, purser.TopicStatus}
	own, account, key := `JOIN instance i ON i.no = k.instance_no AND i.application_id = ?`, "k.id", ""
	if !direct {
		kind, topics = purser.KindAssignment, []purser.Topic{purser.TopicApplication}
		own = `JOIN application_source src ON src.instance_no = k.instance_no AND src.external_id = k.application AND src.application_id = ?
			JOIN "account" AS a ON a.instance_no = k.instance_no AND a.external_id = k.account`
		account = "a.id"
		if err := db.NewRaw(`SELECT name_key FROM saas_application WHERE id = ?`, application).Scan(ctx, &key); err != nil {
			return nil, err
		}
	}
	f := TimelineFilter{Topics: topics}
	const latest = ` AND c.field IN ('status', '` + removedField + `') ORDER BY c.no DESC LIMIT ?`
	changed := `SELECT ` + account + ` FROM change c JOIN ` + KindTable(kind) + ` AS k ON k.id = c.row_id ` + own + ` WHERE c.kind = '` + string(kind) + `'` + latest
	if direct { // of few accounts the changes are looked up; to find those of many the latest changes of all are walked
		few, err := areFew(ctx, db, `SELECT k.id FROM "account" AS k WHERE k.instance_no IN (SELECT no FROM instance WHERE application_id = `+quotedNumbers([]int64{application})+`)`, fewAccounts)
		if err != nil {
			return nil, err
		}
		if few {
			changed = `SELECT k.id FROM instance i CROSS JOIN "account" AS k CROSS JOIN change c WHERE i.application_id = ? AND k.instance_no = i.no AND c.kind = 'account' AND c.row_id = k.id` + latest
		}
	}
	for _, query := range []string{changed,
		`SELECT ` + account + ` FROM ` + KindTable(kind) + ` AS k ` + own + ` JOIN stream st ON st.no = k.stream_no
			WHERE st.first_complete_gen > 0 AND k.first_gen > st.first_complete_gen ORDER BY k.id DESC LIMIT ?`,
	} {
		var ids []int64
		if err := db.NewRaw(query, application, limit).Scan(ctx, &ids); err != nil {
			return nil, err
		}
		f.Accounts = append(f.Accounts, ids...)
	}
	slices.Sort(f.Accounts)
	f.Accounts = slices.Compact(f.Accounts)
	all, err := Timeline(ctx, db, f)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(e purser.TimelineEntry) bool {
		return e.What == purser.WasKnown || !direct && strings.ToLower(strings.TrimSpace(e.Name)) != key
	})
	return all[:min(len(all), limit)], nil
}
