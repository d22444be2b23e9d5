package purser

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a machine without zone files keeps its schedules
)

// Bounds of a schedule: more often only costs the vendor's budget.
const (
	ScheduleShortest = 15 * time.Minute
	ScheduleLongest  = 31 * 24 * time.Hour
)

// Schedule says when a task runs: every so often, or from a given hour of the day on.
type Schedule struct {
	Every time.Duration `json:"every"`                // between two runs
	Hour  *int          `json:"start_hour,omitempty"` // 0 to 23: the first run of a day begins then; nil: counted from the last one
	Zone  string        `json:"zone,omitempty"`       // of the hour (IANA, such as Europe/Berlin); "" is UTC
}

// ParseInterval reads an interval: 90m, 6h, 2d, or any that Go writes.
func ParseInterval(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3660 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, Invalid("every", "%q is no time like 6h or 2d", text)
	}
	return d, nil
}

// Check returns what is wrong with a schedule, naming the field.
func (s Schedule) Check() error {
	switch {
	case s.Every < ScheduleShortest || s.Every > ScheduleLongest:
		return Invalid("every", "a task can run every 15 minutes to every 31 days")
	case s.Every%time.Minute != 0:
		return Invalid("every", "a schedule is made of whole minutes")
	case s.Hour != nil && (*s.Hour < 0 || *s.Hour > 23):
		return Invalid("start_hour", "an hour of the day is between 0 and 23")
	case s.Hour != nil && s.Every > 24*time.Hour && s.Every%(24*time.Hour) != 0:
		return Invalid("every", "with a start hour, choose up to 24 hours or whole days")
	}
	if _, err := s.location(); err != nil {
		return Invalid("zone", "%q is no time zone like Europe/Berlin", s.Zone)
	}
	return nil
}

func (s Schedule) location() (*time.Location, error) {
	if s.Zone == "Local" {
		return nil, fmt.Errorf("the machine's own zone has no name")
	}
	return time.LoadLocation(s.Zone)
}

// Next returns when a task that began at last is due again. With a start hour
// the days begin at that hour of the zone's clock: in a day that the clock makes
// shorter or longer nothing runs twice and nothing is left out.
func (s Schedule) Next(last time.Time) time.Time {
	zone, err := s.location()
	if s.Hour == nil || err != nil {
		return last.Add(max(s.Every, time.Minute))
	}
	day := s.dayOf(last, zone)
	if days := int(s.Every / (24 * time.Hour)); days > 0 {
		return s.start(day.AddDate(0, 0, days), zone)
	}
	begin, end := s.start(day, zone), s.start(day.AddDate(0, 0, 1), zone)
	next := begin.Add((last.Sub(begin)/s.Every + 1) * s.Every)
	if next.After(end) {
		return end
	}
	return next
}

// First returns when a task that waits for its start hour is due first: now
// where there is no such hour.
func (s Schedule) First(now time.Time) time.Time {
	zone, err := s.location()
	if s.Hour == nil || err != nil {
		return now
	}
	day := s.dayOf(now, zone)
	if s.Every < 24*time.Hour {
		return s.Next(now)
	}
	if begin := s.start(day, zone); !begin.Before(now) {
		return begin
	}
	return s.start(day.AddDate(0, 0, 1), zone)
}

// dayOf returns the date on which the schedule's day began that t belongs to.
func (s Schedule) dayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if s.start(day, zone).After(t) {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// start returns the moment of the start hour on a date. An hour that the clock
// leaves out begins when the clock goes on; of one that comes twice it is the first.
func (s Schedule) start(date time.Time, zone *time.Location) time.Time {
	y, m, d := date.Date()
	want := time.Date(y, m, d, *s.Hour, 0, 0, 0, time.UTC)
	at := time.Date(y, m, d, *s.Hour, 0, 0, 0, zone)
	// Of the two readings of the clock around a change the earlier one that shows
	// the hour, or else the first that has passed it.
	first := at.Add(-3 * time.Hour)
	for t := first; t.Before(at.Add(3 * time.Hour)); t = t.Add(15 * time.Minute) {
		shown := wall(t)
		if !shown.Before(want) {
			return t
		}
	}
	return at
}

// wall is what the clock of t's zone shows, as if it were UTC.
func wall(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// Days reads a range of calendar days, each of which may be "": it begins with
// the first and ends before the day after the second.
func Days(from, to string, zone *time.Location) (begin, end time.Time, err error) {
	if from != "" {
		if begin, err = time.ParseInLocation(time.DateOnly, from, zone); err != nil {
			return begin, end, Invalid("from", "%q is no date like 2026-01-31", from)
		}
	}
	if to != "" {
		if end, err = time.ParseInLocation(time.DateOnly, to, zone); err != nil {
			return begin, end, Invalid("to", "%q is no date like 2026-01-31", to)
		}
		end = end.AddDate(0, 0, 1)
	}
	return begin, end, nil
}
