package contract

import (
	"maps"
	"slices"
	"strings"

	"purser"
)

// separators stand between several texts of one cell or field.
const separators = ";|\n"

// quoted writes a text so that apart finds it as one: in quotes where it has one of
// the characters, or a quote.
func quoted(text, characters string) string {
	if !strings.ContainsAny(text, characters+`"`) {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// unquoted is what quoted was given.
func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if len(text) < 2 || !strings.HasPrefix(text, `"`) || !strings.HasSuffix(text, `"`) {
		return text
	}
	return strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
}

// apart returns the parts of a text between separators, but for those in quotes.
// Quotes that do not close are none.
func apart(text, separators string) (parts []string) {
	heed := strings.Count(text, `"`)%2 == 0
	from, inside := 0, false
	for i, r := range text {
		switch {
		case r == '"' && heed:
			inside = !inside
		case !inside && strings.ContainsRune(separators, r):
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

// cut is strings.Cut at the first of some characters outside of quotes.
func cut(text, at string) (before, after string, ok bool) {
	parts := apart(text, at)
	if len(parts) == 1 {
		return text, "", false
	}
	return parts[0], text[len(parts[0])+1:], true
}

// namesText writes names in one cell.
func namesText(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n, separators)
	}
	return strings.Join(out, "; ")
}

func parseNames(text string) (names []string) {
	for _, part := range apart(text, separators) {
		if part = unquoted(part); part != "" {
			names = append(names, part)
		}
	}
	return names
}

// CustomText writes fields of one's own as name: value, with a text between them.
func CustomText(custom map[string]string, between string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(custom)) {
		out = append(out, quoted(key, strings.TrimSpace(between)+":")+": "+quoted(custom[key], strings.TrimSpace(between)))
	}
	return strings.Join(out, between)
}

// ParseCustom reads what CustomText writes, between some separators.
func ParseCustom(text, separators string) (map[string]string, error) {
	custom := map[string]string{}
	for _, part := range apart(text, separators) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, ok := cut(part, ":")
		if !ok {
			return nil, purser.Invalid("custom", "write fields of your own as name: value")
		}
		custom[unquoted(key)] = unquoted(value)
	}
	return custom, nil
}

// SharesText writes how cost centers share a contract, with a text between them:
// "Sales 60; IT 40".
func SharesText(shares []purser.CostShare, between string) string {
	words := make([]string, len(shares))
	for i, c := range shares {
		words[i] = quoted(c.Center, separators+":=%") + " " + c.Percent
	}
	return strings.Join(words, between)
}

// ParseShares reads what SharesText writes: one share a line or between semicolons,
// its percentage last.
func ParseShares(text string) []purser.CostShare {
	var out []purser.CostShare
	for _, part := range apart(text, separators) {
		part = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(part), "%"))
		if part == "" {
			continue
		}
		share := purser.CostShare{Center: unquoted(part)}
		if i := strings.LastIndexAny(part, " \t:="); i >= 0 && !strings.HasSuffix(part, `"`) {
			share = purser.CostShare{Center: unquoted(strings.TrimRight(part[:i], " \t:=")), Percent: part[i+1:]}
		}
		out = append(out, share)
	}
	return out
}
