package columns

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"purser"
	"purser/internal/sheet"
)

// Fault is what is wrong with a row. It quotes nothing of the row.
type Fault struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"` // "" if it is none in particular
	Reason string `json:"reason"`
}

// String tells the fault in words.
func (f Fault) String() string {
	if f.Column == "" {
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", f.Line, f.Column, f.Reason)
}

// Record is what a row makes.
type Record struct {
	Line    int
	Values  []Value // in the order of the mapping; what is not known is left out
	Removed bool
}

// Value is one field of a record: a string, int64, bool or []string.
type Value struct {
	Name  string
	Value any
}

// Converter makes records of the rows of one file, in their order. It remembers
// which identifiers it has seen, some twenty bytes a row.
type Converter struct {
	mapping Mapping
	form    sheet.Form
	zone    *time.Location
	fields  []maker
	removed int // column, -1 for none
	unique  bool
	seen    lines
}

// maker is one field with the places of its columns.
type maker struct {
	Field
	kind purser.Field
	at   []int // -1 for a column that this file does not have
	word map[string]string
}

// NewConverter makes a converter. header are the columns of the file; nil leaves
// them to be found while it is read (JSON Lines).
func NewConverter(m Mapping, header []string, form sheet.Form) (*Converter, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	zone, err := zoneOf(m.Zone)
	if err != nil {
		return nil, err
	}
	c := &Converter{mapping: m, form: form, zone: zone, removed: -1}
	kinds := purser.Fields(m.Kind)
	c.unique = kinds[0].Mandatory
	for _, f := range m.Fields {
		i := slices.IndexFunc(kinds, func(k purser.Field) bool { return k.Name == f.Name })
		mk := maker{Field: f, kind: kinds[i], word: map[string]string{}}
		for word, ours := range f.Map {
			mk.word[fold(word)] = ours
		}
		c.fields = append(c.fields, mk)
	}
	c.fields = withCurrency(c.fields, kinds)
	// The currency says how many decimals an amount has: it is made first.
	slices.SortStableFunc(c.fields, func(a, b maker) int { return rank(a) - rank(b) })
	if form != sheet.JSONL {
		for _, name := range m.Columns() {
			if place(header, name) < 0 {
				return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "columns", What: fmt.Sprintf("the file has no column %q", name),
					Hint: "Its columns are " + strings.Join(header, ", ") + ". Change the mapping, or load the file that it was made for"}
			}
		}
	}
	c.Columns(header)
	return c, nil
}

func rank(m maker) int {
	switch {
	case m.Name == "external_id":
		return 0
	case m.Name == "currency":
		return 1
	}
	return 2
}

// Columns tells the converter of columns that were found on the way.
func (c *Converter) Columns(header []string) {
	for i := range c.fields {
		f := &c.fields[i]
		f.at = f.at[:0]
		if f.Column != "" {
			f.at = append(f.at, place(header, f.Column))
		}
		for _, name := range f.Join {
			f.at = append(f.at, place(header, name))
		}
	}
	if c.mapping.Removed != nil {
		c.removed = place(header, c.mapping.Removed.Column)
	}
}

