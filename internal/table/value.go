package table

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"purser"
)

// Values are the values of conditions that have a closed set of them, by the
// condition's name. Of other conditions, such as a department, any text is a value.
type Values map[string][]string

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

// check refuses a condition of an address, in a group or not, whose value there is
// not: nothing would meet it, which looks like an answer.
func (v Values) check(q url.Values) error {
	for _, name := range sorted(q) {
		condition := name
		if n, in, ok := strings.Cut(name, "."); ok && strings.HasPrefix(n, "any") {
			if _, err := strconv.Atoi(n[len("any"):]); err == nil {
				condition = in
			}
		}
		there, closed := v[condition]
		for _, asked := range q[name] {
			if closed && !slices.Contains(there, asked) {
				return &purser.Problem{Kind: purser.ProblemInvalid, Field: condition, What: "no row can have the " + condition + " " + strconv.Quote(asked),
					Hint: "Ask for one of " + strings.Join(there, ", ") + ", or for several of them"}
			}
		}
	}
	return nil
}

func sorted(q url.Values) []string {
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Check refuses the address of a list whose conditions have values that there are
// not; it names the condition and the values that there are.
func Check(list string, q url.Values) error {
	var none Service // which values there are hangs on no row
	x, ok := none.named(list)
	if !ok {
		return purser.NotFound("list", list)
	}
	return x.values.check(q)
}

// CheckJoined is Check for addresses that join several values by commas, too.
func CheckJoined(list string, q url.Values) error {
	apart := url.Values{}
	for name, values := range q {
		for _, v := range values {
			apart[name] = append(apart[name], strings.Split(v, ",")...)
		}
	}
	return Check(list, apart)
}
