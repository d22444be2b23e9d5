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
