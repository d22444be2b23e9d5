package mapping

// maxDrift bounds how many different unmapped members are counted.
const maxDrift = 500

// drift counts the members of items that no expression names, by their path. It
// makes a text of a path when it first meets it, not for each item. A nil drift
// counts nothing.
type drift struct {
	at     []byte // path of the object that is being read, with a dot at its end
	counts map[string]*int
}

// enter goes into a member and returns where leave goes back to.
func (d *drift) enter(name []byte) int {
	if d == nil {
		return 0
	}
	from := len(d.at)
	d.at = append(append(d.at, name...), '.')
	return from
}

func (d *drift) leave(at int) {
	if d != nil {
		d.at = d.at[:at]
	}
}

func (d *drift) count(name []byte) {
	if d == nil {
		return
	}
	from := len(d.at)
	d.at = append(d.at, name...)
	if n := d.counts[string(d.at)]; n != nil {
		*n++
	} else if len(d.counts) < maxDrift {
		one := 1
		d.counts[string(d.at)] = &one
	}
	d.at = d.at[:from]
}

// all returns the counts, nil where nothing is counted.
func (d *drift) all() map[string]int {
	if d == nil {
		return nil
	}
	out := make(map[string]int, len(d.counts))
	for path, n := range d.counts {
		out[path] = *n
	}
	return out
}
