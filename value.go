package purser

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Value is one value of a record's field. The zero Value is unknown. Text, Enum,
// Date, Decimal and Texts are kept in S; Bool (0, 1), Int, Time, UseDate and Minor in I.
type Value struct {
	Known bool
	I     int64
	S     string
}

// TextValue returns a known text.
func TextValue(s string) Value { return Value{Known: true, S: s} }

// IntValue returns a known integer.
func IntValue(i int64) Value { return Value{Known: true, I: i} }

// BoolValue returns a known yes or no.
func BoolValue(b bool) Value {
	if b {
		return Value{Known: true, I: 1}
	}
	return Value{Known: true}
}

// TimeValue returns a known moment.
func TimeValue(t time.Time) Value { return Value{Known: true, I: t.UnixMicro()} }

// Never is the date of use of something that the vendor says was never used.
func Never() Value { return Value{Known: true} }

// Tristate is yes, no or unknown.
type Tristate int8

// The three values. Unknown is the zero value: what nobody said is never "no".
const (
	Unknown Tristate = iota
	No
	Yes
)

// String returns yes, no or unknown.
func (t Tristate) String() string { return [...]string{"unknown", "no", "yes"}[t] }

// MarshalText writes the word: it stands so in JSON.
func (t Tristate) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the word.
func (t *Tristate) UnmarshalText(text []byte) error {
	switch string(text) {
	case "yes":
		*t = Yes
	case "no":
		*t = No
	case "unknown":
		*t = Unknown
	default:
		return fmt.Errorf("%q is none of yes, no, unknown", text)
	}
	return nil
}

// LastUse is a dated use: at a moment, never, or unknown.
type LastUse struct {
	At    time.Time `json:"at,omitzero"` // zero unless used
	Never bool      `json:"never"`
}

// Unknown reports whether no source says.
func (u LastUse) Unknown() bool { return !u.Never && u.At.IsZero() }

// Micros is a moment as kept in the store: microseconds since 1970 UTC, 0 for none.
type Micros int64

// Time returns the moment, the zero Time for 0.
func (m Micros) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).UTC()
}

// MicrosOf returns t as kept in the store.
func MicrosOf(t time.Time) Micros {
	if t.IsZero() {
		return 0
	}
	return Micros(t.UnixMicro())
}

// Money is an amount in minor units of its currency.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217
}

// MinorDigits returns how many decimals the currency has (ISO 4217, amendment 177).
func MinorDigits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Decimal returns the amount without its currency, as programs read it: "12.50",
// "-3.00", "1200" (JPY). Files hold it; what people read is [Money.String].
func (m Money) Decimal() string {
	digits := MinorDigits(m.Currency)
	s := strconv.FormatInt(m.Minor, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if digits > 0 {
		for len(s) <= digits {
			s = "0" + s
		}
		s = s[:len(s)-digits] + "." + s[len(s)-digits:]
	}
	return sign + s
}

// String returns the amount as people read it, with its currency, in groups of
// three digits: "27,720.00 EUR".
func (m Money) String() string {
	decimal := m.Decimal()
	whole, _, _ := strings.Cut(decimal, ".")
	for at := len(whole) - 3; at > 0 && decimal[at-1] != '-'; at -= 3 {
		decimal = decimal[:at] + "," + decimal[at:]
	}
	return decimal + " " + m.Currency
}
