package table

import (
	"net/url"
	"slices"
	"strings"

	"purser"
)

// texts are the texts of values that have a type of their own.
func texts[S ~string](all []S) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// yesNo are the values of a condition that a row meets or not.
func yesNo() []string { return []string{"yes", "no"} }

// known are the values of conditions that may also be unknown.
func known() []string { return []string{"yes", "no", "unknown"} }

func sorted(q url.Values) []string {
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Check refuses the address of a list that asks for a condition or a value that there
// is not; it names what there is.
func Check(list string, q url.Values) error { return check(list, q, true) }

func check(list string, q url.Values, names bool) error {
	var none Service // which values there are hangs on no row
	x, ok := none.named(list)
	if !ok {
		return purser.NotFound("list", list)
	}
	return x.conditions.check(q, names)
}

// CheckJoined is Check for addresses of the API, which joins several values by commas,
// too, and knows the names of its parameters itself.
func CheckJoined(list string, q url.Values) error {
	apart := url.Values{}
	for name, values := range q {
		for _, v := range values {
			apart[name] = append(apart[name], strings.Split(v, ",")...)
		}
	}
	return check(list, apart, false)
}
