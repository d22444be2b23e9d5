package inventory

import (
	"context"
	"strings"

	"purser"
	"purser/internal/store"
)

// Found is one hit of the palette.
type Found struct {
	Kind string `json:"kind"` // instance, application, person, account, device
	Name string `json:"name"`
	Note string `json:"note,omitempty"` // what tells it from others of its name
	URL  string `json:"url"`
}

// Search looks for a few instances, applications, people, accounts and devices by name,
// address and serial number. What the actor may not see is not searched.
func (s *Service) Search(ctx context.Context, q string) ([]Found, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	q = strings.TrimSpace(q)
	out := []Found{}
	if len(q) < 2 {
		return out, nil
	}
	db := s.db.Read()
	page := purser.Page{Limit: 5}
	instances, err := store.Instances(ctx, db, store.InstanceFilter{Query: q})
	if err != nil {
		return nil, err
	}
	for _, i := range instances[:min(len(instances), 5)] {
		out = append(out, Found{Kind: "instance", Name: i.Name, Note: string(i.Status), URL: "/instances/" + i.ID})
	}
	if s.gate.Allow(ctx, purser.OpAccountRead) == nil {
		apps, err := store.Applications(ctx, db, store.ApplicationFilter{Query: q}, page, false)
		if err != nil {
			return nil, err
		}
		for _, a := range apps.Items {
			id := store.ApplicationID(a.ID)
			out = append(out, Found{Kind: "application", Name: a.Name, Note: a.Status, URL: "/applications/" + id})
		}
	}
	if !s.names(ctx) {
		return out, nil
	}
	if s.gate.Allow(ctx, purser.OpPersonRead) == nil {
		people, err := store.People(ctx, db, store.PersonFilter{Query: q}, page, false)
		if err != nil {
			return nil, err
		}
		for _, p := range people.Items {
			out = append(out, Found{Kind: "person", Name: orElse(p.DisplayName, p.Email), Note: p.Department, URL: "/people/" + p.ID})
		}
	}
	if s.gate.Allow(ctx, purser.OpAccountRead) == nil {
		accounts, err := store.Accounts(ctx, db, store.AccountFilter{Query: q}, page, false)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts.Items {
			out = append(out, Found{Kind: "account", Name: orElse(a.DisplayName, orElse(a.Email, a.ExternalID)), Note: a.InstanceName, URL: "/accounts/" + a.ID})
		}
	}
	if s.gate.Allow(ctx, purser.OpAccountRead) == nil {
		devices, err := store.Devices(ctx, db, store.DeviceFilter{Query: q}, page, false)
		if err != nil {
			return nil, err
		}
		for _, d := range devices.Items {
			out = append(out, Found{Kind: "device", Name: orElse(d.Name, orElse(d.SerialNumber, d.ExternalID)), Note: d.SerialNumber, URL: "/devices/" + d.ID})
		}
	}
	return out, nil
}
