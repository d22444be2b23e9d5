package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// FeedRow is what decides where an application's accounts come from.
type FeedRow struct {
	Application  int64         `bun:"application_id"`
	Status       string        `bun:"status"`
	Connected    bool          `bun:"connected"` // an instance of its own, beyond a draft
	Via          bool          `bun:"via"`       // an identity provider lists it
	Fed          bool          `bun:"fed"`       // it has, or had, accounts through an identity provider
	Unread       bool          `bun:"unread"`    // every own instance has a list of users that was never read whole
	RosterAt     purser.Micros `bun:"roster_at"` // when an own instance was first read whole, with all its lists of users; 0 for none
	Chosen       string        `bun:"chosen"`
	ParallelDays int64         `bun:"parallel_days"`
	Version      int64         `bun:"version"` // of the choice, 0 while there is none
}

// Managed reports whether a person wants the application to be looked after:
// only then do identity providers feed it.
func (f FeedRow) Managed() bool { return f.Status == "managed" || f.Status == "closing" }

// SwitchAt returns when its own instances replace the identity providers: the
// moment of their first complete roster, or the end of a parallel run after it;
// 0 while there is no complete roster.
func (f FeedRow) SwitchAt() purser.Micros {
	switch {
	case f.RosterAt == 0 || f.Unread:
		return 0
	case f.Chosen == string(purser.FeedDirect):
		return f.RosterAt
	}
	return f.RosterAt + purser.Micros(f.ParallelDays)*dayMicros
}

// Feed says whose accounts count. It follows from what is stored alone: the
// first complete roster is committed with its run, and with it the switch.
func (f FeedRow) Feed(now purser.Micros) purser.Feed {
	at := f.SwitchAt()
	switch {
	case f.Connected && !f.Via && !f.Fed:
		return purser.FeedDirect
	case f.Connected && f.Chosen != string(purser.FeedSSO) && at > 0 && at <= now:
		return purser.FeedDirect
	case f.Via && f.Managed(), f.Fed && f.Managed():
		return purser.FeedSSO
	case f.Fed:
		return purser.FeedStopped
	case f.Via:
		return purser.FeedSeen
	case f.Connected:
		return purser.FeedDirect
	}
	return purser.FeedNone
}

// Whole reports whether who has no account among its own instances has none: they
// count, and have told all their users.
func (f FeedRow) Whole(now purser.Micros) bool {
	return f.Feed(now) == purser.FeedDirect && f.SwitchAt() > 0
}

// Use returns the use of the application as the source tells it that counts: its own
// instances once they have told all their users, identity providers before. What is
// no longer fed is in no count.
func (f FeedRow) Use(now purser.Micros, direct, discovered UseRow) (use UseRow, from purser.Feed) {
	switch from = f.Feed(now); from {
	case purser.FeedDirect:
		return direct, from
	case purser.FeedSSO, purser.FeedSeen:
		return discovered, from
	}
	return use, from
}

// Feeds returns what decides where the accounts of applications come from, by application.
func Feeds(ctx context.Context, db bun.IDB, applications []int64) (map[int64]FeedRow, error) {
	out := make(map[int64]FeedRow, len(applications))
	if len(applications) == 0 {
		return out, nil
	}
	var rows []FeedRow
	err := db.NewRaw(`SELECT a.id AS application_id, a.status, COALESCE(c.chosen, '') AS chosen, COALESCE(c.parallel_days, 0) AS parallel_days,
			COALESCE(c.version, 0) AS version, COALESCE(d.roster_at, 0) AS roster_at,
			EXISTS (SELECT 1 FROM instance i WHERE i.application_id = a.id AND i.status NOT IN ('draft', 'deleting')) AS connected,
			EXISTS (SELECT 1 FROM application_source s JOIN "application" k ON k.instance_no = s.instance_no AND k.external_id = s.external_id
				WHERE s.application_id = a.id AND k.gone_gen = 0) AS via,
			EXISTS (SELECT 1 FROM sso_account x WHERE x.application_id = a.id) AS fed, COALESCE(d.unread, 0) > 0 AS unread
		FROM saas_application a LEFT JOIN application_feed c ON c.application_id = a.id
		LEFT JOIN (SELECT o.application_id, min(CASE WHEN o.unread = 0 AND o.roster_at > 0 THEN o.roster_at END) AS roster_at,
				min(o.unread) AS unread FROM (
			SELECT i.no, i.application_id, max(t.first_complete_at) AS roster_at,
				sum(CASE WHEN t.first_complete_at = 0 AND t.asked_at = 0 AND COALESCE(k.data_as_of, 0) = 0 THEN 1 ELSE 0 END) AS unread
			FROM instance i JOIN stream t ON t.instance_no = i.no AND t.kind = 'account'
			LEFT JOIN instance_task k ON k.instance_id = i.id AND k.task = t.task
			WHERE i.status NOT IN ('draft', 'deleting') AND i.application_id IN (?) GROUP BY i.no, i.application_id) AS o GROUP BY o.application_id) AS d ON d.application_id = a.id
		WHERE a.id IN (?)`, bun.List(applications), bun.List(applications)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Application] = r
	}
	return out, err
}

