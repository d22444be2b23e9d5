package mapping

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"purser"
)

func lower(_ *frame, a []value) value {
	if s, ok := a[0].text(); ok {
		return textValue(strings.ToLower(s))
	}
	return value{}
}

func trim(_ *frame, a []value) value {
	if s, ok := a[0].text(); ok {
		return textValue(strings.TrimSpace(s))
	}
	return value{}
}

// joinTexts joins what is there and not empty; nothing at all is nothing.
func joinTexts(f *frame, a []value) value {
	if a[0].kind != list {
		return value{}
	}
	sep := ""
	if len(a) > 1 {
		sep, _ = a[1].text()
	}
	var parts []string
	for _, item := range a[0].in.items {
		if s, ok := item.text(); ok && s != "" {
			parts = append(parts, s)
			f.spend(len(s) / 16)
		}
	}
	if len(parts) == 0 {
		return value{}
	}
	return textValue(strings.Join(parts, sep))
}

func split(f *frame, a []value) value {
	s, ok1 := a[0].text()
	sep, ok2 := a[1].text()
	if !ok1 || !ok2 || sep == "" || !f.spend(len(s)/len(sep)) {
		return value{}
	}
	var out []value
	for part := range strings.SplitSeq(s, sep) {
		out = append(out, textValue(part))
	}
	return listValue(out)
}

func toText(_ *frame, a []value) value {
	if s, ok := a[0].text(); ok {
		return textValue(s)
	}
	return value{}
}

func toInt(f *frame, a []value) value {
	v := toNumber(f, a)
	if v.kind != number {
		return v
	}
	r, ok := v.rat()
	if !ok {
		return f.fail("int: the number is too large")
	}
	q := new(big.Int).Quo(r.Num(), r.Denom())
	if !q.IsInt64() {
		return f.fail("int: the number is too large")
	}
	return intValue(q.Int64())
}

func toNumber(f *frame, a []value) value {
	switch v := a[0]; v.kind {
	case integer, number, nothing:
		return v
	case boolean:
		return intValue(v.i)
	case text:
		s := strings.TrimSpace(v.s)
		if s == "" {
			return value{}
		}
		if _, ok := parseRat(s); ok {
			return numberValue(strings.TrimPrefix(s, "+"))
		}
	}
	return f.fail("number: this is %s that is not a number", a[0].kind)
}

// toBool reads the ways in which systems write yes and no; all else is unknown.
func toBool(_ *frame, a []value) value {
	switch v := a[0]; v.kind {
	case boolean:
		return v
	case integer:
		if v.i == 0 || v.i == 1 {
			return boolValue(v.i == 1)
		}
	case text:
		switch strings.ToLower(strings.TrimSpace(v.s)) {
		case "true", "yes", "y", "1", "on":
			return boolValue(true)
		case "false", "no", "n", "0", "off":
			return boolValue(false)
		}
	}
	return value{}
}

func toMoment(f *frame, a []value) value {
	switch v := a[0]; v.kind {
	case nothing, moment:
		return v
	case text:
		if m, ok := parseMoment(v.s); ok {
			return m
		}
	}
	return f.fail("time: this is %s that is not a date and time", a[0].kind)
}

func toDay(f *frame, a []value) value {
	switch v := a[0]; v.kind {
	case nothing:
		return v
	case moment:
		return textValue(time.UnixMicro(v.i).UTC().Format(time.DateOnly))
	case text:
		s := strings.TrimSpace(v.s)
		if noDate(s) {
			return value{}
		}
		// The day as it is written: no zone may move it.
		if _, _, _, ok := parseDay(s); ok {
			if _, zone := parseZone(s[10:]); zone || s[10] == 'T' || s[10] == ' ' {
				return textValue(s[:10])
			}
		}
	}
	return f.fail("date: this is %s that is not a date", a[0].kind)
}

func fromCount(f *frame, name string, v value, unit int64) value {
	n := toNumber(f, []value{v})
	switch n.kind {
	case integer:
		if m, ok := momentFrom(n.i, unit); ok {
			return m
		}
	case number:
		if r, ok := n.rat(); ok {
			r.Mul(r, new(big.Rat).SetInt64(unit))
			q := new(big.Int).Quo(r.Num(), r.Denom())
			if q.IsInt64() {
				if m, ok := momentFrom(q.Int64(), 1); ok {
					return m
				}
			}
		}
	case nothing:
		return value{}
	}
	return f.fail("%s: the number is no moment", name)
}

func toDotNet(f *frame, a []value) value {
	switch v := a[0]; v.kind {
	case nothing:
		return v
	case text:
		if m, ok := parseDotNet(v.s); ok {
			return m
		}
	}
	return f.fail("msdate: this is %s that is not written as /Date(…)/", a[0].kind)
}

// money(amount, currency) is an amount in major units, in minor units of the
// currency; a half is rounded away from zero.
func money(f *frame, a []value) value {
	v := toNumber(f, a[:1])
	currency, ok := a[1].text()
	if v.kind == nothing || !ok {
		return value{}
	}
	r, ok := v.rat()
	if !ok {
		return f.fail("money: the amount is too large")
	}
	scale := int64(1)
	for range purser.MinorDigits(strings.ToUpper(currency)) {
		scale *= 10
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	minor, err := strconv.ParseInt(r.FloatString(0), 10, 64)
	if err != nil {
		return f.fail("money: the amount is too large")
	}
	return intValue(minor)
}

// moneyMinor is an amount that is in minor units already.
func moneyMinor(f *frame, a []value) value {
	v := toNumber(f, a)
	if v.kind == number {
		if r, ok := v.rat(); ok && r.IsInt() && r.Num().IsInt64() {
			return intValue(r.Num().Int64())
		}
		return f.fail("money_minor: the amount is no whole number")
	}
	return v
}
