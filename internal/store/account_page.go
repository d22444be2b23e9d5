package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// exactTotal is how far rows of a list are counted exactly.
const exactTotal = 10_000

// order is one way to sort a list: an expression that has an index, of text or
// of numbers. The row's own number decides among equals, so that the place after
// a row stays the same whatever is added meanwhile.
type order struct {
	expr   string
	number bool
}

// cursor is a place in a list: after the row with this value and number.
type cursor struct {
	Sort string `json:"s,omitempty"`
	Desc bool   `json:"d,omitempty"`
	Text string `json:"t,omitempty"`
	Int  int64  `json:"n,omitempty"`
	ID   int64  `json:"i"`
}

func (c cursor) encode() string {
	raw, err := json.Marshal(c)
	if err != nil { // texts and numbers only: cannot happen
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// pager builds the statements of one list.
type pager struct {
	columns string
	from    string // with joins, after FROM
	counted string // the same in an order in which it is counted sooner; "" for from
	alone   string // what is counted if all that is joined to it has its row: no condition is about that; "" for counted
	id      string // the row's number: "a.id"
	orders  map[string]order
	first   string // order if none is asked for
	newest  bool   // and then from its end
	late    bool   // columns are looked up for the rows of the page alone: many are put in order. Not with arguments in from
	within  string // of a late list: joined before from in order to find its few rows
	folds   bool   // the database itself compares texts without regard to case, of ASCII letters
	where   []string
	args    []any
}

func (p *pager) and(clause string, args ...any) {
	p.where, p.args = append(p.where, clause), append(p.args, args...)
}

// either asks that a row meets all conditions of at least one of n groups.
func (p *pager) either(n int, narrow func(i int, group *pager)) {
	var groups []string
	var args []any
	for i := range n {
		g := &pager{}
		if narrow(i, g); len(g.where) == 0 {
			return // every row meets a group without conditions
		}
		groups, args = append(groups, "("+strings.Join(g.where, " AND ")+")"), append(args, g.args...)
	}
	if n > 0 {
		p.and("("+strings.Join(groups, " OR ")+")", args...)
	}
}

// contains searches some columns without regard to case. Databases fold ASCII
// letters only: other letters are also compared as they were typed.
func (p *pager) contains(query string, columns ...string) {
	if query = strings.TrimSpace(query); query == "" {
		return
	}
	clause, args := p.containing(query, columns...)
	p.and("("+clause+")", args...)
}

// containing is the condition of contains, for a text that is not empty.
func (p *pager) containing(query string, columns ...string) (clause string, args []any) {
	var parts []string
	folded := "%" + likeText(strings.ToLower(query)) + "%"
	raw := "%" + likeText(query) + "%"
	for _, c := range columns {
		text := c
		if !p.folds {
			text = "lower(" + c + ")"
		}
		parts, args = append(parts, text+` LIKE ? ESCAPE '\'`), append(args, folded)
		if raw != folded && strings.ContainsFunc(query, func(r rune) bool { return r > 0x7f }) {
			parts, args = append(parts, c+` LIKE ? ESCAPE '\'`), append(args, raw)
		}
	}
	return strings.Join(parts, " OR "), args
}

// sorted is what every row of a paged list carries beside its columns: its place.
type sorted struct {
	SortText string `bun:"sort_text"`
	SortInt  int64  `bun:"sort_int"`
	SortID   int64  `bun:"sort_id"`
}

func (s sorted) place() sorted { return s }

// fetch reads one page of a list, and one row more to see whether there is a next
// page. count asks for the total as well.
func fetch[R interface{ place() sorted }, T any](ctx context.Context, db bun.IDB, p *pager, page purser.Page, count bool, item func(R) T) (purser.List[T], error) {
	out := purser.List[T]{Items: []T{}}
	limit := limitOf(page)
	query, args, at, err := p.page(page, limit)
	if err != nil {
		return out, err
	}
	var rows []R
	if err := db.NewRaw(query, args...).Scan(ctx, &rows); err != nil {
		return out, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1].place()
		at.Text, at.Int, at.ID = last.SortText, last.SortInt, last.SortID
		out.Next = at.encode()
	}
	for _, r := range rows {
		out.Items = append(out.Items, item(r))
	}
	if !count {
		return out, nil
	}
	if page.After == "" && out.Next == "" { // all there are: a filter that few rows meet walks the list once
		out.Total = int64(len(out.Items))
		return out, nil
	}
	total := append(append([]any{}, p.args...), exactTotal+1)
	if err := db.NewRaw("SELECT count(*) FROM (SELECT 1 AS one FROM "+p.within+cmp.Or(p.alone, p.counted, p.from)+p.clause(p.where)+" LIMIT ?) AS counted", total...).Scan(ctx, &out.Total); err != nil {
		return out, err
	}
	if out.More = out.Total > exactTotal; out.More {
		out.Total = exactTotal
	}
	return out, nil
}

func (p *pager) clause(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(where, " AND ")
}

// page returns the statement for one page and the order that it follows.
func (p *pager) page(page purser.Page, limit int) (query string, args []any, at cursor, err error) {
	at = cursor{Sort: page.Sort, Desc: page.Desc}
	if at.Sort == "" {
		at.Sort, at.Desc = p.first, page.Desc || p.newest
	}
	o, ok := p.orders[at.Sort]
	if !ok {
		return "", nil, at, &purser.Problem{Kind: purser.ProblemInvalid, Field: "sort", What: fmt.Sprintf("this list cannot be sorted by %q", page.Sort),
			Hint: "Sort by one of: " + strings.Join(slices.Sorted(maps.Keys(p.orders)), ", ")}
	}
	where, args := append([]string{}, p.where...), append([]any{}, p.args...)
	dir, beyond := "ASC", ">"
	if at.Desc {
		dir, beyond = "DESC", "<"
	}
	if page.After != "" {
		c, err := decodeCursor(page.After)
		if err != nil || c.Sort != at.Sort || c.Desc != at.Desc {
			return "", nil, at, purser.Invalid("after", "this is not a cursor of this list in this order")
		}
		var value any = c.Text
		if o.number {
			value = c.Int
		}
		// Not as a row value: databases find the place of an expression in an index only by itself.
		where = append(where, o.expr+" "+beyond+"= ? AND ("+o.expr+" "+beyond+" ? OR "+p.id+" "+beyond+" ?)")
		args = append(args, value, value, c.ID)
	}
	text, number := o.expr, "0"
	if o.number {
		text, number = "''", o.expr
	}
	sort := " ORDER BY " + o.expr + " " + dir + ", " + p.id + " " + dir
	found := p.from
	if p.late && p.counted != "" {
		found = p.counted
	}
	rows := p.within + found + p.clause(where) + sort + " LIMIT ?"
	if p.late { // first in the joins: PostgreSQL joins the first eight before it looks at what comes after
		rows = "(SELECT " + p.id + " AS row_no FROM " + rows + ") AS late CROSS JOIN " + p.from + " WHERE " + p.id + " = late.row_no" + sort
	}
	query = "SELECT " + p.columns + ", " + text + " AS sort_text, " + number + " AS sort_int, " + p.id + " AS sort_id FROM " + rows
	return query, append(args, limit+1), at, nil
}

func decodeCursor(text string) (c cursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(raw, &c)
}

// limitOf is how many rows a page has.
func limitOf(p purser.Page) int {
	switch {
	case p.Limit <= 0:
		return 50
	case p.Limit > 1000:
		return 1000
	}
	return p.Limit
}
