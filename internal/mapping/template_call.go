package mapping

import (
	"fmt"
	"regexp"
	"strings"
)

// Values inside the text of a query language must not be able to change the
// query: they stand there as ${sql_int(x)}, ${sql_time(x)} or ${sql_id(x)} only,
// each of which refuses what is no number, no moment or no id. ${int(x)} alone in
// a place of a JSON body is written as a number.

// cutCall splits sql_int(page) into page and sql_int.
func cutCall(s string) (name, fn string) {
	fn, rest, ok := strings.Cut(s, "(")
	if inner, closed := strings.CutSuffix(rest, ")"); ok && closed && fn != "" {
		return inner, fn
	}
	return s, ""
}

func knownCall(fn string) bool {
	switch fn {
	case "", "int", "sql_int", "sql_time", "sql_id":
		return true
	}
	return false
}

// checked returns the value if the function around its name lets it pass. The
// error names no value: it may be personal.
func (p templatePart) checked(s string) (string, error) {
	pattern, what := "", ""
	switch p.fn {
	case "":
		return s, nil
	case "int", "sql_int":
		pattern, what = `^-?[0-9]{1,19}$`, "whole number"
	case "sql_time":
		pattern, what = `^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$`, "date and time"
	default:
		pattern, what = `^[A-Za-z0-9_.-]{1,128}$`, "id of letters and digits"
	}
	if !regexp.MustCompile(pattern).MatchString(s) {
		return "", fmt.Errorf("the value of ${%s} is no %s, so it cannot stand in a query", p.text, what)
	}
	return s, nil
}

// Bare returns the names of the places that stand there without a function.
func (t Template) Bare() []string {
	var out []string
	for _, p := range t.parts {
		if p.place && p.fn == "" {
			out = append(out, p.text)
		}
	}
	return out
}

// Query reports whether the template is the text of a query.
func (t Template) Query() bool {
	return len(t.parts) > 0 && !t.parts[0].place && regexp.MustCompile(`(?i)^\s*select\s`).MatchString(t.parts[0].text)
}

// Number reports whether the template is one ${int(…)} and nothing else.
func (t Template) Number() bool { return len(t.parts) == 1 && t.parts[0].fn == "int" }
