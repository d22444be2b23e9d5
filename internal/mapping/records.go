package mapping

import (
	"fmt"

	"purser"
)

// decoding is one answer on its way to a page.
type decoding struct {
	*walker
	p     *Program
	page  *Page
	frame frame
	found bool           // the records were there
	slab  []purser.Value // values of the next records
	spare *Spare
	drift *drift
}

// answer reads an answer along the trie that knows where the records stand.
func (d *decoding) answer(n *node, slots []value) error {
	if n.here {
		return d.list()
	}
	if n.slot >= 0 || d.dec.PeekKind() != '{' {
		if len(n.kids) > 0 && n == d.p.answers.root {
			return badAnswer(fmt.Sprintf("the answer is %s where an object is expected", kindName(byte(d.dec.PeekKind()))))
		}
		return d.into(n, slots, nil)
	}
	return d.members(func(name []byte) error {
		if kid := n.child(name); kid != nil {
			return d.answer(kid, slots)
		}
		return d.skip()
	})
}

// at reads an answer down to the records, and skips the rest.
func (d *decoding) at(rest path) error {
	if len(rest) == 0 {
		return d.list()
	}
	if d.dec.PeekKind() != '{' {
		return d.skip()
	}
	return d.members(func(name []byte) error {
		if string(name) == rest[0] {
			return d.at(rest[1:])
		}
		return d.skip()
	})
}

func kindName(k byte) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 'n':
		return "null"
	}
	return "something"
}

// list reads the records where they stand.
func (d *decoding) list() error {
	kind := byte(d.dec.PeekKind())
	if kind == 'n' { // null is how some write that there are none
		_, err := d.dec.ReadToken()
		d.found = d.found || d.p.absent
		return err
	}
	if d.found {
		return badAnswer("the answer has " + d.p.what() + " twice")
	}
	d.found = true
	want := byte('[')
	if d.p.as == "entries" || d.p.as == "one" {
		want = '{'
	}
	switch {
	case kind == 0: // the error is the decoder's
		_, err := d.dec.ReadToken()
		return err
	case kind != want:
		return badAnswer(fmt.Sprintf("%s: there is %s where %s is expected", d.p.what(), kindName(kind), kindName(want)))
	case d.p.as == "one":
		return d.item()
	case d.p.as == "entries":
		return d.members(d.entry)
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return err
	}
	for d.dec.PeekKind() != ']' {
		if err := d.item(); err != nil {
			return err
		}
	}
	_, err := d.dec.ReadToken()
	return err
}

// item reads one item of a list.
func (d *decoding) item() error {
	d.reset()
	root := d.p.records.root
	if root.slot < 0 && d.dec.PeekKind() != '{' {
		if err := d.skip(); err != nil {
			return err
		}
		d.reject("", "the item is no object")
		return nil
	}
	if err := d.into(root, d.frame.slots, d.drift); err != nil {
		return err
	}
	d.made()
	return nil
}

// entry reads one member of an object as an item with key and value.
func (d *decoding) entry(name []byte) error {
	d.reset()
	root := d.p.records.root
	if root.slot >= 0 { // item stands for the whole entry
		v, err := d.value(0)
		if err == nil {
			d.frame.slots[root.slot] = value{kind: object, in: &inner{names: []string{"key", "value"}, items: []value{textValue(string(name)), v}}}
			d.made()
		}
		return err
	}
	if key := root.child([]byte("key")); key != nil && key.slot >= 0 {
		d.frame.slots[key.slot] = textValue(string(name))
	}
	var err error
	if under := root.child([]byte("value")); under != nil {
		at := d.drift.enter([]byte("value"))
		err = d.into(under, d.frame.slots, d.drift)
		d.drift.leave(at)
	} else {
		err = d.skip()
	}
	if err == nil {
		d.made()
	}
	return err
}

func (d *decoding) reset() {
	clear(d.frame.slots)
	d.frame.fuel, d.frame.fault, d.frame.inner = fuelPerRecord, "", d.frame.inner[:0]
	d.page.Items++
}

func (d *decoding) reject(id, reason string) {
	d.page.Rejects = append(d.page.Rejects, Reject{ExternalID: id, Reason: reason})
}

// made makes the records of the item that stands in the frame.
func (d *decoding) made() {
	f := &d.frame
	if d.p.lastID != nil {
		if id, ok := d.p.lastID(f).text(); ok {
			d.page.LastID = id
		}
	}
	if d.p.explode == nil {
		d.record()
		return
	}
	switch v := d.p.explode(f); v.kind {
	case list:
		for _, f.item = range v.in.items {
			f.fuel, f.fault = fuelPerRecord, ""
			d.record()
		}
	case nothing:
	default:
		d.reject("", "this is "+v.kind.String()+" where a list should be exploded")
	}
}

func (d *decoding) record() {
	f, p := &d.frame, d.p
	if p.moment != nil {
		d.moment(p.moment(f))
	}
	if p.keep != nil && f.fault == "" && !p.keep(f).is(true) && f.fault == "" {
		return
	}
	values := d.values(len(p.kind))
	if !p.enrich {
		for i, k := range p.kind {
			if k.Type == purser.Enum {
				values[i] = purser.TextValue("unknown")
			}
		}
	}
	for i := range p.fields {
		values[p.fields[i].at] = p.fields[i].value(f)
	}
	if p.idField < 0 && len(values) > 0 {
		values[0] = purser.TextValue(derivedID(p.kind, values, p.allKeys))
	}
	removed := p.removed != nil && p.removed(f).is(true)
	id := ""
	if len(values) > 0 {
		id = values[0].S
	}
	if f.fault == "" {
		f.fault = p.missing(values, removed)
	}
	if f.fault != "" {
		d.reject(id, f.fault)
		return
	}
	d.slab = d.slab[len(p.kind):]
	d.page.Records = append(d.page.Records, Record{ExternalID: id, Values: values, Removed: removed})
}

// missing names a mandatory field that has no value. A removal needs its id alone.
func (p *Program) missing(values []purser.Value, removed bool) string {
	for i, k := range p.kind {
		if (k.Mandatory || i == 0) && !values[i].Known && (i == 0 || !removed && !p.enrich) {
			return k.Name + " is missing"
		}
	}
	return ""
}

func (d *decoding) moment(v value) {
	if v.kind == text {
		v, _ = parseMoment(v.s)
	}
	if v.kind != moment {
		return
	}
	if v.i > d.page.Newest {
		d.page.Newest = v.i
	}
	if d.page.Oldest == 0 || v.i < d.page.Oldest {
		d.page.Oldest = v.i
	}
}

// values takes the next record's values from a slab, to make few allocations.
func (d *decoding) values(n int) []purser.Value {
	if len(d.slab) < n {
		d.slab = d.spare.slab(n)
	}
	v := d.slab[:n:n]
	clear(v)
	return v
}
