package feed

import (
	"context"
	"slices"

	"purser"
	"purser/internal/store"
)

// Filter selects what an identity provider serves; zero fields select all.
type Filter struct {
	Query        string
	Managed      *bool
	Status       []string // of the application
	Unidentified bool     // nobody knows what they are
}

// Count is how many applications an instance serves.
type Count struct {
	All          int64 `json:"all"`
	Managed      int64 `json:"managed"`
	Unidentified int64 `json:"unidentified"`
	New          int64 `json:"new"` // applications that nobody has looked at: findings
}

// Integrated returns one page of what an instance of an identity provider serves.
func (s *Service) Integrated(ctx context.Context, instance string, f Filter, p purser.Page) (purser.List[purser.IntegratedApplication], error) {
	out := purser.List[purser.IntegratedApplication]{Items: []purser.IntegratedApplication{}}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instance)
	if err != nil {
		return out, err
	}
	rows, err := store.Integrated(ctx, s.db.Read(), store.IntegratedFilter{InstanceNo: i.No, Query: f.Query, Managed: f.Managed, Status: f.Status,
		Unidentified: f.Unidentified}, p, true)
	if err != nil {
		return out, err
	}
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	out.Items, err = s.integrated(ctx, rows.Items)
	return out, err
}

// IntegratedByID returns one of them.
func (s *Service) IntegratedByID(ctx context.Context, id string) (a purser.IntegratedApplication, err error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return a, err
	}
	r, err := s.row(ctx, id)
	if err != nil {
		return a, err
	}
	items, err := s.integrated(ctx, []store.IntegratedRow{r})
	if err != nil {
		return a, err
	}
	return items[0], nil
}

func (s *Service) row(ctx context.Context, id string) (r store.IntegratedRow, err error) {
	no := store.KeyOf(prefix, id)
	if no == 0 {
		return r, purser.NotFound("integrated application", id)
	}
	rows, err := store.Integrated(ctx, s.db.Read(), store.IntegratedFilter{ID: no}, purser.Page{Limit: 1}, false)
	if err != nil {
		return r, err
	}
	if len(rows.Items) == 0 {
		return r, purser.NotFound("integrated application", id)
	}
	return rows.Items[0], nil
}

// prefix begins the identifiers of what identity providers serve.
const prefix = "iap_"

// Count counts what an instance of an identity provider serves.
func (s *Service) Count(ctx context.Context, instance string) (c Count, err error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return c, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instance)
	if err != nil {
		return c, err
	}
	n, err := store.CountIntegrated(ctx, s.db.Read(), i.No)
	return Count(n), err
}

func (s *Service) integrated(ctx context.Context, rows []store.IntegratedRow) ([]purser.IntegratedApplication, error) {
	out := make([]purser.IntegratedApplication, 0, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ApplicationID
	}
	feeds, err := store.Feeds(ctx, s.db.Read(), ids)
	if err != nil {
		return out, err
	}
	names, err := store.ServedNames(ctx, s.db.Read(), rows[0].InstanceNo, ids)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		f := feeds[r.ApplicationID]
		a := purser.IntegratedApplication{ID: store.RowID(prefix, r.ID), InstanceID: r.InstanceID, ExternalID: r.ExternalID, Name: r.Name, State: r.State,
			SignOn: r.SignOn, ApplicationID: store.ApplicationID(r.ApplicationID), ApplicationName: r.ApplicationName, Status: r.Status, Managed: f.Managed(),
			Feed: f.Feed(s.at()), Library: r.Library, Connector: r.Connector, Confidence: r.Confidence, Why: r.How, Manual: r.Manual,
			Assigned: r.Assigned, SignedIn: r.SignedIn, SignIns: r.SignIns}
		if a.Connector == "" {
			a.Connector = r.Direct
		}
		if _, ok := s.connectors()[a.Connector]; !ok {
			a.Connector = ""
		}
		for _, n := range names[r.ApplicationID] {
			if n != r.Name && !slices.Contains(a.Also, n) {
				a.Also = append(a.Also, n)
			}
		}
		out = append(out, a)
	}
	return out, nil
}
