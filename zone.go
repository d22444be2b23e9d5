package purser

import (
	"context"
	"time"
)

// Zone tells the time zone of the organization: its calendar days begin and end
// there. A nil Zone is UTC.
type Zone func(ctx context.Context) *time.Location

// Here is the time zone.
func (z Zone) Here(ctx context.Context) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z(ctx)
}

// Today is the calendar day of a moment.
func (z Zone) Today(ctx context.Context, now time.Time) string { return DayText(now.In(z.Here(ctx))) }

// EndOf is the last second of a calendar day, such as 2027-01-31; ok is false for what
// is no day.
func (z Zone) EndOf(ctx context.Context, day string) (end time.Time, ok bool) {
	d, ok := ParseDay(day)
	if !ok {
		return end, false
	}
	return time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, -1, 0, z.Here(ctx)), true
}
