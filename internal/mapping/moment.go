package mapping

import (
	"strconv"
	"strings"
	"time"
)

func formatMoment(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

func momentValue(t time.Time) value { return value{kind: moment, i: t.UnixMicro()} }

// noDate reports the ways in which systems write that there is no date.
func noDate(s string) bool {
	return s == "" || strings.HasPrefix(s, "0000-") || strings.HasPrefix(s, "0001-01-01")
}

// parseMoment reads ISO 8601 as vendors write it: T or a space, with or without
// fraction and zone. Without a zone it is UTC; a date alone is its midnight.
func parseMoment(s string) (value, bool) {
	s = strings.TrimSpace(s)
	if noDate(s) {
		return value{}, true
	}
	year, month, day, ok := parseDay(s)
	if !ok {
		return value{}, false
	}
	if len(s) == 10 {
		return momentValue(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)), true
	}
	if s[10] != 'T' && s[10] != ' ' && s[10] != 't' || len(s) < 16 || s[13] != ':' {
		return value{}, false
	}
	hour, ok1 := digits(s[11:13])
	minute, ok2 := digits(s[14:16])
	second, nanos, rest, ok3 := parseSeconds(s[16:])
	offset, ok4 := parseZone(strings.TrimSpace(rest))
	if !ok1 || !ok2 || !ok3 || !ok4 || hour > 23 || minute > 59 || second > 60 {
		return value{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, nanos, time.UTC)
	return momentValue(t.Add(-offset)), true
}

func parseDay(s string) (year int, month time.Month, day int, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	year, ok1 := digits(s[0:4])
	m, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || day < 1 || day > daysIn(year, time.Month(m)) {
		return 0, 0, 0, false
	}
	return year, time.Month(m), day, true
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

func parseSeconds(s string) (second, nanos int, rest string, ok bool) {
	if s == "" || s[0] != ':' {
		return 0, 0, s, true
	}
	if len(s) < 3 {
		return 0, 0, "", false
	}
	if second, ok = digits(s[1:3]); !ok {
		return 0, 0, "", false
	}
	s = s[3:]
	if s == "" || s[0] != '.' && s[0] != ',' {
		return second, 0, s, true
	}
	i, scale := 1, 100_000_000
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		nanos += int(s[i]-'0') * scale
		scale /= 10
	}
	return second, nanos, s[i:], i > 1
}

func parseZone(s string) (time.Duration, bool) {
	if s == "" || s == "Z" || s == "z" || s == "UTC" {
		return 0, true
	}
	if s[0] != '+' && s[0] != '-' || len(s) < 3 {
		return 0, false
	}
	hour, ok1 := digits(s[1:3])
	minute, ok2 := 0, true
	if rest := strings.TrimPrefix(s[3:], ":"); rest != "" {
		minute, ok2 = digits(rest)
	}
	if !ok1 || !ok2 || hour > 18 || minute > 59 {
		return 0, false
	}
	offset := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// parseDotNet reads /Date(1552326816230+0000)/: milliseconds, the suffix is for display.
func parseDotNet(s string) (value, bool) {
	if noDate(s) {
		return value{}, true
	}
	s, ok1 := strings.CutPrefix(s, "/Date(")
	s, ok2 := strings.CutSuffix(s, ")/")
	if !ok1 || !ok2 || s == "" {
		return value{}, false
	}
	if cut := strings.LastIndexAny(s, "+-"); cut > 0 {
		s = s[:cut]
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return value{}, false
	}
	return momentFrom(ms, 1000)
}

// momentFrom makes a moment of a count of units of so many microseconds.
func momentFrom(n, unit int64) (value, bool) {
	const most = 253402300800 * 1_000_000 // the year 10000
	if n > most/unit || n < -most/unit {
		return value{}, false
	}
	return value{kind: moment, i: n * unit}, true
}
