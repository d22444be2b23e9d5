package purser

import (
	"math/big"
	"time"
)

// Calendar days are text, YYYY-MM-DD: a contract begins and ends on days, whatever the time zone.

// ParseDay reads a calendar day from 1900 to 2199; ok is false for anything else.
func ParseDay(s string) (day time.Time, ok bool) {
	day, err := time.Parse(time.DateOnly, s)
	return day, err == nil && day.Year() >= 1900 && day.Year() < 2200
}

// DayText writes the calendar day of t.
func DayText(t time.Time) string { return t.Format(time.DateOnly) }

// AddDays returns the day n days after a day, "" for what is no day.
func AddDays(day string, n int) string {
	t, ok := ParseDay(day)
	if !ok {
		return ""
	}
	return DayText(t.AddDate(0, 0, n))
}

// DaysBetween returns how many days lie from one day to another, negative if it is
// before; ok is false if one of them is no day.
func DaysBetween(from, to string) (n int, ok bool) {
	a, okA := ParseDay(from)
	b, okB := ParseDay(to)
	return int(b.Sub(a) / (24 * time.Hour)), okA && okB
}

// AddMonths returns the day n months after a day. Where the month has no such day
// it is the month's last one: a month after 31 January is 28 or 29 February.
func AddMonths(day string, n int) string {
	t, ok := ParseDay(day)
	if !ok {
		return ""
	}
	return DayText(inMonth(t, n, t.Day()))
}

// inMonth is a day of the month n months after that of t, the last one if it has no such day.
func inMonth(t time.Time, n, day int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day, last)-1)
}

// TermEnd returns the last day of a term of whole months: the day before the one of
// the same number, or the last of the month if it has no such day. A year from
// 1 January 2027 ends on 31 December, one month from 31 January on the last of
// February. "" for what is no day, or no month.
func TermEnd(start string, months int) string {
	t, ok := ParseDay(start)
	if !ok || months < 1 {
		return ""
	}
	if t.Day() == 1 {
		return DayText(inMonth(t, months-1, 31))
	}
	return DayText(inMonth(t, months, t.Day()-1))
}

// TermLength returns the whole months of a term; ok is false where it is no term of
// whole months.
func TermLength(start, end string) (months int, ok bool) {
	a, okA := ParseDay(start)
	b, okB := ParseDay(end)
	if !okA || !okB || b.Before(a) {
		return 0, false
	}
	months = (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
	for _, n := range []int{months, months + 1} {
		if n > 0 && TermEnd(start, n) == end {
			return n, true
		}
	}
	return 0, false
}

// termMonths is the length of a term in months: whole ones, and the rest as a part
// of the month that it lies in. ok is false if it is no term.
func termMonths(start, end string) (months *big.Rat, ok bool) {
	if n, whole := TermLength(start, end); whole {
		return big.NewRat(int64(n), 1), true
	}
	days, ok := DaysBetween(start, end)
	if !ok || days < 0 {
		return nil, false
	}
	whole := 0
	for TermEnd(start, whole+1) < end {
		whole++
	}
	from := start
	if whole > 0 {
		from = AddDays(TermEnd(start, whole), 1)
	}
	rest, _ := DaysBetween(from, end)
	month, _ := DaysBetween(from, TermEnd(from, 1))
	return new(big.Rat).Add(big.NewRat(int64(whole), 1), big.NewRat(int64(rest+1), int64(month+1))), true
}

// Notice is how long before the end of a term notice has to be given. The zero
// Notice is not known; none at all is 0 days.
type Notice struct {
	Count int    `json:"count"`
	Unit  string `json:"unit" enum:"days,months," doc:"days or months; empty: not known"`
}

// The units of a notice period.
const (
	NoticeDays   = "days"
	NoticeMonths = "months"
)

// Known reports whether the notice period is said.
func (n Notice) Known() bool { return n.Unit != "" }

// Deadline returns the last day on which notice can be given for a term that ends
// with the day end; "" if either is not known. With whole months the whole of the
// period lies between that day and the end: for 31 December, three months before,
// it is 30 September. Where a month has no such day the earlier one counts.
func (n Notice) Deadline(end string) string {
	if _, ok := ParseDay(end); !ok {
		return ""
	}
	switch n.Unit {
	case NoticeDays:
		return AddDays(end, -n.Count)
	case NoticeMonths:
		return AddDays(AddMonths(AddDays(end, 1), -n.Count), -1)
	}
	return ""
}
