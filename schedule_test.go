package purser_test

import (
	"strings"
	"testing"
	"time"

	"purser"
)

func at(hour int) *int { return &hour }

// slots follows a schedule from a moment on and writes each time in its zone.
func slots(t *testing.T, s purser.Schedule, from string, n int) string {
	t.Helper()
	last, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for range n {
		last = s.Next(last)
		out = append(out, last.In(zone).Format("02T15:04-07"))
	}
	return strings.Join(out, " ")
}

func TestAScheduleKeepsItsHourWhenTheClockChanges(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		what string
		s    purser.Schedule
		from string
		want string
	}{
		{"daily over the spring change", purser.Schedule{Every: day, Hour: at(6), Zone: "Europe/Berlin"}, "2026-03-28T05:00:00Z", "29T06:00+02 30T06:00+02"},
		{"daily over the autumn change", purser.Schedule{Every: day, Hour: at(6), Zone: "Europe/Berlin"}, "2026-10-24T04:00:00Z", "25T06:00+01 26T06:00+01"},
		{"an hour that is left out", purser.Schedule{Every: day, Hour: at(2), Zone: "Europe/Berlin"}, "2026-03-28T01:00:00Z", "29T03:00+02 30T02:00+02"},
		{"an hour that comes twice", purser.Schedule{Every: day, Hour: at(2), Zone: "Europe/Berlin"}, "2026-10-24T00:00:00Z", "25T02:00+02 26T02:00+01"},
		{"several a day over the spring change", purser.Schedule{Every: 6 * time.Hour, Hour: at(1), Zone: "Europe/Berlin"}, "2026-03-29T00:00:00Z",
			"29T08:00+02 29T14:00+02 29T20:00+02 30T01:00+02"},
		{"several a day over the autumn change", purser.Schedule{Every: 6 * time.Hour, Hour: at(1), Zone: "Europe/Berlin"}, "2026-10-24T23:00:00Z",
			"25T06:00+01 25T12:00+01 25T18:00+01 26T00:00+01 26T01:00+01"},
		{"a week", purser.Schedule{Every: 7 * day, Hour: at(22), Zone: "America/New_York"}, "2026-10-30T02:00:00Z", "05T22:00-05 12T22:00-05"},
		{"a late start keeps the hour", purser.Schedule{Every: day, Hour: at(6)}, "2026-11-22T07:40:00Z", "23T06:00+00 24T06:00+00"},
		{"a start after midnight belongs to the day before", purser.Schedule{Every: 2 * day, Hour: at(22)}, "2026-11-23T01:00:00Z", "24T22:00+00"},
		{"half an hour's zone", purser.Schedule{Every: day, Hour: at(5), Zone: "Asia/Kolkata"}, "2026-11-22T00:00:00Z", "23T05:00+05"},
		{"without an hour it counts from the last", purser.Schedule{Every: 90 * time.Minute}, "2026-11-22T00:10:00Z", "22T01:40+00 22T03:10+00"},
	} {
		n := len(strings.Fields(c.want))
		if got := slots(t, c.s, c.from, n); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestTheFirstRunOfAScheduleWaitsForItsHour(t *testing.T) {
	now := time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		s    purser.Schedule
		want time.Time
	}{
		{purser.Schedule{Every: 24 * time.Hour}, now},
		{purser.Schedule{Every: 24 * time.Hour, Hour: at(7)}, now},
		{purser.Schedule{Every: 72 * time.Hour, Hour: at(6)}, now.Add(23 * time.Hour)},
		{purser.Schedule{Every: 72 * time.Hour, Hour: at(9)}, now.Add(2 * time.Hour)},
		{purser.Schedule{Every: 6 * time.Hour, Hour: at(3)}, now.Add(2 * time.Hour)},
	} {
		if got := c.s.First(now); !got.Equal(c.want) {
			t.Errorf("%+v is due first at %s, want %s", c.s, got, c.want)
		}
	}
}

func TestAScheduleThatCannotBeIsRefusedByItsField(t *testing.T) {
	for field, s := range map[string]purser.Schedule{
		"every":      {Every: time.Minute},
		"start_hour": {Every: time.Hour, Hour: at(24)},
		"zone":       {Every: time.Hour, Zone: "Middle/Earth"},
	} {
		p, ok := s.Check().(*purser.Problem)
		if !ok || p.Field != field {
			t.Errorf("%+v: %v, want a problem of %s", s, s.Check(), field)
		}
	}
	for _, s := range []purser.Schedule{{Every: 36 * time.Hour, Hour: at(1)}, {Every: 32 * 24 * time.Hour}, {Every: time.Hour, Zone: "Local"}, {Every: time.Hour + time.Second}} {
		if s.Check() == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}
