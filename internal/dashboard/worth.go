package dashboard

import (
	"context"
	"net/url"

	"purser"
	"purser/internal/finding"
)

// FindingWorth is what open findings are worth in a year, if all of them were acted on.
type FindingWorth struct {
	Open     int64           `json:"open"`
	Valued   []KindWorth     `json:"valued,omitempty"` // by currency, then by kind, the most pressing first
	Annual   []purser.Money  `json:"annual,omitempty"` // a sum for each currency
	Unvalued int64           `json:"without_value"`    // not about money, or of which nobody knows the price
	Counts   []finding.Count `json:"counts"`
	Hidden   string          `json:"hidden,omitempty"`
	URL      string          `json:"url"`
	How      string          `json:"how"`
}

// KindWorth is what the open findings of a kind are worth in one currency.
type KindWorth struct {
	Kind   purser.FindingKind `json:"kind"`
	Annual purser.Money       `json:"annual"`
	URL    string             `json:"url"` // opens these, the largest first
}

func (s *Service) worth(ctx context.Context) (w FindingWorth, err error) {
	w = FindingWorth{Counts: []finding.Count{}, URL: "/findings", How: "What the seats and plans of open findings cost in a year. Unknown use and unknown prices are worth nothing here; " +
		"currencies are never added up; what was put off, accepted or done is left out. It can be saved from the day on that each finding names."}
	if !s.may(ctx, purser.OpFindingRead) {
		w.Hidden = hiddenMoney
		return w, nil
	}
	if !s.may(ctx, purser.OpMoneyRead) {
		w.Hidden = hiddenMoney
	}
	counts, err := s.Findings.Counts(ctx, finding.Filter{})
	if err != nil {
		return w, err
	}
	for _, c := range counts {
		w.Counts = append(w.Counts, c)
		w.Open += c.N
		w.Annual = purser.AddMoney(w.Annual, c.Annual...)
		w.Unvalued += c.Unvalued
	}
	for _, sum := range w.Annual {
		for _, c := range counts {
			for _, m := range c.Annual {
				if m.Currency == sum.Currency {
					q := url.Values{"kind": {string(c.Kind)}, "currency": {m.Currency}, "sort": {"value"}, "desc": {"1"}}
					w.Valued = append(w.Valued, KindWorth{Kind: c.Kind, Annual: m, URL: "/findings?" + q.Encode()})
				}
			}
		}
	}
	if w.Hidden != "" {
		w.Unvalued = 0 // whether a price is known is part of it
	}
	return w, nil
}
