package inventory

import (
	"cmp"
	"context"
	"slices"

	"purser"
	"purser/internal/store"
)

// Worth is a connector that is worth connecting next, and why.
type Worth struct {
	Connector   string       `json:"connector"`
	Title       string       `json:"title"`
	Application string       `json:"application,omitempty"` // app_<number>: as an identity provider names it
	People      int64        `json:"people"`                // accounts of identity providers to which it is given
	Spend       purser.Money `json:"spend,omitzero"`        // lines of the last year in the organization's currency whose payee has its name
}

// WorthConnecting lists the connectors of which nothing is connected, though an
// identity provider gives the application to people or money goes to its vendor:
// the most people first, then the most money. Money is left out for those who
// may not see it.
func (s *Service) WorthConnecting(ctx context.Context) ([]Worth, error) {
	if err := s.gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	db := s.db.Read()
	connected, err := store.CountInstances(ctx, db)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for name, title := range s.connectors() {
		if connected[name] == 0 {
			titles[name] = title
		}
	}
	people := map[string]store.Discovered{}
	if s.gate.Allow(ctx, purser.OpAccountRead) == nil {
		if people, err = store.DiscoveredByName(ctx, db, titles); err != nil {
			return nil, err
		}
	}
	currency := s.organization(ctx).Currency
	spend := map[string]int64{}
	if currency != "" && s.mayMoney(ctx) {
		since := purser.AddMonths(s.zone.Today(ctx, s.now()), -12)
		if spend, err = store.SpendByPayee(ctx, db, titles, currency, since); err != nil {
			return nil, err
		}
	}
	out := []Worth{}
	for name, title := range titles {
		w := Worth{Connector: name, Title: title, Application: store.ApplicationID(people[name].Application), People: people[name].People}
		if spend[name] > 0 {
			w.Spend = purser.Money{Minor: spend[name], Currency: currency}
		}
		if w.People > 0 || w.Spend.Minor > 0 {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b Worth) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Spend.Minor, a.Spend.Minor), cmp.Compare(a.Title, b.Title))
	})
	return out[:min(len(out), 5)], nil
}
