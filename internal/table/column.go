package table

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"purser"
)

// Column is one fact of a row.
type Column[T any] struct {
	Key    string           // name in addresses, JSON and the API
	Title  string           // name for people; of a usual one the head of the page's table
	Usual  bool             // shown unless others are chosen
	Number bool             // a whole number: files for table programs keep it one
	Op     purser.Operation // what one must be allowed to do to see it, beside reading the list; "" nothing more
	Text   func(T) string
	// Money are amounts, in place of Text: pages write them as people read them, files as
	// a number and its currency, see [filed].
	Money func(T) []purser.Money
	Opens func(T) string // the address of the rows behind it; nil: none
}

func (c Column[T]) opens() []func(T) string {
	if c.Opens == nil {
		return []func(T) string{func(T) string { return "" }}
	}
	return []func(T) string{c.Opens}
}

// file writes the column for a file, page for a page.
func (c Column[T]) file() []func(T) string {
	if c.Money == nil {
		return []func(T) string{c.Text}
	}
	return []func(T) string{func(v T) string { return amount(c.Money(v)) }, func(v T) string { return currency(c.Money(v)) }}
}

func (c Column[T]) page() []func(T) string {
	if c.Money == nil {
		return []func(T) string{c.Text}
	}
	return []func(T) string{func(v T) string { return purser.SumsText(c.Money(v)) }}
}

// Head is a column without its rows.
type Head struct {
	Key    string           `json:"key"`
	Title  string           `json:"title"`
	Usual  bool             `json:"usual"`
	Number bool             `json:"number,omitempty"`
	Money  bool             `json:"money,omitempty" doc:"a file has an amount here, and its currency in a column after it"`
	Op     purser.Operation `json:"-"`
	amount bool             // in a file: a number with decimals, where there is one
}

// filed are heads as a file has them: an amount of money is a number that can be added
// up, and the next column says its currency.
func filed(heads []Head) []Head {
	out := make([]Head, 0, len(heads))
	for _, h := range heads {
		h.amount = h.Money
		if out = append(out, h); h.Money {
			out = append(out, Head{Key: h.Key + "_currency", Title: h.Title + ": currency", Op: h.Op})
		}
	}
	return out
}

// List is a list of T.
type List[T any] struct {
	Name       string // in addresses: accounts
	Title      string // for people: Accounts
	Path       string // its page
	Op         purser.Operation
	Conditions Conditions // all that its address may ask for
	Columns    []Column[T]
}

// Heads are the columns without rows.
func (l List[T]) Heads() []Head {
	out := make([]Head, 0, len(l.Columns))
	for _, c := range l.Columns {
		out = append(out, Head{Key: c.Key, Title: c.Title, Usual: c.Usual, Number: c.Number, Money: c.Money != nil, Op: c.Op})
	}
	return out
}

// Chosen returns the columns of heads that an address asks for, in the order of the
// list: those named, or the usual ones where it names none that there is. Values may
// be joined by commas.
func Chosen(heads []Head, named []string) []Head {
	var keys []string
	for _, n := range named {
		keys = append(keys, strings.Split(n, ",")...)
	}
	known := slices.ContainsFunc(heads, func(h Head) bool { return slices.Contains(keys, h.Key) })
	return slices.DeleteFunc(slices.Clone(heads), func(h Head) bool {
		if known {
			return !slices.Contains(keys, h.Key)
		}
		return !h.Usual
	})
}

// Shown returns the columns that the page of an address shows: those [Chosen], after
// the first, which names the row and is always there.
func Shown(heads []Head, named []string) []Head {
	chosen := Chosen(heads, named)
	if len(heads) > 0 && (len(chosen) == 0 || chosen[0].Key != heads[0].Key) {
		chosen = append([]Head{heads[0]}, chosen...)
	}
	return chosen
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

func optional(n *int64) string {
	if n == nil {
		return ""
	}
	return text(*n)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func lastUse(u purser.LastUse) string {
	switch {
	case u.Never:
		return "never"
	case u.At.IsZero():
		return "unknown"
	}
	return moment(u.At)
}

// one is an amount that may not be known.
func one(m *purser.Money) []purser.Money {
	if m == nil {
		return nil
	}
	return []purser.Money{*m}
}

// amount is a number, without its currency; where there are several currencies, which
// nobody can add up, it names them all.
func amount(all []purser.Money) string {
	if len(all) == 1 {
		return all[0].Decimal()
	}
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = m.Decimal() + " " + m.Currency
	}
	return strings.Join(words, " + ")
}

func currency(all []purser.Money) string {
	if len(all) == 1 {
		return all[0].Currency
	}
	return ""
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