// place finds a column by its name, without regard to case and blanks.
func place(header []string, name string) int {
	if i := slices.Index(header, name); i >= 0 {
		return i
	}
	want := fold(name)
	return slices.IndexFunc(header, func(h string) bool { return fold(h) == want })
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// Row makes a record of a row. ok is false if there are faults.
func (c *Converter) Row(row sheet.Row) (r Record, faults []Fault) {
	r.Line = row.Line
	if row.Fault != "" {
		return r, []Fault{{Line: row.Line, Reason: row.Fault}}
	}
	currency := ""
	for i := range c.fields {
		f := &c.fields[i]
		v, why := c.value(f, row, currency)
		if why != "" {
			faults = append(faults, Fault{Line: row.Line, Column: f.label(), Reason: why})
			continue
		}
		if v == nil {
			if f.kind.Mandatory {
				faults = append(faults, Fault{Line: row.Line, Column: f.label(), Reason: "is empty, but must be there"})
			}
			continue
		}
		if f.Name == "currency" {
			currency, _ = v.(string)
		}
		r.Values = append(r.Values, Value{Name: f.Name, Value: v})
	}
	if c.removed >= 0 && c.removed < len(row.Cells) {
		r.Removed = slices.ContainsFunc(c.mapping.Removed.Values, func(s string) bool { return fold(s) == fold(row.Cells[c.removed]) })
	}
	if r.Removed && c.fields[0].Name == "external_id" { // its identifier is enough
		faults = slices.DeleteFunc(faults, func(f Fault) bool { return f.Column != c.fields[0].label() })
	}
	if len(faults) == 0 && c.unique {
		if id, ok := r.text("external_id"); ok && !c.fields[0].Derived {
			if first, again := c.seen.note(id, row.Line); again {
				faults = append(faults, Fault{Line: row.Line, Column: c.fields[0].label(), Reason: fmt.Sprintf("the identifier stands on line %d already", first)})
			}
		}
	}
	return r, faults
}

func (r Record) text(name string) (string, bool) {
	for _, v := range r.Values {
		if v.Name == name {
			s, ok := v.Value.(string)
			return s, ok
		}
	}
	return "", false
}

func (m *maker) label() string {
	switch {
	case m.Column != "":
		return m.Column
	case len(m.Join) > 0:
		return strings.Join(m.Join, " + ")
	}
	return m.Name
}

// cell returns the field's text in a row, without blanks around it.
func (m *maker) cell(row sheet.Row) string {
	var parts []string
	for _, i := range m.at {
		if i < 0 || i >= len(row.Cells) {
			continue
		}
		if s := strings.TrimSpace(strings.ReplaceAll(row.Cells[i], "\x00", "")); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts, " ")
}

// value makes one field; nil if it is not known.
func (c *Converter) value(f *maker, row sheet.Row, currency string) (v any, why string) {
	if f.Derived {
		return c.derived(row), ""
	}
	s := f.cell(row)
	if !utf8.ValidString(s) {
		return nil, "is not valid text in the file's encoding"
	}
	if len(f.word) > 0 {
		if to, ok := f.word[fold(s)]; ok {
			s = to
		} else if to, ok := f.word["*"]; ok && s != "" {
			s = to
		}
	}
	if s == "" && f.Name == "currency" {
		s = c.besideAmounts(row)
	}
	if s == "" {
		s = f.Value
	}
	if s == "" && !slices.ContainsFunc(f.Never, func(n string) bool { return n == "" }) {
		return nil, ""
	}
	switch f.kind.Type {
	case purser.Texts:
		if len(f.at) == 1 && f.at[0] >= 0 && f.at[0] < len(row.Lists) && row.Lists[f.at[0]] != nil {
			return row.Lists[f.at[0]], ""
		}
		return split(s), ""
	case purser.Enum:
		return enum(f.kind, s), ""
	case purser.Bool:
		return boolean(s)
	case purser.Int:
		return c.whole(s)
	case purser.Minor:
		return c.minor(s, currency)
	case purser.Decimal:
		return c.decimal(s)
	case purser.Date:
		return c.date(s)
	case purser.Time:
		return c.moment(s)
	case purser.UseDate:
		return c.use(f, s)
	}
	if f.Name == "currency" {
		return currencyCode(s)
	}
	if f.Name == "email" {
		return strings.ToLower(s), ""
	}
	return s, ""
}

// derived makes an identifier of all that the mapping reads of a row. The second
// row that says the same has another one: two equal payments are two.
func (c *Converter) derived(row sheet.Row) string {
	h := sha256.New()
	for i := range c.fields {
		f := &c.fields[i]
		if !f.Derived {
			_, _ = fmt.Fprintf(h, "%s\x00%s\x00", f.Name, f.cell(row))
		}
	}
	sum := hex.EncodeToString(h.Sum(nil)[:12])
	n, again := c.seen.count(sum)
	if again {
		return fmt.Sprintf("%s-%d", sum, n)
	}
	return sum
}
