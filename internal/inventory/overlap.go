package inventory

import (
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// OverlapCategory is a category of the library of which several applications are used.
type OverlapCategory struct {
	Category     string               `json:"category"`
	Applications []OverlapApplication `json:"applications"` // the most used first
	// Shared is how many people have and use two of them, also through identity
	// providers alone; the most first.
	Shared []OverlapShared `json:"shared"`
}

// OverlapApplication is one of several applications that do the same.
type OverlapApplication struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Status   string `json:"status"`
	People   int64  `json:"people"`
	Accounts int64  `json:"accounts"`
	Active   int64  `json:"active"`
	Inactive int64  `json:"inactive"`
	Never    int64  `json:"never"`
	Unknown  int64  `json:"unknown"`
	Seats    *int64 `json:"seats"` // null: no vendor's list of seats is read
	URL      string `json:"url"`   // opens its accounts
	// What contracts say of it; nil for those who may not read contracts.
	Agreed *purser.Agreed `json:"agreed,omitempty"`
}

// OverlapShared is how many people have accounts in two applications.
type OverlapShared struct {
	A        string `json:"a"` // names
	B        string `json:"b"`
	AID      string `json:"a_id"`
	BID      string `json:"b_id"`
	People   int64  `json:"people"`
	Using    int64  `json:"using_both"`
	URL      string `json:"url"`       // opens the people
	UsingURL string `json:"using_url"` // opens those who use both
}

// mostTogether is how many applications of one category are held side by side.
const mostTogether = 40

// Overlap returns the categories of the library of which more than one application
// is used, those with the most people first. Applications that are ignored or closed,
// and those that nobody has an account in, are left out.
func (s *Service) Overlap(ctx context.Context) ([]OverlapCategory, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	by := map[string][]purser.Application{}
	err := each(ctx, purser.Page{}, func(ctx context.Context, p purser.Page) (purser.List[purser.Application], error) {
		return s.applications(ctx, store.ApplicationFilter{Status: []string{"new", "in_review", "managed", "accepted", "closing"}}, p, false)
	}, func(a purser.Application) error {
		if a.Category != "" && a.Accounts > 0 {
			by[a.Category] = append(by[a.Category], a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := []OverlapCategory{}
	for category, all := range by {
		if len(all) < 2 {
			continue
		}
		c, err := s.overlap(ctx, category, all)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	people := func(c OverlapCategory) (n int64) {
		for _, a := range c.Applications {
			n += a.People
		}
		return n
	}
	slices.SortFunc(out, func(a, b OverlapCategory) int {
		if x, y := people(a), people(b); x != y {
			return int(min(max(y-x, -1), 1))
		}
		return strings.Compare(a.Category, b.Category)
	})
	return out, nil
}

func (s *Service) overlap(ctx context.Context, category string, all []purser.Application) (OverlapCategory, error) {
	slices.SortStableFunc(all, func(a, b purser.Application) int { return int(min(max(b.People-a.People, -1), 1)) })
	all = all[:min(len(all), mostTogether)]
	c := OverlapCategory{Category: category, Shared: []OverlapShared{}}
	names, ids := map[int64]string{}, []int64{}
	for _, a := range all {
		no := store.KeyOf("app_", a.ID)
		names[no], ids = a.Name, append(ids, no)
	}
	seats, err := store.SeatsOfApplications(ctx, s.db.Read(), ids)
	if err != nil {
		return c, err
	}
	for i, a := range all {
		x := OverlapApplication{ID: a.ID, Name: a.Name, Status: a.Status, People: a.People, Accounts: a.Accounts, Active: a.Active, Inactive: a.Inactive,
			Never: a.Never, Unknown: a.Unknown, URL: "/accounts?application=" + a.ID, Agreed: a.Agreed}
		if n, ok := seats[ids[i]]; ok {
			x.Seats = &n
		}
		c.Applications = append(c.Applications, x)
	}
	shared, err := store.SharedByApplications(ctx, s.db.Read(), ids, s.useAt(0))
	for _, r := range shared {
		a, b := store.ApplicationID(r.A), store.ApplicationID(r.B)
		c.Shared = append(c.Shared, OverlapShared{A: names[r.A], B: names[r.B], AID: a, BID: b, People: r.People, Using: r.Using,
			URL: "/people?has=" + a + "&has=" + b, UsingURL: "/people?uses=" + a + "&uses=" + b})
	}
	slices.SortStableFunc(c.Shared, func(a, b OverlapShared) int { return int(min(max(b.People-a.People, -1), 1)) })
	return c, err
}
