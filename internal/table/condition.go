package table

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser"
)

// Condition is what the address of a list may ask for. Pages, files, saved views,
// groups and the API know of it by what it says here.
type Condition struct {
	Name   string
	Title  string   // of what is asked for, for people; "" what its name says
	Values []string // all that there are; none where any text is one
	Flag   bool     // set, as 1, or not
	Day    bool     // its values are days
	Number bool     // its values are numbers from 1 on
	Group  bool     // may stand in a group, see [Group]
	Blank  bool     // may ask for what is not known, as ""
	One    bool     // takes one value in a group
	Names  bool     // its values may be names of people
}

// Conditions are all of a list.
type Conditions []Condition

func (c Conditions) named(name string) (Condition, bool) {
	i := slices.IndexFunc(c, func(x Condition) bool { return x.Name == name })
	if i < 0 {
		return Condition{}, false
	}
	return c[i], true
}

// Groups are the names of those that may stand in a group.
func (c Conditions) Groups() (names []string) {
	for _, x := range c {
		if x.Group {
			names = append(names, x.Name)
		}
	}
	return names
}

// Title is a condition as people say it.
func (c Conditions) Title(name string) string {
	x, _ := c.named(name)
	words := strings.ReplaceAll(name, "_", " ")
	return cmp.Or(x.Title, strings.ToUpper(words[:1])+words[1:])
}

// read returns the values of a condition in a group as its list reads them, none where
// they ask for nothing. ok is false where one is not understood.
func (c Condition) read(values []string) (out []string, ok bool) {
	for _, v := range values {
		known := v != "" || c.Blank
		switch { // filters take these for no condition where they cannot read them, see [either]
		case c.Flag:
			switch v {
			case "0", "false":
				continue
			case "true":
				v = "1"
			}
			known = v == "1"
		case c.One, slices.Equal(c.Values, yesNo()):
			known = slices.Contains(c.Values, v) && (!c.One || len(values) == 1)
		case c.Day:
			_, err := time.Parse(time.DateOnly, v)
			known = err == nil
		}
		if !known {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// place are the parameters of an address that say how its rows are shown, not which.
func place() []string {
	return []string{"after", "as", "cols", "desc", "done", "format", "groups", "n", "sort"}
}

// check refuses an address that asks for a condition, in a group or not, or a value of
// one that there is not: all rows, or none, would look like an answer. names says that
// the names of parameters are looked at as well, as of a page; the API does so itself.
func (c Conditions) check(q url.Values, names bool) error {
	for _, name := range sorted(q) {
		condition, in := apart(name)
		x, ok := c.named(condition)
		if empty := !slices.ContainsFunc(q[name], func(v string) bool { return v != "" }); names && !empty && (!ok || in && !x.Group) && (in || !slices.Contains(place(), name)) {
			what, there := "this list has no condition "+strconv.Quote(condition), c.names()
			if in {
				what, there = what+" in its groups", c.Groups()
			}
			return &purser.Problem{Kind: purser.ProblemInvalid, Field: condition, What: what, Hint: "Ask for one of these, or open the list without it: " + strings.Join(there, ", ")}
		}
		for _, asked := range q[name] {
			if x.Flag && (in || !names) { // as read and the API take it
				asked = strings.NewReplacer("true", "1", "false", "0").Replace(asked)
			}
			if err := x.checkValue(asked); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkValue refuses a value that the condition cannot have. "" asks for nothing where it is
// not one of its values.
func (c Condition) checkValue(asked string) error {
	if c.Values != nil && !slices.Contains(c.Values, asked) {
		return &purser.Problem{Kind: purser.ProblemInvalid, Field: c.Name, What: "no row can have the " + c.Name + " " + strconv.Quote(asked),
			Hint: "Ask for one of " + strings.Join(c.Values, ", ") + ", or for several of them"}
	}
	if asked == "" {
		return nil
	}
	what := ""
	switch {
	case c.Flag && asked != "1" && asked != "0":
		what = "is neither 1, for yes, nor 0"
	case c.Day:
		if _, err := time.Parse(time.DateOnly, asked); err != nil {
			what = "is no date like 2026-01-31"
		}
	case c.Number:
		if n, err := strconv.Atoi(asked); err != nil || n < 1 {
			what = "is no number such as 60"
		}
	}
	if what == "" {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemInvalid, Field: c.Name, What: strconv.Quote(asked) + " " + what + ", as the condition " + c.Name + " wants it",
		Hint: "Correct it, or open the list without it"}
}

// tells reports whether an address asks for what may be the name of somebody.
func (c Conditions) tells(query string) bool {
	q, err := url.ParseQuery(query)
	return err != nil || slices.ContainsFunc(c, func(x Condition) bool { return x.Names && q.Get(x.Name) != "" })
}

func (c Conditions) names() []string {
	names := make([]string, len(c))
	for i, x := range c {
		names[i] = x.Name
	}
	return names
}

// apart tells the condition that a parameter is of, and whether it is one of a group.
func apart(name string) (condition string, in bool) {
	if n, rest, ok := strings.Cut(name, "."); ok && strings.HasPrefix(n, "any") {
		if i, err := strconv.Atoi(n[len("any"):]); err == nil && 0 < i && i <= MostGroups {
			return rest, true
		}
	}
	return name, false
}
