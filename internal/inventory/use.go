package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// MaxUseDays is the longest threshold of use.
const MaxUseDays = 730

// Thresholds are the usual numbers of days without use.
func Thresholds() []int { return []int{15, 30, 60, 90, 120} }

// Use is how an application is used.
type Use struct {
	Application string          `json:"application"`
	Name        string          `json:"name"`
	Days        int             `json:"threshold_days"` // of the application
	Now         UseCounts       `json:"now"`            // with that threshold
	Others      []UseCounts     `json:"others"`         // what other thresholds would select
	Direct      bool            `json:"direct"`         // its own instances tell; else identity providers
	Sources     []UseSource     `json:"sources"`
	Weeks       []UseWeek       `json:"weeks"`       // the last twelve, the earliest first
	DaysActive  []DaysActive    `json:"days_active"` // of the last 30 days
	Departments []DepartmentUse `json:"departments"` // holders of seats; without people whose department nobody knows
}

// UseCounts are the accounts of each class of use at one threshold.
type UseCounts struct {
	Days     int   `json:"threshold_days"`
	Active   int64 `json:"active"`
	Inactive int64 `json:"inactive"`
	Never    int64 `json:"never"`
	Unknown  int64 `json:"unknown"`
	// Seats are what the threshold finds unused of seats; of the threshold that is set, and of
	// the one that was asked for.
	Seats *UnusedSeats `json:"unused_seats,omitempty"`
}

// UnusedSeats are the seats of which a threshold would say that they are not used, whatever was
// decided about them.
type UnusedSeats struct {
	N        int64          `json:"seats"`
	Unvalued int64          `json:"without_value"`    // of which nobody knows the price; 0 where money is hidden
	Annual   []purser.Money `json:"annual,omitempty"` // a sum for each currency; nil where money is hidden
}

// Idle is how many accounts the threshold selects.
func (c UseCounts) Idle() int64 { return c.Inactive + c.Never }

// UseSource is what an instance tells of use.
type UseSource struct {
	InstanceID string    `json:"instance_id"`
	Name       string    `json:"name"`
	Told       int64     `json:"told"`             // accounts of which the vendor's list tells the last use
	Others     int64     `json:"others"`           // accounts of which it does not
	ReadAt     time.Time `json:"read_at,omitzero"` // when that list was read
	From       time.Time `json:"from,omitzero"`    // since when dated use is known without a gap; zero: it is not read
	Until      time.Time `json:"until,omitzero"`
	// KnownFrom is the first day from which dated use covers the threshold.
	KnownFrom time.Time `json:"known_from,omitzero"`
	Covers    bool      `json:"covers"` // dated use covers the threshold
}

// UseWeek is how many accounts used an application in a week.
type UseWeek struct {
	From     string `json:"from"` // Monday, YYYY-MM-DD
	Accounts int64  `json:"accounts"`
	Days     int64  `json:"days"`    // of use, over all accounts
	Covered  bool   `json:"covered"` // every source tells of all of it; else there may be more
}

// DaysActive is how many accounts used an application on so many of the last 30 days.
type DaysActive struct {
	Label    string `json:"label"`
	From     int    `json:"from_days"`
	To       int    `json:"to_days"`
	Accounts int64  `json:"accounts"` // live ones
}

// DepartmentUse is the use of the seats that a department holds.
type DepartmentUse struct {
	Department string `json:"department"` // "" for people without one, and seats of nobody
	Seats      int64  `json:"seats"`
	Closed     int64  `json:"closed"` // of closed accounts, which are in no class of use
	UseCounts
}

// ApplicationUse returns how an application is used; days is a threshold to look
// at beside the usual ones, 0 for none.
func (s *Service) ApplicationUse(ctx context.Context, id string, days int) (Use, error) {
	a, err := s.Application(ctx, id)
	if err != nil {
		return Use{}, err
	}
	if days < 0 || days > MaxUseDays {
		return Use{}, purser.Invalid("days", "a threshold is 1 to %d days", MaxUseDays)
	}
	no, db := store.KeyOf("app_", id), s.db.Read()
	u := Use{Application: id, Name: a.Name, Others: []UseCounts{}}
	if u.Days, err = store.UseDays(ctx, db, no); err != nil {
		return Use{}, err
	}
	if u.Direct, err = s.fedDirectly(ctx, no); err != nil {
		return Use{}, err
	}
	all := append(Thresholds(), u.Days)
	if days > 0 {
		all = append(all, days)
	}
	slices.Sort(all)
	both, ctx := errgroup.WithContext(ctx) // each reads many rows, and neither needs the other
	both.Go(func() error { return s.engagement(ctx, no, &u) })
	both.Go(func() error { return s.thresholds(ctx, no, &u, slices.Compact(all), days) })
	return u, both.Wait()
}

// thresholds adds what some thresholds would select, and what the one that is set and the one
// that is asked for find of seats.
func (s *Service) thresholds(ctx context.Context, no int64, u *Use, all []int, asked int) error {
	for _, n := range all {
		c, err := s.countsAt(ctx, no, u.Direct, n)
		if err != nil {
			return err
		}
		if n == u.Days || n == asked {
			if c.Seats, err = s.unusedSeats(ctx, no, n, n == u.Days); err != nil {
				return err
			}
		}
		if u.Others = append(u.Others, c); n == u.Days {
			u.Now = c
		}
	}
	return nil
}

func (s *Service) countsAt(ctx context.Context, no int64, direct bool, days int) (UseCounts, error) {
	read := store.DiscoveredUse
	if direct {
		read = store.DirectUse
	}
	rows, err := read(ctx, s.db.Read(), []int64{no}, s.useAt(days))
	r := rows[no]
	return UseCounts{Days: days, Active: r.Active, Inactive: r.Inactive, Never: r.Never, Unknown: r.Unknown}, err
}

// unusedSeats says what a threshold finds unused; what is set now was found already.
func (s *Service) unusedSeats(ctx context.Context, application int64, days int, set bool) (*UnusedSeats, error) {
	read := store.UnusedSeatsAt
	if set {
		read = store.UnusedSeatsFound
	}
	rows, err := read(ctx, s.db.Read(), application, s.useAt(days))
	if err != nil {
		return nil, err
	}
	out, money := &UnusedSeats{}, s.gate.Allow(ctx, purser.OpMoneyRead) == nil
	for _, r := range rows {
		if out.N += r.N; !money {
			continue
		}
		if out.Unvalued += r.N - r.Valued; r.Annual > 0 {
			out.Annual = purser.AddMoney(out.Annual, purser.Money{Minor: r.Annual, Currency: r.Currency})
		}
	}
	return out, nil
}

// SetThreshold sets after how many days without use an account of an application is inactive.
func (s *Service) SetThreshold(ctx context.Context, id string, days int) error {
	if err := s.gate.Allow(ctx, purser.OpApplicationSet); err != nil {
		return err
	}
	if days < 1 || days > MaxUseDays {
		return purser.Invalid("days", "a threshold is 1 to %d days", MaxUseDays)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no := store.KeyOf("app_", id)
		r, ok, err := store.ApplicationByID(ctx, tx, no)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("application", id)
		}
		before, err := store.UseDays(ctx, tx, no)
		if err != nil || before == days {
			return err
		}
		if err := store.SetUseDays(ctx, tx, no, days); err != nil {
			return err
		}
		if err := store.MarkFindings(ctx, tx, no); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpApplicationSet, Object: id, ObjectName: r.Name,
			Before: map[string]any{"use_days": before}, After: map[string]any{"use_days": days}, At: s.now()})
	})
}
