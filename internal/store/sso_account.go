package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// The ways in which an account of an identity provider has an application; the
// higher tells more.
const (
	waySignIn   = 0 // it was seen signing in, and nothing says who may
	wayConsent  = 1
	wayAssigned = 2 // the provider does not say how
	wayGroup    = 3
	wayDirect   = 4
)

// WayWord says in one word how an account has an application.
func WayWord(way int64) string {
	return [...]string{waySignIn: "sign_in", wayConsent: "consent", wayAssigned: "assigned", wayGroup: "group", wayDirect: "direct"}[min(max(way, 0), wayDirect)]
}

// waysOf are the ways that words say.
func waysOf(words []string) (ways []int64) {
	for way := int64(waySignIn); way <= wayDirect; way++ {
		if slices.Contains(words, WayWord(way)) {
			ways = append(ways, way)
		}
	}
	return ways
}

// ssoRow is an account as it is kept and as it should be; way -1 is one that has
// the application no longer.
type ssoRow struct {
	Application int64  `bun:"application_id"`
	InstanceNo  int64  `bun:"instance_no"`
	Account     string `bun:"account"`
	Way         int64  `bun:"way"`
	UserName    string `bun:"user_name"`
	Since       int64  `bun:"since"`
	Used        *int64 `bun:"used"`
	Told        int64  `bun:"told"` // 1 if a list of the provider tells the last use
	Born        *int64 `bun:"born"` // when it was given
	Gone        int64  `bun:"gone"` // when it was taken away, 0 if nobody says
	ID          int64  `bun:"id"`   // 0 for one that is new
}

// DeriveAccounts notes who has each application through identity providers, of
// applications that they feed. Assignments say it; where a provider names none
// for an application, consents and sign-ins do. What is there is read once with
// what should be, and only what differs is written.
func (db *DB) DeriveAccounts(ctx context.Context, applications []int64, at purser.Micros) error {
	if len(applications) == 0 {
		return nil
	}
	ids := bun.List(applications)
	_, err := converge(ctx, db, func(ctx context.Context, tx bun.Tx, rows []ssoRow) error { return putSSO(ctx, tx, rows, at) },
		`WITH src AS (SELECT s.application_id, s.instance_no, s.external_id, CASE WHEN EXISTS (SELECT 1 FROM "assignment" g WHERE g.instance_no = s.instance_no
				AND g.application = s.external_id AND COALESCE(g.via, 'unknown') <> 'consent') THEN -1 ELSE 0 END AS seen
			FROM application_source s WHERE s.application_id IN (?))
		SELECT application_id, instance_no, account, max(way) AS way, COALESCE(max(user_name), '') AS user_name, COALESCE(min(since), 0) AS since,
			max(used) AS used, COALESCE(max(told), 0) AS told, max(born) AS born, COALESCE(max(gone), 0) AS gone, COALESCE(max(id), 0) AS id FROM (
			SELECT s.application_id, g.instance_no, g.account, CASE WHEN g.gone_gen <> 0 THEN -1 WHEN g.via = 'direct' THEN 4 WHEN g.via = 'group' THEN 3
					WHEN g.via = 'consent' THEN 1 ELSE 2 END AS way, CASE WHEN g.gone_gen = 0 THEN g.user_name END AS user_name, g.first_seen_at AS since,
				`+usedByAssigned+` AS used, CASE WHEN g.last_used_at IS NULL OR g.gone_gen <> 0 THEN 0 ELSE 1 END AS told,
				CASE WHEN g.gone_gen = 0 THEN g.assigned_at END AS born, g.removed_at AS gone, CAST(NULL AS BIGINT) AS id, CAST(NULL AS BIGINT) AS had_way, CAST(NULL AS BIGINT) AS had_used,
				NULL AS had_name, CAST(NULL AS BIGINT) AS had_gone, CAST(NULL AS BIGINT) AS had_told, CAST(NULL AS BIGINT) AS had_born
			FROM src s CROSS JOIN "assignment" g WHERE g.instance_no = s.instance_no AND g.application = s.external_id
			UNION ALL SELECT s.application_id, v.instance_no, v.account, s.seen, NULL, v.first_at, v.last_at, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
			FROM src s CROSS JOIN activity v WHERE v.instance_no = s.instance_no AND v.application = s.external_id AND s.seen = 0
			UNION ALL SELECT x.application_id, x.instance_no, x.account, -1, NULL, NULL, NULL, 0, NULL, NULL, x.id, x.way, x.used_at, x.user_name, x.gone_at, x.told, x.born
			FROM sso_account x WHERE x.application_id IN (?)) AS every
		GROUP BY application_id, instance_no, account
		HAVING (max(id) IS NULL AND max(way) >= 0) OR (max(id) IS NOT NULL AND ((max(way) < 0 AND max(had_gone) = 0) OR (max(way) >= 0 AND (max(had_gone) <> 0
			OR max(had_way) <> max(way) OR COALESCE(max(had_used), -1) <> COALESCE(max(used), -1) OR max(had_name) <> COALESCE(max(user_name), '')
			OR max(had_told) <> COALESCE(max(told), 0) OR COALESCE(max(had_born), -1) <> COALESCE(max(born), -1)))))`, ids, ids)
	if err != nil {
		return fmt.Errorf("note who has applications through identity providers: %w", err)
	}
	return nil
}

