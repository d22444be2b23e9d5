package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// presentAt selects rows of a kind that were there at a moment, the argument four
// times: seen by then, and in no time between a removal and its return. Removals
// are dated to the first reading that missed the row.
func presentAt(kind purser.Kind, alias string) string {
	return strings.NewReplacer("{k}", alias, "{kind}", string(kind)).Replace(`{k}.first_seen_at <= ? AND NOT ({k}.gone_gen <> 0 AND {k}.removed_at <= ?)
		AND NOT EXISTS (SELECT 1 FROM change c WHERE c.kind = '{kind}' AND c.row_id = {k}.id AND c.field = '` + removedField + `' AND c.after IS NULL
			AND c.at > ? AND CAST(c.before AS BIGINT) <= ?)`)
}

// accountFieldAt is the value of a text field of account a at a moment, the
// argument twice: what it was before the first change after that.
func accountFieldAt(field string) string {
	return strings.ReplaceAll(`COALESCE(CASE WHEN EXISTS (SELECT 1 FROM change c WHERE c.kind = 'account' AND c.row_id = a.id AND c.field = '{f}' AND c.at > ?)
		THEN (SELECT c.before FROM change c WHERE c.kind = 'account' AND c.row_id = a.id AND c.field = '{f}' AND c.at > ? ORDER BY c.no LIMIT 1)
		ELSE a."{f}" END, 'unknown')`, "{f}", field)
}

// asOf selects the accounts of a moment instead of the present ones.
func (p *pager) asOf(f AccountFilter) {
	at := int64(f.AsOf)
	p.and(presentAt(purser.KindAccount, "a"), at, at, at, at)
	p.and("a.instance_no IN (?)", bun.List(append([]int64{-1}, f.Known...)))
	for field, values := range map[string][]string{"kind": f.Kinds, "status": f.Status} {
		if len(values) > 0 {
			p.and(accountFieldAt(field)+" IN (?)", at, at, bun.List(values))
		}
	}
}

// rewind gives accounts the values that they had at a moment. Of what has no
// history nothing is told.
func rewind(ctx context.Context, db bun.IDB, accounts []purser.Account, at purser.Micros) error {
	if len(accounts) == 0 {
		return nil
	}
	place, ids := make(map[int64]*purser.Account, len(accounts)), make([]int64, len(accounts))
	for i := range accounts {
		a := &accounts[i]
		a.LastActive, a.LastActiveBy, a.Plans, a.Aliases, a.EmployeeID, a.Title = purser.LastUse{}, "", nil, nil, "", ""
		ids[i] = KeyOf("acc_", a.ID)
		place[ids[i]] = a
	}
	var rows []struct {
		RowID  int64   `bun:"row_id"`
		Field  string  `bun:"field"`
		Before *string `bun:"before"`
	}
	// The latest first, so that the first change after the moment has the last word.
	err := db.NewRaw(`SELECT row_id, field, before FROM change WHERE kind = 'account' AND row_id IN (?) AND at > ? AND field <> ? ORDER BY no DESC`,
		bun.List(ids), int64(at), removedField).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		was := ""
		if r.Before != nil {
			was = *r.Before
		}
		a := place[r.RowID]
		switch r.Field {
		case "email":
			a.Email = was
		case "user_name":
			a.UserName = was
		case "display_name":
			a.DisplayName = was
		case "role":
			a.Role = was
		case "department":
			a.Department = was
		case "kind":
			a.Kind = orUnknown(was)
		case "status":
			a.Status = orUnknown(was)
		case "admin":
			a.Admin = tristateText(r.Before)
		case "mfa":
			a.MFA = tristateText(r.Before)
		}
	}
	return nil
}

func orUnknown(v string) string {
	if v == "" {
		return "unknown"
	}
	return v
}

func tristateText(v *string) purser.Tristate {
	switch {
	case v == nil:
		return purser.Unknown
	case *v == "0":
		return purser.No
	}
	return purser.Yes
}
