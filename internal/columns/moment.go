package columns

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser/internal/sheet"
)

// written are the ways to write a moment that mean one thing only.
func written() []string {
	return []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999 MST",
		"2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04:05.999999999Z0700",
		"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "Jan 2, 2006 15:04:05", "Jan 2, 2006, 3:04 PM",
		time.RFC1123, time.RFC1123Z, "20060102"}
}

// numeric is a date of numbers alone: 3/4/2026, 3.4.26, with a time behind it or not.
var numeric = regexp.MustCompile(`^([0-9]{1,2})([/.-])([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})(?:[ ,T]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?))?$`)

// parse reads a moment; day is true if it names no time of day.
func (c *Converter) parse(s string) (t time.Time, day bool, why string) {
	if c.form == sheet.XLSX {
		if t, ok := sheet.Serial(s); ok {
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, c.zone), t.Equal(t.Truncate(24 * time.Hour)), ""
		}
	}
	for _, layout := range written() {
		if t, err := time.ParseInLocation(layout, s, c.zone); err == nil {
			return inRange(t, !strings.Contains(layout, "4"))
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch {
		case n >= 1e9 && n < 1e11:
			return time.Unix(n, 0), false, ""
		case n >= 1e12 && n < 1e14:
			return time.UnixMilli(n), false, ""
		}
		return t, false, "is no date"
	}
	m := numeric.FindStringSubmatch(s)
	if m == nil {
		return t, false, "is no date"
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[3])
	year, _ := strconv.Atoi(m[4])
	if year < 100 {
		year += 2000
	}
	order := c.mapping.Dates
	switch {
	case order != "":
	case m[2] == ".", first > 12:
		order = "dmy"
	case second > 12:
		order = "mdy"
	default:
		return t, false, "is a date of which nobody can say whether the day or the month comes first: say it in the mapping"
	}
	if order == "mdy" {
		first, second = second, first
	}
	clock, at := time.Duration(0), m[5]
	if at != "" {
		of, ok := timeOfDay(at)
		if !ok {
			return t, false, "has a time of day that cannot be read"
		}
		clock = of
	}
	t = time.Date(year, time.Month(second), first, 0, 0, 0, 0, c.zone).Add(clock)
	if second < 1 || second > 12 || t.Day() != first {
		return t, false, "is a day that does not exist"
	}
	return inRange(t, at == "")
}

func timeOfDay(s string) (time.Duration, bool) {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	for _, layout := range []string{"15:04:05", "15:04", "3:04:05PM", "3:04PM"} {
		if t, err := time.Parse(layout, s); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, true
		}
	}
	return 0, false
}

func inRange(t time.Time, day bool) (time.Time, bool, string) {
	if t.Year() < 1900 || t.Year() > 2200 {
		return t, day, "is a date that cannot be right"
	}
	return t, day, ""
}

// date makes a calendar day, in the zone in which it was written.
func (c *Converter) date(s string) (any, string) {
	t, _, why := c.parse(s)
	if why != "" {
		return nil, why
	}
	return t.Format(time.DateOnly), ""
}

func (c *Converter) moment(s string) (any, string) {
	t, _, why := c.parse(s)
	if why != "" {
		return nil, why
	}
	return t.UTC().Format(time.RFC3339Nano), ""
}

// use makes a date of use; never is a value of its own.
func (c *Converter) use(f *maker, s string) (any, string) {
	if slices.ContainsFunc(f.Never, func(n string) bool { return fold(n) == fold(s) }) || len(f.Never) == 0 && fold(s) == "never" {
		return "never", ""
	}
	return c.moment(s)
}
