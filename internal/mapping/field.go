package mapping

import (
	"encoding/json"
	"slices"
	"strings"

	"purser"
)

// FieldSpec is one field of a record and how it is made.
type FieldSpec struct {
	Field purser.Field
	From  string            // expression
	Map   map[string]string // vendor's value: ours; nil if there is none
	Never []*string         // values that mean never used; nil stands for null
}

// field is a compiled FieldSpec.
type field struct {
	purser.Field
	at    int // position in a record's values
	from  code
	enum  map[string]string
	never []value
	nil_  bool // null means never
}

func newField(at int, s FieldSpec, from code) field {
	f := field{Field: s.Field, at: at, from: from, enum: s.Map}
	for _, n := range s.Never {
		if n == nil {
			f.nil_ = true
			continue
		}
		f.never = append(f.never, textValue(*n), numberValue(*n))
		if m, ok := parseMoment(*n); ok && m.kind == moment {
			f.never = append(f.never, m)
		}
		if count := numberValue(*n); count.kind == integer {
			if m, ok := momentFrom(count.i, 1_000_000); ok {
				f.never = append(f.never, m)
			}
		}
	}
	return f
}

// value makes the field's value. A value of the wrong type refuses the record:
// it is told, not guessed at.
func (d *field) value(f *frame) purser.Value {
	v := d.from(f)
	if d.enum != nil {
		v = d.mapped(v)
	}
	switch d.Type {
	case purser.Text, purser.Decimal, purser.Date:
		return d.text(f, v)
	case purser.Enum:
		if s, ok := v.text(); ok && slices.Contains(d.Values, s) {
			return purser.TextValue(s)
		}
		return purser.TextValue("unknown")
	case purser.Bool:
		switch v.kind {
		case boolean:
			return purser.BoolValue(v.i == 1)
		case nothing:
			return purser.Value{}
		}
	case purser.Int, purser.Minor:
		switch v.kind {
		case integer:
			return purser.IntValue(v.i)
		case nothing:
			return purser.Value{}
		}
	case purser.Time:
		return d.moment(f, v)
	case purser.UseDate:
		return d.use(f, v)
	case purser.Texts:
		return d.list(f, v)
	}
	return d.wrong(f, v)
}

func (d *field) wrong(f *frame, v value) purser.Value {
	f.fail("%s: this is %s", d.Name, v.kind)
	return purser.Value{}
}

func (d *field) mapped(v value) value {
	if s, ok := v.text(); ok {
		if to, ok := d.enum[s]; ok {
			return textValue(to)
		}
	}
	if d.Type == purser.Bool {
		return value{}
	}
	return textValue("unknown")
}

func (d *field) text(f *frame, v value) purser.Value {
	if v.kind == nothing {
		return purser.Value{}
	}
	s, ok := v.text()
	switch {
	case !ok:
		return d.wrong(f, v)
	case s == "": // an empty text says as little as a missing one
		return purser.Value{}
	case d.Type == purser.Date:
		if v = toDay(f, []value{v}); v.kind != text {
			return purser.Value{}
		}
		s = v.s
	case d.Type == purser.Decimal:
		if v = toNumber(f, []value{v}); v.kind == nothing {
			return purser.Value{}
		}
		r, ok := v.rat()
		if !ok {
			return d.wrong(f, v)
		}
		s, _ = ratValue(r).text()
	}
	return purser.TextValue(s)
}

func (d *field) moment(f *frame, v value) purser.Value {
	if v.kind == text {
		v = toMoment(f, []value{v})
	}
	switch {
	case v.kind == nothing, v.kind == moment && v.i == 0: // 1970 is how a missing date looks
		return purser.Value{}
	case v.kind == moment:
		return purser.IntValue(v.i)
	}
	return d.wrong(f, v)
}

func (d *field) use(f *frame, v value) purser.Value {
	if v.kind == nothing {
		if d.nil_ {
			return purser.Never()
		}
		return purser.Value{}
	}
	for _, n := range d.never {
		if equal(v, n) {
			return purser.Never()
		}
	}
	return d.moment(f, v)
}

func (d *field) list(f *frame, v value) purser.Value {
	texts := []string{}
	switch v.kind {
	case nothing:
		return purser.Value{}
	case list:
		for _, item := range v.in.items {
			s, ok := item.text()
			if !ok && item.kind != nothing {
				return d.wrong(f, item)
			}
			if s != "" {
				texts = append(texts, s)
			}
		}
	default:
		s, ok := v.text()
		if !ok {
			return d.wrong(f, v)
		}
		texts = append(texts, s)
	}
	slices.Sort(texts) // vendors give no order that means anything
	raw, err := json.Marshal(texts)
	if err != nil {
		return d.wrong(f, v)
	}
	return purser.TextValue(string(raw))
}

// derivedID makes an id of the key fields where the vendor has none of its own.
// No two different keys give the same id.
func derivedID(fields []purser.Field, values []purser.Value, all bool) string {
	var parts []string
	for i, f := range fields {
		if i > 0 && (f.Key || all) {
			parts = append(parts, keyPart(f, values[i]))
		}
	}
	return strings.Join(parts, "/")
}

func keyPart(f purser.Field, v purser.Value) string {
	if !v.Known {
		return ""
	}
	if v.S == "" {
		return strings.TrimSuffix(formatMoment(v.I), "Z")
	}
	if strings.ContainsAny(v.S, "/%") {
		return strings.NewReplacer("%", "%25", "/", "%2F").Replace(v.S)
	}
	return v.S
}
