// Package mapping turns a vendor's answer into records: expressions, templates
// and one-pass decoding. It does no I/O.
//
// Expressions are written in the syntax of expr-lang/expr and parsed by its
// parser. They are run by closures of our own rather than by its machine: every
// operator and function here takes unknown for an answer (lower of nothing is
// nothing, a condition is yes, no or unknown), which the machine could be taught
// only by replacing each of its operators.
package mapping

import (
	"math/big"
	"strconv"
	"strings"
)

// kind is the type of a value. What is null, missing or cannot be said is nothing.
type kind uint8

const (
	nothing kind = iota
	boolean
	integer
	number
	text
	moment
	list
	object
)

func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a whole number", "a number", "a text", "a moment", "a list", "an object"}[k]
}

// value is one value of an expression. It is passed by value and never changed.
type value struct {
	kind kind
	i    int64  // boolean: 0 or 1; integer; moment: microseconds since 1970 UTC
	s    string // text; number: its digits as they came
	in   *inner // list, object
}

type inner struct {
	names []string // object: of items
	items []value
}

func boolValue(b bool) value {
	if b {
		return value{kind: boolean, i: 1}
	}
	return value{kind: boolean}
}

func intValue(i int64) value    { return value{kind: integer, i: i} }
func textValue(s string) value  { return value{kind: text, s: s} }
func listValue(v []value) value { return value{kind: list, in: &inner{items: v}} }

func (v value) is(b bool) bool { return v.kind == boolean && (v.i == 1) == b }

// member returns the named member of an object; nothing for all else.
func (v value) member(name string) value {
	if v.kind != object {
		return value{}
	}
	for i := len(v.in.names) - 1; i >= 0; i-- { // of doubled names the last
		if v.in.names[i] == name {
			return v.in.items[i]
		}
	}
	return value{}
}

// at returns an item of a list, from the end for a negative index; nothing outside.
func (v value) at(i int64) value {
	if v.kind != list {
		return value{}
	}
	if n := int64(len(v.in.items)); i < 0 {
		i += n
	}
	if i < 0 || i >= int64(len(v.in.items)) {
		return value{}
	}
	return v.in.items[i]
}

// text returns a scalar as text.
func (v value) text() (string, bool) {
	switch v.kind {
	case text, number:
		return v.s, true
	case integer:
		return strconv.FormatInt(v.i, 10), true
	case boolean:
		return strconv.FormatBool(v.i == 1), true
	case moment:
		return formatMoment(v.i), true
	}
	return "", false
}

// rat returns a number exactly. Exponents are bounded so that a short text
// cannot ask for a huge number.
func (v value) rat() (*big.Rat, bool) {
	switch v.kind {
	case integer:
		return new(big.Rat).SetInt64(v.i), true
	case number:
		return parseRat(v.s)
	}
	return nil, false
}

func parseRat(s string) (*big.Rat, bool) {
	if len(s) > 64 || strings.ContainsAny(s, "/_xXpPiInN") {
		return nil, false
	}
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		if n, err := strconv.Atoi(s[e+1:]); err != nil || n > 40 || n < -40 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// ratValue returns r as a whole number where it is one, else with up to 12 decimals.
func ratValue(r *big.Rat) value {
	if r.IsInt() && r.Num().IsInt64() {
		return intValue(r.Num().Int64())
	}
	return value{kind: number, s: trimZeros(r.FloatString(12))}
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// numberValue makes a value of the digits of a JSON number.
func numberValue(s string) value {
	if !strings.ContainsAny(s, ".eE") {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return intValue(i)
		}
	}
	return value{kind: number, s: s}
}
