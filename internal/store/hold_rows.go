package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

type heldRow struct {
	ID       int64   `bun:"id"`
	Name     string  `bun:"name"`
	Before   *string `bun:"before"`
	After    *string `bun:"after"`
	Decision string  `bun:"decision"`
}

// HeldRows returns one page of the records of a hold, in their order: those that
// wait, or, once it is decided, those that it was about. query is a part of the name.
func HeldRows(ctx context.Context, db bun.IDB, h HoldRow, query string, page purser.Page) (out purser.List[purser.HeldRow], err error) {
	from, args, err := heldFrom(ctx, db, h)
	if err != nil {
		return out, err
	}
	if query != "" {
		from, args = from+` AND lower(name) LIKE ? ESCAPE '\'`, append(args, "%"+likeText(strings.ToLower(query))+"%")
	}
	var total int64
	if err := db.NewRaw("SELECT count(*)"+from, args...).Scan(ctx, &total); err != nil {
		return out, err
	}
	after, err := strconv.ParseInt(page.After, 10, 64)
	if err != nil {
		after = 0
	}
	limit := page.Limit
	if limit <= 0 {
		limit = 50
	}
	var rows []heldRow
	err = db.NewRaw("SELECT id, name, before, after, decision"+from+" AND id > ? ORDER BY id LIMIT ?", append(args, after, limit+1)...).Scan(ctx, &rows)
	if err != nil {
		return out, err
	}
	out.Total, out.Items = total, []purser.HeldRow{}
	if len(rows) > limit {
		rows = rows[:limit]
		out.Next = strconv.FormatInt(rows[limit-1].ID, 10)
	}
	for _, r := range rows {
		out.Items = append(out.Items, purser.HeldRow{ID: strconv.FormatInt(r.ID, 10), Record: recordID(h.Kind, r.ID), Name: r.Name, Before: known(r.Before), After: known(r.After), Decision: r.Decision})
	}
	return out, nil
}

// heldFrom is where the records of a hold stand.
func heldFrom(ctx context.Context, db bun.IDB, h HoldRow) (from string, args []any, err error) {
	if h.What == holdChangeWord {
		return " FROM (SELECT row_id AS id, name, before, after, decision FROM hold_row WHERE stream_no = ? AND field = ?) AS held WHERE (decision = '' OR ? <> '')",
			[]any{h.StreamNo, h.Field, h.Decision}, nil
	}
	of, args, err := heldOf(ctx, db, h.StreamNo)
	if err != nil {
		return "", nil, err
	}
	which, gen := "k.missed > 0 AND k.gone_gen = ?", int64(0)
	switch h.Decision {
	case HoldApproved:
		which, gen = "k.gone_gen = ?", h.Gen
	case HoldRejected:
		which = "k.missed < 0 AND k.gone_gen = ?"
	}
	return " FROM (SELECT k.id, " + label(h.Kind) + " AS name, CAST(NULL AS TEXT) AS before, CAST(NULL AS TEXT) AS after, '' AS decision FROM " +
		KindTable(h.Kind) + " k WHERE " + of + " AND " + which + ") AS held WHERE 1 = 1", append(args, gen), nil
}

func known(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// recordID is the public identifier of a row, "" for kinds without a page.
func recordID(k purser.Kind, id int64) string {
	switch k {
	case purser.KindAccount:
		return RowID("acc_", id)
	case purser.KindPerson:
		return RowID("per_", id)
	case purser.KindDevice:
		return RowID("dev_", id)
	}
	return ""
}
