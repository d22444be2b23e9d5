package columns

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"purser"
	"purser/internal/sheet"
)

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, purser.Invalid("zone", "%q is no time zone such as Europe/Zurich", name)
	}
	return zone, nil
}

// split makes texts of a cell: separated by semicolons, bars or line breaks, else by commas.
func split(s string) []string {
	seps := ";|\n"
	if !strings.ContainsAny(s, seps) {
		seps = ","
	}
	out := []string{}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(seps, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// enum finds the value of a closed list that a word means, "unknown" if it is none.
func enum(k purser.Field, s string) string {
	word := strings.ReplaceAll(fold(s), " ", "_")
	if slices.Contains(k.Values, word) {
		return word
	}
	if ours, ok := plainWords(k.Name)[fold(s)]; ok && slices.Contains(k.Values, ours) {
		return ours
	}
	return "unknown"
}

// plainWords are what people write for the values of a field.
func plainWords(field string) map[string]string {
	switch field {
	case "status":
		return map[string]string{"enabled": "active", "true": "active", "yes": "active", "1": "active", "inactive": "deactivated", "disabled": "deactivated",
			"deprovisioned": "deactivated", "deleted": "deactivated", "terminated": "deactivated", "false": "deactivated", "no": "deactivated", "0": "deactivated",
			"locked": "suspended", "blocked": "suspended", "pending": "invited", "staged": "invited"}
	case "employment":
		return map[string]string{"active": "employed", "current": "employed", "yes": "employed", "true": "employed", "terminated": "ended", "inactive": "ended",
			"left": "ended", "former": "ended", "leave": "on_leave", "on leave": "on_leave", "pending": "future", "prehire": "future", "pre-hire": "future"}
	case "kind":
		return map[string]string{"user": "person", "member": "person", "external": "guest", "bot": "robot", "service account": "robot", "service": "robot"}
	}
	return nil
}

func boolean(s string) (any, string) {
	switch fold(s) {
	case "true", "yes", "y", "1", "x", "on":
		return true, ""
	case "false", "no", "n", "0", "off":
		return false, ""
	case "unknown":
		return nil, ""
	}
	return nil, "is neither yes nor no"
}

// grouped is a number with groups of three digits.
var grouped = regexp.MustCompile(`^[0-9]{1,3}([.,' \x{a0}\x{202f}][0-9]{3})+$`)

// number makes a plain number of what people write: 1'234.50, (3,20), € 4, -7.
func (c *Converter) number(s string) (*big.Rat, bool) {
	negative := false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		negative, s = true, s[1:len(s)-1]
	}
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) || unicode.IsLetter(r) })
	if rest, ok := strings.CutPrefix(strings.ReplaceAll(s, "−", "-"), "-"); ok {
		negative, s = !negative, strings.TrimFunc(rest, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) })
	} else if rest, ok := strings.CutSuffix(s, "-"); ok {
		negative, s = !negative, rest
	}
	s = strings.TrimPrefix(s, "+")
	point := "."
	if c.mapping.Decimal == "," && c.form != sheet.XLSX {
		point = ","
	}
	whole, decimals, has := strings.Cut(s, point)
	if has && strings.ContainsFunc(decimals, func(r rune) bool { return r < '0' || r > '9' }) {
		return nil, false
	}
	if grouped.MatchString(whole) && !strings.Contains(whole, point) {
		whole = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, whole)
	}
	if whole == "" {
		whole = "0"
		if !has || decimals == "" {
			return nil, false
		}
	}
	if len(whole)+len(decimals) > 40 || strings.ContainsFunc(whole, func(r rune) bool { return r < '0' || r > '9' }) {
		return nil, false
	}
	text := whole
	if decimals != "" {
		text += "." + decimals
	}
	n, ok := new(big.Rat).SetString(text)
	if ok && negative {
		n.Neg(n)
	}
	return n, ok
}

func (c *Converter) whole(s string) (any, string) {
	n, ok := c.number(s)
	if !ok || !n.IsInt() || !n.Num().IsInt64() {
		return nil, "is no whole number"
	}
	return n.Num().Int64(), ""
}

func (c *Converter) decimal(s string) (any, string) {
	n, ok := c.number(s)
	if !ok {
		return nil, "is no number"
	}
	return strings.TrimRight(strings.TrimRight(n.FloatString(12), "0"), "."), ""
}

// minor makes minor units of an amount. More decimals than the currency has are refused.
func (c *Converter) minor(s, currency string) (any, string) {
	n, ok := c.number(s)
	if !ok {
		return nil, "is no amount"
	}
	switch said := currencyBeside(s); {
	case currency == "" && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) }):
		return nil, "has the sign of several currencies: write the code of the one that is meant, such as USD"
	case currency == "":
		return nil, "is an amount without a currency, such as 12.50 EUR"
	case said != "" && said != currency:
		return nil, "is in " + said + ", but its row is in " + currency
	}
	for range purser.MinorDigits(currency) {
		n.Mul(n, big.NewRat(10, 1))
	}
	if !n.IsInt() {
		return nil, "has more decimals than " + currency + " has"
	}
	if !n.Num().IsInt64() {
		return nil, "is too large an amount"
	}
	return n.Num().Int64(), ""
}
