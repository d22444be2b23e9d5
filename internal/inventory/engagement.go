package inventory

import (
	"context"
	"time"

	"purser"
	"purser/internal/store"
)

// trendWeeks is how many whole weeks the trend of use shows.
const trendWeeks = 12

// engagement adds what use looks like over time and by department.
func (s *Service) engagement(ctx context.Context, no int64, u *Use) error {
	db, today := s.db.Read(), s.useAt(0).Today
	sources, err := store.UseSources(ctx, db, no, u.Direct)
	if err != nil {
		return err
	}
	u.Sources = make([]UseSource, 0, len(sources))
	for _, r := range sources {
		x := UseSource{InstanceID: r.InstanceID, Name: r.Name, Told: r.Told, Others: r.Others, ReadAt: r.ReadAt.Time(), From: r.From.Time(), Until: r.Until.Time()}
		if r.From != 0 {
			x.KnownFrom = knownFrom(x.From, u.Days)
			x.Covers = !x.KnownFrom.After(s.now()) && r.Until >= s.useAt(0).Fresh
		}
		u.Sources = append(u.Sources, x)
	}
	first := monday(today) - 7*(trendWeeks-1)
	weeks, err := store.WeeksOfUse(ctx, db, no, u.Direct, first)
	if err != nil {
		return err
	}
	u.Weeks = make([]UseWeek, trendWeeks)
	for i := range u.Weeks {
		from := first + int64(7*i)
		w := UseWeek{From: time.Unix(from*86400, 0).UTC().Format(time.DateOnly), Covered: len(u.Sources) > 0}
		begin, end := time.Unix(from*86400, 0), time.Unix(min(from+7, today)*86400, 0)
		for _, x := range u.Sources {
			w.Covered = w.Covered && !x.From.IsZero() && !x.From.After(begin) && !x.Until.Before(end)
		}
		u.Weeks[i] = w
	}
	for _, r := range weeks {
		if r.Week >= 0 && r.Week < trendWeeks {
			u.Weeks[r.Week].Accounts, u.Weeks[r.Week].Days = r.Accounts, r.Days
		}
	}
	days, err := store.DaysOfUse(ctx, db, no, u.Direct, today)
	if err != nil {
		return err
	}
	u.DaysActive = []DaysActive{{Label: "1 or 2 days", From: 1, To: 2}, {Label: "3 to 7 days", From: 3, To: 7}, {Label: "8 to 15 days", From: 8, To: 15},
		{Label: "16 days and more", From: 16, To: store.ActiveDays}}
	for _, r := range days {
		for i, x := range u.DaysActive {
			if int(r.Days) >= x.From && int(r.Days) <= x.To {
				u.DaysActive[i].Accounts += r.Accounts
			}
		}
	}
	u.Departments = []DepartmentUse{}
	if !u.Direct || s.gate.Allow(ctx, purser.OpPersonRead) != nil {
		return nil
	}
	rows, err := store.SeatsByDepartment(ctx, db, no, s.useAt(0))
	for _, r := range rows {
		u.Departments = append(u.Departments, DepartmentUse{Department: r.Department, Seats: r.Seats, Closed: r.Seats - r.Active - r.Inactive - r.Never - r.Unknown,
			UseCounts: UseCounts{Days: u.Days, Active: r.Active, Inactive: r.Inactive, Never: r.Never, Unknown: r.Unknown}})
	}
	return err
}

// monday is the day, since 1970 UTC, on which the week of a day began: the first was a Thursday.
func monday(day int64) int64 { return day - (day+3)%7 }
