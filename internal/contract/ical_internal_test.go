package contract

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzCalendarText: whatever stands in a contract, each line is one property, short
// enough, and the texts come back as they were.
func FuzzCalendarText(f *testing.F) {
	for _, s := range []string{"", "Chat", "a,b;c\\d\nEND:VEVENT\r\nBEGIN:VEVENT", strings.Repeat("é", 100), strings.Repeat("x", 74) + "漢字", "\u2028\x00\x7f\ufeff", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := calendarText("Deadlines", []calendarEvent{{UID: "ctr_1-1@purser", Day: "2027-01-31", Stamp: time.Unix(0, 0), Summary: s, Description: s}})
		if !strings.HasSuffix(text, "END:VCALENDAR\r\n") || !utf8.ValidString(text) {
			t.Fatalf("not whole: %q", text)
		}
		for line := range strings.SplitSeq(text, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00\t") {
				t.Fatalf("a line of %d octets: %q", len(line), line)
			}
		}
		unfolded := strings.ReplaceAll(text, "\r\n ", "")
		if n := strings.Count(unfolded, "\r\nBEGIN:VEVENT\r\n"); n != 1 {
			t.Fatalf("%d events", n)
		}
		_, after, _ := strings.Cut(unfolded, "\r\nSUMMARY:")
		value, _, _ := strings.Cut(after, "\r\n")
		back := strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(value)
		want := strings.Map(func(r rune) rune {
			switch {
			case r == '\t':
				return ' '
			case r == '\n':
				return r
			case r < ' ' || r == 0x7f:
				return -1
			}
			return r
		}, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd")))
		if back != want {
			t.Fatalf("%q came back as %q", want, back)
		}
	})
}
