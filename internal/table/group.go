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
// is left out, and a group of which nothing is left: it would be every row.
func groups[F any](q url.Values, names []string, read func(url.Values) F) (all []F) {
	for _, g := range grouped(q) {
		for name, values := range g {
			if !slices.Contains(names, name) || strings.Join(values, "") == "" {
				delete(g, name)
			}
		}
		if len(g) > 0 {
			all = append(all, read(g))
		}
	}
	return all
}

// WithGroups gives groups that are written as "use=never&kind=guest" the names that
// they have in the address of a list. It refuses what the list does not know.
func WithGroups(list string, written []string) (url.Values, error) {
	var none Service // which conditions a list has hangs on no row
	x, ok := none.named(list)
	if !ok {
		return nil, purser.NotFound("list", list)
	}
	if len(written) > MostGroups {
		return nil, purser.Invalid("any", "there are at most %d groups of conditions", MostGroups)
	}
	q := url.Values{}
	for n, text := range written {
		group, err := url.ParseQuery(text)
		if err != nil || len(group) == 0 {
			return nil, purser.Invalid("any", "%q is no group of conditions; write it as %s=…&%s=…", text, x.groups[0], x.groups[len(x.groups)-1])
		}
		for name, values := range group {
			if !slices.Contains(x.groups, name) {
				return nil, purser.Invalid("any", "%q is no condition of a group of this list; these are: %s", name, strings.Join(x.groups, ", "))
			}
			q[Group(n+1, name)] = values
		}
	}
	return q, nil
}
