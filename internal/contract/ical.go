package contract

import (
	"strings"
	"time"
	"unicode/utf8"
)

// calendarEvent is one day of a calendar.
type calendarEvent struct {
	UID         string // stays the same when the day moves
	Day         string // YYYY-MM-DD
	Stamp       time.Time
	Sequence    int64
	Summary     string
	Description string
	URL         string
}

// calendarText writes a calendar (RFC 5545, read 2026-11): lines of at most 75
// octets, folded between characters, ended by CRLF.
func calendarText(name string, events []calendarEvent) string {
	var b strings.Builder
	line := func(property, value string) { b.WriteString(folded(property + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Purser//Contracts//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escaped(name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT12H")
	for _, e := range events {
		day, err := time.Parse(time.DateOnly, e.Day)
		if err != nil {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", escaped(e.UID))
		line("DTSTAMP", e.Stamp.UTC().Format("20060102T150405Z"))
		line("SEQUENCE", count(e.Sequence))
		line("DTSTART;VALUE=DATE", day.Format("20060102"))
		line("DTEND;VALUE=DATE", day.AddDate(0, 0, 1).Format("20060102"))
		line("SUMMARY", escaped(e.Summary))
		if e.Description != "" {
			line("DESCRIPTION", escaped(e.Description))
		}
		if e.URL != "" {
			line("URL", strings.NewReplacer("\r", "", "\n", "").Replace(e.URL))
		}
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

// escaped writes a text value: what would end the value or the line is marked, and
// control characters, which no calendar may hold, are left out.
func escaped(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\t':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// folded cuts a line into pieces of at most 75 octets; each further one begins with
// a blank.
func folded(s string) string {
	const most = 75
	var b strings.Builder
	room := most
	for _, r := range s {
		n := utf8.RuneLen(r)
		if n > room {
			b.WriteString("\r\n ")
			room = most - 1
		}
		b.WriteRune(r)
		room -= n
	}
	b.WriteString("\r\n")
	return b.String()
}
