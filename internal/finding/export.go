package finding

import (
	"context"
	"time"

	"purser"
)

// Each hands every finding of a filter to fn, the newest first, as the reader may see it.
func (s *Service) Each(ctx context.Context, f Filter, fn func(purser.Finding) error) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	page := purser.Page{Limit: 1000}
	for {
		list, err := s.List(ctx, f, page)
		if err != nil {
			return err
		}
		for _, x := range list.Items {
			if err := fn(x); err != nil {
				return err
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
}

// ExportColumns are the columns of an export of findings, in the order of [ExportRow].
func ExportColumns() []string {
	return []string{"id", "kind", "finding", "application", "instance", "account", "person", "annual", "currency", "no_value_because", "realizable_on", "owner", "found_at", "state",
		"until", "reason", "decided_by", "decided_at", "gone_at"}
}

// ExportRow is a finding as a line of a table.
func ExportRow(f purser.Finding) []string {
	annual, currency := "", ""
	if f.Annual != nil {
		annual, currency = f.Annual.Decimal(), f.Annual.Currency
	}
	return []string{f.ID, string(f.Kind), f.Sentence, f.ApplicationName, f.InstanceName, f.AccountID, f.PersonID, annual, currency, f.Unvalued, f.RealizableOn, f.Owner,
		moment(f.FoundAt), f.State, f.Until, f.Reason, f.DecidedBy, moment(f.DecidedAt), moment(f.GoneAt)}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
