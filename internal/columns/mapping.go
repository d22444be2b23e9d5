package columns

import (
	"slices"
	"strings"

	"purser"
)

// Mapping says what the columns of a file are.
type Mapping struct {
	Kind   purser.Kind `json:"kind" yaml:"kind"`
	Fields []Field     `json:"fields" yaml:"fields"`
	// Dates says which comes first in a date like 03/04/2026: dmy or mdy. "" refuses such a date.
	Dates string `json:"dates,omitempty" yaml:"dates"`
	// Decimal is the sign before decimals: "." if not said, or ",".
	Decimal string `json:"decimal,omitempty" yaml:"decimal"`
	// Zone is the IANA name of the time zone of times that name none; "" is UTC.
	Zone string `json:"zone,omitempty" yaml:"zone"`
	// Removed is a column that says of a row of an incremental load that the thing is gone.
	Removed *Removed `json:"removed,omitempty" yaml:"removed"`
	// Sheet of a workbook, HeaderRow with the names of the columns: where they are not the first.
	Sheet     string `json:"sheet,omitempty" yaml:"sheet"`
	HeaderRow int    `json:"header_row,omitempty" yaml:"header_row"`
}

// Field is how one field is made: of a column, of several, or always the same.
type Field struct {
	Name    string            `json:"name" yaml:"name"`
	Column  string            `json:"column,omitempty" yaml:"column"`
	Join    []string          `json:"join,omitempty" yaml:"join"`   // columns whose texts stand one after the other, such as first and last name
	Value   string            `json:"value,omitempty" yaml:"value"` // the same in each row; of a column that is empty: in its place
	Map     map[string]string `json:"map,omitempty" yaml:"map"`     // the file's word: ours, without regard to case; "" is an empty cell, "*" any other one
	Never   []string          `json:"never,omitempty" yaml:"never"` // of a date of use: words that mean never
	Derived bool              `json:"derived,omitempty" yaml:"derived"`
}

// Removed names the column that says that a thing is gone.
type Removed struct {
	Column string   `json:"column" yaml:"column"`
	Values []string `json:"values" yaml:"values"` // words that mean it, without regard to case
}

// Kinds lists the kinds of records that files bring.
func Kinds() []purser.Kind {
	var out []purser.Kind
	for _, k := range []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindGroup, purser.KindMembership, purser.KindActivity,
		purser.KindApplication, purser.KindAssignment, purser.KindPlan, purser.KindSeat, purser.KindTransaction, purser.KindDevice,
		purser.KindInstalledApp, purser.KindContract} {
		if purser.Fields(k) != nil {
			out = append(out, k)
		}
	}
	return out
}

// Needed returns the fields that a mapping of that kind must have: without them a
// record would be refused.
func Needed(k purser.Kind) []string {
	var out []string
	for _, f := range purser.Fields(k) {
		if f.Mandatory {
			out = append(out, f.Name)
		}
	}
	return out
}

// Check refuses a mapping that could not make any record, with the first reason
// and the field it is about.
func (m Mapping) Check() error {
	fields := purser.Fields(m.Kind)
	if fields == nil || !slices.Contains(Kinds(), m.Kind) {
		return purser.Invalid("kind", "%q is no kind of record that files bring", m.Kind)
	}
	seen := map[string]bool{}
	for _, f := range m.Fields {
		i := slices.IndexFunc(fields, func(k purser.Field) bool { return k.Name == f.Name })
		switch {
		case i < 0:
			return purser.Invalid("fields."+f.Name, "%s has no field %q", m.Kind, f.Name)
		case seen[f.Name]:
			return purser.Invalid("fields."+f.Name, "%s is mapped twice", f.Name)
		case f.Column == "" && len(f.Join) == 0 && f.Value == "" && !f.Derived:
			return purser.Invalid("fields."+f.Name, "%s has neither a column nor a value", f.Name)
		case f.Derived && i != 0:
			return purser.Invalid("fields."+f.Name, "only the identifier can be derived from the row")
		}
		seen[f.Name] = true
		for word, ours := range f.Map {
			if fields[i].Type == purser.Enum && !slices.Contains(fields[i].Values, ours) {
				return purser.Invalid("fields."+f.Name, "%q, for %q, is none of %s", ours, word, strings.Join(fields[i].Values, ", "))
			}
		}
	}
	for _, need := range Needed(m.Kind) {
		if !seen[need] {
			return purser.Invalid("fields."+need, "%s needs a column: a record without it would be refused", need)
		}
	}
	if !slices.Contains([]string{"", "dmy", "mdy"}, m.Dates) {
		return purser.Invalid("dates", "%q is neither dmy nor mdy", m.Dates)
	}
	if !slices.Contains([]string{"", ".", ","}, m.Decimal) {
		return purser.Invalid("decimal", "decimals are written with . or ,")
	}
	if m.Removed != nil && (m.Removed.Column == "" || len(m.Removed.Values) == 0) {
		return purser.Invalid("removed", "say which column tells that a thing is gone, and by which words")
	}
	_, err := zoneOf(m.Zone)
	return err
}

// Names returns the fields that the mapping names.
func (m Mapping) Names() []string {
	out := make([]string, 0, len(m.Fields))
	for _, f := range m.Fields {
		out = append(out, f.Name)
	}
	return out
}

// Columns returns the columns that the mapping reads.
func (m Mapping) Columns() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, f := range m.Fields {
		add(f.Column)
		for _, name := range f.Join {
			add(name)
		}
	}
	if m.Removed != nil {
		add(m.Removed.Column)
	}
	return out
}