// usedByAssigned is the last use by an assigned account: as the assignment tells
// it, or the end of the index of the provider's dated use, whichever is later.
const usedByAssigned = `(SELECT max(u.at) FROM (SELECT g.last_used_at AS at UNION ALL SELECT (SELECT v.last_at FROM activity v WHERE v.stream_no = q.no
	AND v.account = g.account AND v.application = g.application ORDER BY v.day DESC LIMIT 1) FROM stream q WHERE q.instance_no = g.instance_no AND q.kind = 'activity') AS u)`

func putSSO(ctx context.Context, tx bun.Tx, rows []ssoRow, at purser.Micros) error {
	var values []any
	for _, r := range rows {
		if r.Way >= 0 {
			values = append(values, r.Application, r.InstanceNo, r.Account, r.Way, r.UserName, r.Since, r.Used, r.Told, r.Born)
			continue
		}
		gone := r.Gone
		if gone == 0 {
			gone = int64(at)
		}
		if _, err := tx.NewRaw(`UPDATE sso_account SET gone_at = ? WHERE id = ?`, gone, r.ID).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO sso_account (application_id, instance_no, account, way, user_name, first_seen_at, used_at, told, born) VALUES `+
		tuples("(?, ?, ?, ?, ?, ?, ?, ?, ?)", len(values)/9)+` ON CONFLICT (application_id, instance_no, account) DO UPDATE SET way = excluded.way,
		user_name = excluded.user_name, used_at = excluded.used_at, told = excluded.told, born = excluded.born, gone_at = 0,
		first_seen_at = CASE WHEN excluded.first_seen_at < sso_account.first_seen_at THEN excluded.first_seen_at ELSE sso_account.first_seen_at END`, values...).Exec(ctx)
	return err
}

// fedUse is the live accounts through which an identity provider's people have
// an application, over the columns of assignedUse. It has one argument.
const fedUse = `SELECT x.application_id, x.instance_no, x.account, x.used_at AS used, x.told, x.born, x.way FROM sso_account x WHERE x.gone_at = 0 AND x.application_id IN (?)`

// classed tells apart what the class of use follows from, over the columns status and used.
const classed = `CASE WHEN status = 'deactivated' THEN 'closed' WHEN used IS NULL THEN 'unknown' WHEN used = 0 THEN 'never' ELSE 'used' END AS class,
	CASE WHEN status <> 'deactivated' AND used > 0 THEN used / 86400000000 ELSE 0 END AS day`

// countFed adds up how applications are used that identity providers feed.
func (db *DB) countFed(ctx context.Context, ids []int64, into map[useOfKey][]usedRow) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []usedRow
	err := db.reader.NewRaw(`WITH x AS MATERIALIZED (SELECT application_id, source_no, told, born, person_id, `+classed+` FROM (
			SELECT x.application_id, x.instance_no AS source_no, ap.person_id, COALESCE(a.status, 'unknown') AS status, x.used, x.told,
				CASE WHEN x.born >= w.from_at AND w.from_at > 0 THEN 1 ELSE 0 END AS born FROM (`+fedUse+`) AS x
			JOIN "account" AS a ON a.instance_no = x.instance_no AND a.external_id = x.account AND a.gone_gen = 0
			LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN `+useSource+` AS w ON w.instance_no = x.instance_no) AS rows_of)
		SELECT application_id, source_no, told, born, class, day, count(*) AS n FROM x GROUP BY application_id, source_no, told, born, class, day
		UNION ALL SELECT application_id, 0, 0, 0, 'people', 0, count(DISTINCT CASE WHEN class <> 'closed' THEN person_id END) FROM x GROUP BY application_id`, bun.List(ids)).Scan(ctx, &rows)
	gather(into, 0, rows)
	return err
}

// fedFrom is the FROM of the accounts through which people have an application:
// those that have it, those that have it no longer, or every one where nothing
// feeds it any more. Its argument is the application.
func fedFrom(f AccountFilter) string {
	live := "t.gone_at = 0"
	switch {
	case f.Removed && f.Stopped:
		live = "1 = 1"
	case f.Removed:
		live = "(t.gone_at <> 0 OR a.gone_gen <> 0)"
	case f.Stopped:
		live = "1 = 0"
	}
	return `(SELECT x.instance_no, x.account, x.used_at AS used, x.told, x.born, x.way, x.gone_at FROM sso_account x WHERE x.application_id = ?) AS t JOIN ` +
		strings.Replace(accountFrom, `AS a`, `AS a ON a.instance_no = t.instance_no AND a.external_id = t.account AND `+live, 1)
}
