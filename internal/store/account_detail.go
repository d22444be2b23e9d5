package store

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// AccountGroups returns the live groups of an account with their live members.
func AccountGroups(ctx context.Context, db bun.IDB, instanceID, externalID string) ([]purser.Group, error) {
	return groups(ctx, db, `JOIN "membership" AS own ON own.instance_no = g.instance_no AND own."group" = g.external_id AND own.gone_gen = 0
		WHERE g.gone_gen = 0 AND i.id = ? AND own.account = ?`, instanceID, externalID)
}

// Groups returns the live groups of an instance with their live members.
func Groups(ctx context.Context, db bun.IDB, instanceID string) ([]purser.Group, error) {
	return groups(ctx, db, `WHERE g.gone_gen = 0 AND i.id = ?`, instanceID)
}

func groups(ctx context.Context, db bun.IDB, where string, args ...any) ([]purser.Group, error) {
	var rows []struct {
		ID          int64  `bun:"id"`
		ExternalID  string `bun:"external_id"`
		Name        string `bun:"name"`
		Description string `bun:"description"`
		Type        string `bun:"type"`
		Members     int64  `bun:"members"`
	}
	err := db.NewRaw(`SELECT g.id, g.external_id, COALESCE(g.name, g.external_id) AS name, COALESCE(g.description, '') AS description,
		COALESCE(g.type, '') AS type, COALESCE(c.members, 0) AS members
		FROM "group" AS g JOIN instance i ON i.no = g.instance_no
		LEFT JOIN (SELECT m.instance_no, m."group" AS of_group, count(*) AS members FROM "membership" AS m WHERE m.gone_gen = 0
			GROUP BY m.instance_no, m."group") AS c ON c.instance_no = g.instance_no AND c.of_group = g.external_id
		`+where+` ORDER BY 3, 1`, args...).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]purser.Group, len(rows))
	for i, r := range rows {
		out[i] = purser.Group{ID: RowID("grp_", r.ID), ExternalID: r.ExternalID, Name: r.Name, Description: r.Description, Type: r.Type, Members: r.Members}
	}
	return out, nil
}

// Changes returns the kept changes of one row, the newest first, with the row's
// own coming and going.
func Changes(ctx context.Context, db bun.IDB, kind purser.Kind, id int64) ([]purser.Change, error) {
	var rows []struct {
		At     purser.Micros `bun:"at"`
		Field  string        `bun:"field"`
		Before *string       `bun:"before"`
		After  *string       `bun:"after"`
		RunID  string        `bun:"run_id"`
	}
	err := db.NewRaw(`SELECT c.at, c.field, c.before, c.after, COALESCE(r.id, '') AS run_id FROM change c
		LEFT JOIN run r ON r.no = c.run_no WHERE c.kind = ? AND c.row_id = ? AND c.field <> ? ORDER BY c.no DESC LIMIT 500`, string(kind), id, addedField).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	types := map[string]purser.FieldType{}
	for _, f := range purser.Fields(kind) {
		types[f.Name] = f.Type
	}
	out := make([]purser.Change, len(rows))
	for i, r := range rows {
		if r.Field == removedField { // of the row itself, dated to the first reading that missed it
			out[i] = purser.Change{At: r.At.Time(), After: purser.WasBack, RunID: r.RunID}
			if r.After != nil {
				out[i].After = purser.WasRemoved
			}
			continue
		}
		out[i] = purser.Change{At: r.At.Time(), Field: r.Field, Before: shown(types[r.Field], r.Before), After: shown(types[r.Field], r.After), RunID: r.RunID}
	}
	return out, nil
}

// shown writes a kept value for people.
func shown(t purser.FieldType, v *string) string {
	if v == nil {
		return ""
	}
	n, err := strconv.ParseInt(*v, 10, 64)
	if err != nil {
		return *v
	}
	switch t {
	case purser.Bool:
		return map[bool]string{true: "yes", false: "no"}[n != 0]
	case purser.UseDate:
		if n == 0 {
			return "never"
		}
		return purser.Micros(n).Time().Format(time.RFC3339)
	case purser.Time:
		return purser.Micros(n).Time().Format(time.RFC3339)
	}
	return *v
}
