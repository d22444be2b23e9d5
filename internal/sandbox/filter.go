package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// condition is a parsed filter: of SCIM's kind (Okta), OData's (BambooHR) or the
// where of Xero. It is given a way to read attributes of a record.
type condition func(attr func(string) (string, bool)) bool

// filterParser reads one filter. Attributes outside known are refused.
type filterParser struct {
	tokens []string
	known  func(string) bool
	used   []string
}

// parseFilter parses text; known says which attributes may stand in it.
func parseFilter(text string, known func(string) bool) (condition, error) {
	tokens, err := filterTokens(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens, known: known}
	c, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0])
	}
	return c, err
}

func filterTokens(s string) ([]string, error) {
	var out []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ':
			i++
		case c == '"' || c == '\'':
			end := strings.IndexByte(s[i+1:], c)
			if end < 0 {
				return nil, fmt.Errorf("a quote is not closed")
			}
			out, i = append(out, "\""+s[i+1:i+1+end]), i+end+2
		case strings.IndexByte("(),", c) >= 0:
			out, i = append(out, string(c)), i+1
		case strings.IndexByte("=!<>&|", c) >= 0:
			j := i
			for j < len(s) && strings.IndexByte("=!<>&|", s[j]) >= 0 {
				j++
			}
			out, i = append(out, s[i:j]), j
		default:
			j := i
			for j < len(s) && strings.IndexByte(" \"'(),=!<>&|", s[j]) < 0 {
				j++
			}
			out, i = append(out, s[i:j]), j
		}
	}
	return out, nil
}

func (p *filterParser) take() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *filterParser) next(words ...string) bool {
	if len(p.tokens) > 0 && slices.Contains(words, strings.ToLower(p.tokens[0])) {
		p.take()
		return true
	}
	return false
}

func (p *filterParser) either() (condition, error) {
	left, err := p.both()
	for err == nil && p.next("or", "||") {
		var right condition
		l := left
		right, err = p.both()
		left = func(a func(string) (string, bool)) bool { return l(a) || right(a) }
	}
	return left, err
}

func (p *filterParser) both() (condition, error) {
	left, err := p.one()
	for err == nil && p.next("and", "&&") {
		var right condition
		l := left
		right, err = p.one()
		left = func(a func(string) (string, bool)) bool { return l(a) && right(a) }
	}
	return left, err
}

func (p *filterParser) one() (condition, error) {
	if p.next("(") {
		c, err := p.either()
		if err == nil && !p.next(")") {
			err = fmt.Errorf("a bracket is not closed")
		}
		return c, err
	}
	attr := p.take()
	if attr == "" || !p.known(attr) {
		return nil, fmt.Errorf("attribute %q cannot be filtered", attr)
	}
	p.used = append(p.used, attr)
	op := strings.ToLower(p.take())
	if op == "pr" {
		return func(a func(string) (string, bool)) bool { _, ok := a(attr); return ok }, nil
	}
	if op == "in" {
		return p.oneOf(attr)
	}
	want, err := p.value()
	if err != nil {
		return nil, err
	}
	test, err := comparison(op, want)
	if err != nil {
		return nil, err
	}
	return func(a func(string) (string, bool)) bool { got, ok := a(attr); return ok && test(got) }, nil
}

func (p *filterParser) oneOf(attr string) (condition, error) {
	if !p.next("(") {
		return nil, fmt.Errorf("in needs a list in brackets")
	}
	var wants []string
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		wants = append(wants, v)
		if p.next(")") {
			break
		}
		if !p.next(",") {
			return nil, fmt.Errorf("the list after in is not closed")
		}
	}
	return func(a func(string) (string, bool)) bool { got, ok := a(attr); return ok && slices.Contains(wants, got) }, nil
}

// value reads a quoted text, a number, a boolean or DateTime(y,m,d).
func (p *filterParser) value() (string, error) {
	t := p.take()
	switch {
	case t == "":
		return "", fmt.Errorf("a value is missing")
	case strings.HasPrefix(t, "\""):
		return t[1:], nil
	case strings.EqualFold(t, "DateTime"):
		var n [3]int
		if !p.next("(") {
			return "", fmt.Errorf("DateTime needs (year,month,day)")
		}
		for i := range n {
			n[i], _ = strconv.Atoi(p.take())
			if !p.next(",") && !p.next(")") {
				return "", fmt.Errorf("DateTime needs (year,month,day)")
			}
		}
		return fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]), nil
	case t == "true" || t == "false" || t == "null":
		return t, nil
	}
	if _, err := strconv.ParseFloat(t, 64); err != nil {
		return "", fmt.Errorf("value %q is not quoted", t)
	}
	return t, nil
}

func comparison(op, want string) (func(string) bool, error) {
	switch op {
	case "eq", "==":
		return func(got string) bool { return got == want }, nil
	case "ne", "!=":
		return func(got string) bool { return got != want }, nil
	case "gt", ">":
		return func(got string) bool { return got > want }, nil
	case "ge", ">=":
		return func(got string) bool { return got >= want }, nil
	case "lt", "<":
		return func(got string) bool { return got < want }, nil
	case "le", "<=":
		return func(got string) bool { return got <= want }, nil
	case "sw":
		return func(got string) bool { return strings.HasPrefix(got, want) }, nil
	case "co":
		return func(got string) bool { return strings.Contains(got, want) }, nil
	}
	return nil, fmt.Errorf("operator %q is not known", op)
}

// attribute reads a dotted path of an object as text, for filters and orders.
func attribute(o obj, path string) (string, bool) {
	head, rest, nested := strings.Cut(path, ".")
	v, ok := o[head]
	if !ok || v == nil {
		return "", false
	}
	if nested {
		inner, ok := v.(obj)
		if !ok {
			return "", false
		}
		return attribute(inner, rest)
	}
	return fmt.Sprint(v), true
}