// PutFeed notes what a person chose; ok is false if somebody else chose meanwhile.
func PutFeed(ctx context.Context, tx bun.IDB, f FeedRow) (ok bool, err error) {
	res, err := tx.NewRaw(`INSERT INTO application_feed (application_id, chosen, parallel_days, version) VALUES (?, ?, ?, 1)
		ON CONFLICT (application_id) DO UPDATE SET chosen = excluded.chosen, parallel_days = excluded.parallel_days, version = application_feed.version + 1
		WHERE application_feed.version = ?`, f.Application, f.Chosen, f.ParallelDays, f.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// FeedInstance is one instance that feeds an application, or could.
type FeedInstance struct {
	InstanceID string        `bun:"instance_id"`
	Name       string        `bun:"name"`
	Connector  string        `bun:"connector"`
	Status     string        `bun:"status"`
	Direct     bool          `bun:"direct"`
	Accounts   int64         `bun:"accounts"`
	People     int64         `bun:"people"`
	SignIns    *int64        `bun:"sign_ins"` // in the last thirty days; NULL where it does not say
	Since      purser.Micros `bun:"since"`    // first account seen
}

// FeedInstances returns each instance that has to do with an application, with
// what it alone says: those of its own first. What feeds nothing yet says who is assigned.
func FeedInstances(ctx context.Context, db bun.IDB, application int64) (rows []FeedInstance, err error) {
	err = db.NewRaw(`SELECT i.id AS instance_id, i.name, i.connector, i.status, TRUE AS direct, count(a.id) AS accounts, count(DISTINCT CASE WHEN `+openStatus+` THEN ap.person_id END) AS people,
			CAST(NULL AS BIGINT) AS sign_ins, COALESCE(min(a.first_seen_at), 0) AS since
		FROM instance i LEFT JOIN "account" a ON a.instance_no = i.no AND a.gone_gen = 0 LEFT JOIN account_person ap ON ap.account_id = a.id
		WHERE i.application_id = ? AND i.status <> 'deleting' GROUP BY i.id, i.name, i.connector, i.status
		UNION ALL SELECT i.id, i.name, i.connector, i.status, FALSE, COALESCE(x.accounts, y.accounts, 0), COALESCE(x.people, y.people, 0), s.sign_ins, COALESCE(x.since, 0)
		FROM (SELECT instance_no, CAST(sum(sign_ins) AS BIGINT) AS sign_ins FROM application_source WHERE application_id = ? GROUP BY instance_no) AS s
		JOIN instance i ON i.no = s.instance_no AND i.status <> 'deleting'
		LEFT JOIN (SELECT x.instance_no, count(*) AS accounts, count(DISTINCT CASE WHEN `+openStatus+` THEN ap.person_id END) AS people, min(x.first_seen_at) AS since FROM sso_account x
			JOIN "account" a ON a.instance_no = x.instance_no AND a.external_id = x.account AND a.gone_gen = 0
			LEFT JOIN account_person ap ON ap.account_id = a.id WHERE x.application_id = ? AND x.gone_at = 0 GROUP BY x.instance_no) AS x ON x.instance_no = i.no
		LEFT JOIN (SELECT a.instance_no, count(DISTINCT a.id) AS accounts, count(DISTINCT CASE WHEN `+openStatus+` THEN ap.person_id END) AS people FROM (`+assignedUse+`) AS t
			JOIN "account" a ON a.instance_no = t.instance_no AND a.external_id = t.account AND a.gone_gen = 0
			LEFT JOIN account_person ap ON ap.account_id = a.id GROUP BY a.instance_no) AS y ON y.instance_no = i.no
		ORDER BY 5 DESC, 2`, application, application, application, application, application).Scan(ctx, &rows)
	return rows, err
}
