package ui

import (
	"strconv"
	"time"

	"purser"
)

// Int writes n with thousands apart: 41,204.
func Int(n int64) string { return purser.Grouped(n) }

// Count writes a number with its noun: "1 account", "37 accounts".
func Count(n int64, one, many string) string { return purser.Counted(n, one, many) }

// Bytes writes a size: 812 B, 14.2 kB, 3.1 MB.
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 1, 64) + " kB"
	case n < 1_000_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
	}
	return strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64) + " GB"
}

// Duration writes how long something took: < 1 ms, 40 ms, 4.2 s, 48 s, 1 min 12 s,
// 2 h 5 min, 3 d 4 h. It never writes nothing for something.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "–"
	case d < time.Millisecond:
		return "< 1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return pair(int(d.Minutes()), "min", int(d.Seconds())%60, "s")
	case d < 48*time.Hour:
		return pair(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return pair(int(d.Hours())/24, "d", int(d.Hours())%24, "h")
}

func pair(a int, unitA string, b int, unitB string) string {
	s := strconv.Itoa(a) + " " + unitA
	if b > 0 {
		s += " " + strconv.Itoa(b) + " " + unitB
	}
	return s
}

// ago writes the distance from now to at: "3 min ago", "in 23 h".
func ago(at, now time.Time) string {
	d := now.Sub(at)
	future := d < 0
	if future {
		d = -d
	}
	var s string
	switch {
	case d < time.Minute:
		if future {
			return "in less than 1 min"
		}
		return "just now"
	case d < time.Hour:
		s = strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		s = strconv.Itoa(int(d.Hours())) + " h"
	default:
		s = strconv.Itoa(int(d.Hours()/24)) + " d"
	}
	if future {
		return "in " + s
	}
	return s + " ago"
}
