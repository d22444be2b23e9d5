package table

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"purser"
)

// MostGroups is how many groups of conditions an address may have.
const MostGroups = 9

// Group is the name of a condition in a group: any1.status, any1.use are those of
// the first, any2.status those of the second. A row of the list meets all conditions
// of at least one group, beside those that stand in none. As each condition has a
// name of its own, a form without script can ask for it.
func Group(n int, name string) string { return "any" + strconv.Itoa(n) + "." + name }

// grouped returns the conditions of the groups of an address, one after the other.
func grouped(q url.Values) (all []url.Values) {
	for n := 1; n <= MostGroups; n++ {
		group := url.Values{}
		for name, values := range q {
			if condition, ok := strings.CutPrefix(name, Group(n, "")); ok {
				group[condition] = values
			}
		}
		if len(group) > 0 {
			all = append(all, group)
		}
	}
	return all
}

// groups reads the groups of an address as filters. What may not stand in a group
// or is not understood is left out, and a group of which nothing is left: it would
// be every row.
func groups[F any](q url.Values, c Conditions, read func(url.Values) F) (all []F) {
	for _, g := range grouped(q) {
		for name, values := range g {
			x, _ := c.named(name)
			values, ok := x.read(values)
			if !ok || len(values) == 0 || !x.Group {
				delete(g, name)
				continue
			}
			g[name] = values
		}
		if len(g) > 0 {
			all = append(all, read(g))
		}
	}
	return all
}

// WithGroups gives groups that are written as "use=never&kind=guest" the names that
// they have in the address of a list. It refuses what the list does not know, and a
// group that asks for nothing: it would be every row.
func WithGroups(list string, written []string) (url.Values, error) {
	var none Service // which conditions a list has hangs on no row
	x, ok := none.named(list)
	if !ok {
		return nil, purser.NotFound("list", list)
	}
	if len(written) > MostGroups {
		return nil, purser.Invalid("any", "there are at most %d groups of conditions", MostGroups)
	}
	names := x.conditions.Groups()
	if len(names) == 0 && len(written) > 0 {
		return nil, purser.Invalid("any", "this list has no groups of conditions")
	}
	q := url.Values{}
	for n, text := range written {
		group, err := url.ParseQuery(text)
		if err != nil || len(group) == 0 {
			return nil, purser.Invalid("any", "%q is no group of conditions; write it as %s=…&%s=…", text, names[0], names[len(names)-1])
		}
		asks := false
		for name, values := range group {
			if !slices.Contains(names, name) {
				return nil, purser.Invalid("any", "%q is no condition of a group of this list; these are: %s", name, strings.Join(names, ", "))
			}
			c, _ := x.conditions.named(name)
			read, ok := c.read(values)
			if !ok {
				return nil, purser.Invalid("any", "%s=%s is not understood in a group of this list", name, strings.Join(values, ","))
			}
			if len(read) > 0 {
				q[Group(n+1, name)] = read
				asks = true
			}
		}
		if !asks {
			return nil, purser.Invalid("any", "%q asks for nothing, so every row would meet it; leave the group or name a condition", text)
		}
	}
	return q, x.conditions.check(q, true)
}
