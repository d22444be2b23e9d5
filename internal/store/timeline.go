package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"purser"
)

// TimelineFilter says whose timeline it is: accounts, and a person's own changes.
type TimelineFilter struct {
	Accounts []int64
	PersonID int64 // 0: accounts alone
	Topics   []purser.Topic
}

// timelineRow is a row of a kind of which a timeline tells.
type timelineRow struct {
	ID           int64         `bun:"id"`
	Known        bool          `bun:"known"` // it was there at the first complete reading, or there was none yet
	FirstSeenAt  purser.Micros `bun:"first_seen_at"`
	Name         string        `bun:"name"`
	AccountID    int64         `bun:"account_id"`
	AccountName  string        `bun:"account_name"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
}

// timelineColumns are those of every row k of a kind.
const timelineColumns = `k.id, CASE WHEN COALESCE(st.first_complete_gen, 0) = 0 OR k.first_gen <= st.first_complete_gen THEN TRUE ELSE FALSE END AS known,
	k.first_seen_at, COALESCE(i.id, '') AS instance_id, COALESCE(i.name, '') AS instance_name, `

const timelineOf = ` LEFT JOIN instance i ON i.no = k.instance_no LEFT JOIN stream st ON st.no = k.stream_no `

// timelineQueries are the rows of each kind, selected by one list of numbers.
func timelineQueries() map[purser.Kind]string {
	pair := func(k purser.Kind, ref, of purser.Kind) string {
		c := column(string(ref))
		return `SELECT ` + timelineColumns + `COALESCE(o.name, k.` + c + `) AS name, a.id AS account_id, ` + accountName + ` AS account_name
			FROM "account" AS a JOIN ` + KindTable(k) + ` AS k ON k.instance_no = a.instance_no AND k.account = a.external_id
			LEFT JOIN ` + KindTable(of) + ` AS o ON o.instance_no = k.instance_no AND o.external_id = k.` + c + timelineOf + `WHERE a.id IN (?)`
	}
	return map[purser.Kind]string{
		purser.KindAccount: `SELECT ` + timelineColumns + `'' AS name, k.id AS account_id, ` +
			`COALESCE(k.display_name, k.email, k.user_name, k.external_id) AS account_name FROM "account" AS k` + timelineOf + `WHERE k.id IN (?)`,
		purser.KindMembership: pair(purser.KindMembership, purser.KindGroup, purser.KindGroup),
		purser.KindSeat:       pair(purser.KindSeat, purser.KindPlan, purser.KindPlan),
		purser.KindAssignment: pair(purser.KindAssignment, purser.KindApplication, purser.KindApplication),
		purser.KindPerson:     `SELECT ` + timelineColumns + `'' AS name, 0 AS account_id, '' AS account_name FROM "person" AS k` + timelineOf + `WHERE k.id IN (?)`,
	}
}

// Timeline returns everything that is known to have happened, the newest first.
func Timeline(ctx context.Context, db bun.IDB, f TimelineFilter) ([]purser.TimelineEntry, error) {
	var out []purser.TimelineEntry
	for kind, query := range timelineQueries() {
		ids := f.Accounts
		if kind == purser.KindPerson {
			ids = []int64{f.PersonID}
		}
		if len(ids) == 0 || ids[0] == 0 || !wanted(kind, f.Topics) {
			continue
		}
		var rows []timelineRow
		if err := db.NewRaw(query, bun.List(ids)).Scan(ctx, &rows); err != nil {
			return nil, err
		}
		for part := range slices.Chunk(rows, 500) {
			entries, err := timelineOfRows(ctx, db, kind, part)
			if err != nil {
				return nil, err
			}
			out = append(out, entries...)
		}
	}
	if len(f.Topics) > 0 {
		out = slices.DeleteFunc(out, func(e purser.TimelineEntry) bool { return !slices.Contains(f.Topics, e.Topic) })
	}
	slices.SortStableFunc(out, func(a, b purser.TimelineEntry) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(rank(b), rank(a)), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.InstanceName, b.InstanceName),
			cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Field, b.Field))
	})
	return out, nil
}

// rank puts what begins before what follows where the moment is the same.
func rank(e purser.TimelineEntry) int {
	if e.What == purser.WasKnown || e.What == purser.WasAdded {
		return 0
	}
	return 1
}

func timelineOfRows(ctx context.Context, db bun.IDB, kind purser.Kind, rows []timelineRow) ([]purser.TimelineEntry, error) {
	of := make(map[int64]purser.TimelineEntry, len(rows))
	ids := make([]int64, len(rows))
	var out []purser.TimelineEntry
	for i, r := range rows {
		ids[i] = r.ID
		e := purser.TimelineEntry{Topic: topicOf(kind, ""), Name: r.Name, AccountID: RowID("acc_", r.AccountID), AccountName: r.AccountName,
			InstanceID: r.InstanceID, InstanceName: r.InstanceName}
		of[r.ID] = e
		e.At, e.What = r.FirstSeenAt.Time(), purser.WasAdded
		if r.Known {
			e.What = purser.WasKnown
		}
		out = append(out, e)
	}
	var changes []struct {
		RowID  int64         `bun:"row_id"`
		At     purser.Micros `bun:"at"`
		Field  string        `bun:"field"`
		Before *string       `bun:"before"`
		After  *string       `bun:"after"`
		RunID  string        `bun:"run_id"`
	}
	err := db.NewRaw(`SELECT c.row_id, c.at, c.field, c.before, c.after, COALESCE(r.id, '') AS run_id FROM change c LEFT JOIN run r ON r.no = c.run_no
		WHERE c.kind = ? AND c.row_id IN (?) AND c.field <> ? ORDER BY c.no`, string(kind), bun.List(ids), addedField).Scan(ctx, &changes)
	if err != nil {
		return nil, err
	}
	types := map[string]purser.FieldType{}
	for _, f := range purser.Fields(kind) {
		types[f.Name] = f.Type
	}
	for _, c := range changes {
		e := of[c.RowID]
		e.At, e.RunID = c.At.Time(), c.RunID
		switch {
		case c.Field == removedField && c.After != nil:
			e.What = purser.WasRemoved
			if at, err := strconv.ParseInt(*c.After, 10, 64); err == nil {
				e.At = purser.Micros(at).Time() // dated to the first reading that missed it
			}
		case c.Field == removedField:
			e.What = purser.WasBack
		default:
			e.What, e.Field, e.Topic = purser.WasChanged, c.Field, topicOf(kind, c.Field)
			e.Before, e.After = shown(types[c.Field], c.Before), shown(types[c.Field], c.After)
		}
		out = append(out, e)
	}
	return out, nil
}

// removedField stands in change for a row that went, with its date after, or came
// back, with that date before.
const removedField = "removed"

// wanted reports whether rows of a kind can tell of one of the topics.
func wanted(kind purser.Kind, topics []purser.Topic) bool {
	if len(topics) == 0 || slices.Contains(topics, topicOf(kind, "")) {
		return true
	}
	return slices.ContainsFunc(purser.Fields(kind), func(f purser.Field) bool { return f.History && slices.Contains(topics, topicOf(kind, f.Name)) })
}

// topicOf says what a change is about; field "" is the row itself.
func topicOf(kind purser.Kind, field string) purser.Topic {
	switch kind {
	case purser.KindMembership:
		return purser.TopicGroup
	case purser.KindSeat:
		return purser.TopicSeat
	case purser.KindAssignment:
		return purser.TopicApplication
	case purser.KindAccount:
		switch field {
		case "":
			return purser.TopicAccount
		case "status":
			return purser.TopicStatus
		}
	case purser.KindPerson:
		switch field {
		case "", "employment", "type", "started_on", "ended_on":
			return purser.TopicEmployment
		case "manager":
			return purser.TopicManager
		case "department", "division", "location", "cost_center":
			return purser.TopicDepartment
		}
	}
	return purser.TopicDetail
}

// AccountsOfPerson returns the accounts that are linked to a person, removed ones too.
func AccountsOfPerson(ctx context.Context, db bun.IDB, personID int64) (ids []int64, err error) {
	err = db.NewRaw(`SELECT account_id FROM account_person WHERE person_id = ? ORDER BY account_id`, personID).Scan(ctx, &ids)
	return ids, err
}

// KnownRow says since when the accounts of an instance are known; 0 if no
// reading of them was complete so far.
type KnownRow struct {
	InstanceNo int64         `bun:"instance_no"`
	InstanceID string        `bun:"instance_id"`
	Name       string        `bun:"name"`
	Since      purser.Micros `bun:"since"`
}

// AccountsKnown returns since when the accounts of each instance are known that
// reads accounts, by name.
func AccountsKnown(ctx context.Context, db bun.IDB) (rows []KnownRow, err error) {
	err = db.NewRaw(`SELECT i.no AS instance_no, i.id AS instance_id, i.name, COALESCE(min(CASE WHEN s.first_complete_at > 0 THEN s.first_complete_at END), 0) AS since
		FROM stream s JOIN instance i ON i.no = s.instance_no WHERE s.kind = 'account' GROUP BY i.no, i.id, i.name ORDER BY i.name`).Scan(ctx, &rows)
	return rows, err
}

// KnownSince returns since when the instances are known of which a timeline tells.
func KnownSince(ctx context.Context, db bun.IDB, f TimelineFilter) (rows []KnownRow, err error) {
	err = db.NewRaw(`SELECT i.no AS instance_no, i.id AS instance_id, i.name, COALESCE(min(CASE WHEN s.first_complete_at > 0 THEN s.first_complete_at END), 0) AS since
		FROM stream s JOIN instance i ON i.no = s.instance_no WHERE s.kind = 'account' AND i.no IN (SELECT instance_no FROM "account" WHERE id IN (?))
			OR s.kind = 'person' AND i.no IN (SELECT instance_no FROM "person" WHERE id = ?)
		GROUP BY i.no, i.id, i.name ORDER BY i.name`, bun.List(append([]int64{-1}, f.Accounts...)), f.PersonID).Scan(ctx, &rows)
	return rows, err
}
