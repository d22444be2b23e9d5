package columns

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/currency"

	"purser"
	"purser/internal/sheet"
)

// currencyCode makes a currency of a cell: a code, a sign that only one has, or an amount
// with either beside it.
func currencyCode(s string) (any, string) {
	if code := currencyBeside(s); code != "" {
		return code, ""
	}
	s = strings.ToUpper(s)
	if len(s) != 3 || strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return nil, "is no currency code of three letters, such as EUR"
	}
	return s, ""
}

// currencyBeside returns the currency that stands beside an amount: EUR in "1200 EUR" and
// in "€ 1'200". It is "" if there is none, several, or a sign that several have, such as $.
func currencyBeside(amount string) (code string) {
	words := strings.FieldsFunc(amount, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) })
	for _, word := range words {
		switch word {
		case "€":
			word = "EUR"
		case "£":
			word = "GBP"
		}
		switch unit, err := currency.ParseISO(word); {
		case err != nil || unit.String() != word: // a word such as "per", or one in small letters
		case code != "" && code != word:
			return ""
		default:
			code = word
		}
	}
	return code
}

// withCurrency adds the currency of amounts where the mapping names no column of it: it may
// stand beside them.
func withCurrency(fields []maker, kinds []purser.Field) []maker {
	i := slices.IndexFunc(kinds, func(k purser.Field) bool { return k.Name == "currency" })
	if i < 0 || !slices.ContainsFunc(fields, func(f maker) bool { return f.kind.Type == purser.Minor }) ||
		slices.ContainsFunc(fields, func(f maker) bool { return f.Name == "currency" }) {
		return fields
	}
	return append(fields, maker{Field: Field{Name: "currency"}, kind: kinds[i]})
}

// besideAmounts returns the currency that stands beside the first amount of a row that has one.
func (c *Converter) besideAmounts(row sheet.Row) string {
	for i := range c.fields {
		if f := &c.fields[i]; f.kind.Type == purser.Minor {
			if code := currencyBeside(f.cell(row)); code != "" {
				return code
			}
		}
	}
	return ""
}
