package license

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Set keeps what is entered of a plan: of a vendor's (pln_…) or of one by hand (lic_…).
func (s *Service) Set(ctx context.Context, id string, t purser.PlanTerms) error {
	if err := s.Gate.Allow(ctx, purser.OpLicenseSet); err != nil {
		return err
	}
	row, err := checked(t)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, source := store.TermRow{}, ""
		if no := store.KeyOf("lic_", id); no != 0 {
			hand, err := store.HandPlans(ctx, tx, 0)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(hand, func(r store.TermRow) bool { return r.No == no })
			if at < 0 {
				return purser.NotFound("plan", id)
			}
			before = hand[at]
			row.Source, row.ExternalID, row.Application, row.Name = before.Source, before.ExternalID, before.Application, before.Name
		} else {
			rows, err := store.Plans(ctx, tx, store.PlanFilter{ID: store.KeyOf("pln_", id)}, purser.Page{Limit: 1}, false)
			if err != nil {
				return err
			}
			if store.KeyOf("pln_", id) == 0 || len(rows.Items) == 0 {
				return purser.NotFound("plan", id)
			}
			plan := rows.Items[0]
			i, err := store.Instance(ctx, tx, plan.InstanceID)
			if err != nil {
				return err
			}
			if before, _, err = store.TermOf(ctx, tx, plan.InstanceID, plan.ExternalID); err != nil {
				return err
			}
			row.Source, row.ExternalID, row.Application = plan.InstanceID, plan.ExternalID, store.KeyOf("app_", i.Application)
			row.Name, source = plan.Name, plan.InstanceID
		}
		was, err := store.PartsOf(ctx, tx, source, row.ExternalID)
		if err != nil {
			return err
		}
		parts, err := contain(ctx, tx, source, row.ExternalID, t.Contains, was)
		if err != nil {
			return err
		}
		return s.keep(ctx, tx, id, before, row, was, parts)
	})
}

// Add enters a plan of which no vendor tells anything.
func (s *Service) Add(ctx context.Context, application, name string, t purser.PlanTerms) error {
	if err := s.Gate.Allow(ctx, purser.OpLicenseSet); err != nil {
		return err
	}
	row, err := checked(t)
	if err != nil {
		return err
	}
	if row.Name = strings.TrimSpace(name); row.Name == "" || len(row.Name) > 200 {
		return purser.Invalid("name", "a plan needs a name of at most 200 characters")
	}
	row.Application = store.KeyOf("app_", application)
	row.ExternalID = application + "/" + strings.ToLower(row.Name)
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, ok, err := store.ApplicationByID(ctx, tx, row.Application); err != nil {
			return err
		} else if !ok {
			return purser.NotFound("application", application)
		}
		if _, ok, err := store.TermOf(ctx, tx, "", row.ExternalID); err != nil {
			return err
		} else if ok {
			return purser.Invalid("name", "the application has a plan of that name already")
		}
		return s.keep(ctx, tx, application, store.TermRow{}, row, nil, nil)
	})
}

// contain notes which plans of an instance come with a bundle, by the vendor's
// identifier or by name, and returns them. Those that it contained already stay, also
// where the vendor does not list them any more.
func contain(ctx context.Context, tx bun.Tx, source, bundle string, named, was []string) (parts []string, err error) {
	named = slices.DeleteFunc(slices.Clone(named), func(s string) bool { return strings.TrimSpace(s) == "" })
	if source == "" {
		if len(named) > 0 {
			return nil, purser.Invalid("contains", "of a plan by hand nobody says who holds it; enter the bundle at the vendor's plan")
		}
		return nil, nil
	}
	i, err := store.Instance(ctx, tx, source)
	if err != nil {
		return nil, err
	}
	plans, err := store.Plans(ctx, tx, store.PlanFilter{InstanceNos: []int64{i.No}}, purser.Page{Limit: 1000}, false)
	if err != nil {
		return nil, err
	}
	for _, text := range named {
		part := strings.TrimSpace(text)
		at := slices.IndexFunc(plans.Items, func(p purser.Plan) bool { return p.ExternalID == part || strings.EqualFold(p.Name, part) })
		switch {
		case at >= 0:
			part = plans.Items[at].ExternalID
		case !slices.Contains(was, part):
			return nil, purser.Invalid("contains", "%s has no plan %q", i.Name, part)
		}
		if part == bundle {
			return nil, purser.Invalid("contains", "a plan does not contain itself")
		}
		if back, err := contains(ctx, tx, source, part, bundle); err != nil {
			return nil, err
		} else if back {
			return nil, purser.Invalid("contains", "%q contains this plan already: two plans do not contain each other", text)
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts, store.PutParts(ctx, tx, source, bundle, parts)
}

// contains reports whether a plan comes with a bundle, also by what that contains.
func contains(ctx context.Context, tx bun.Tx, source, bundle, plan string) (bool, error) {
	for open, seen := []string{bundle}, map[string]bool{}; len(open) > 0; open = open[1:] {
		if seen[open[0]] {
			continue
		}
		seen[open[0]] = true
		parts, err := store.PartsOf(ctx, tx, source, open[0])
		if err != nil || slices.Contains(parts, plan) {
			return err == nil, err
		}
		open = append(open, parts...)
	}
	return false, nil
}

func (s *Service) keep(ctx context.Context, tx bun.Tx, object string, before, row store.TermRow, was, parts []string) error {
	if err := store.PutTerm(ctx, tx, row, purser.MicrosOf(s.Now())); err != nil {
		return err
	}
	if err := store.MarkFindings(ctx, tx, row.Application); err != nil {
		return err
	}
	e := audit.Entry{Operation: purser.OpLicenseSet, Object: object, ObjectName: row.Name, After: facts(row, parts), At: s.Now()}
	if before.Model != "" {
		e.Before = facts(before, was)
	}
	return audit.Append(ctx, tx, e)
}

// facts are terms as the audit log has them: prices are left out, as not everybody
// who reads it may see money.
func facts(r store.TermRow, contains []string) map[string]any {
	f := map[string]any{"model": r.Model, "family": r.Family, "bought": r.Bought, "included": r.Included, "minimum": r.Minimum, "free": r.Free,
		"priced": r.Price != nil, "currency": r.Currency, "period": r.Period, "ends_on": r.EndsOn}
	if len(contains) > 0 {
		f["contains"] = contains
	}
	return f
}

func checked(t purser.PlanTerms) (r store.TermRow, err error) {
	if t.Model == "" {
		t.Model = "per_user"
	}
	if !slices.Contains([]string{"per_user", "per_unit", "flat"}, t.Model) {
		return r, purser.Invalid("model", "a plan is paid per_user, per_unit or flat")
	}
	if !slices.Contains([]string{"", "month", "year"}, t.Period) {
		return r, purser.Invalid("period", "a price pays for a month or a year")
	}
	const limit = 10_000_000
	for name, n := range map[string]int64{"included": t.Included, "minimum": t.Minimum, "free": t.Free} {
		if n < 0 || n > limit {
			return r, purser.Invalid(name, "name a number from 0 to %d", limit)
		}
	}
	if t.Bought != nil && (*t.Bought < 0 || *t.Bought > limit) {
		return r, purser.Invalid("bought", "name a number from 0 to %d", limit)
	}
	if t.EndsOn != "" {
		if _, err := time.Parse(time.DateOnly, t.EndsOn); err != nil {
			return r, purser.Invalid("ends_on", "name a day as YYYY-MM-DD")
		}
	}
	r = store.TermRow{Model: t.Model, Family: strings.TrimSpace(t.Family), Bought: t.Bought, Included: t.Included, Minimum: t.Minimum, Free: t.Free, Period: t.Period, EndsOn: t.EndsOn}
	if t.Price != nil {
		if t.Price.Minor < 0 || t.Price.Minor > 1_000_000_000_000 || len(t.Price.Currency) != 3 {
			return r, purser.Invalid("price", "name an amount and a currency of three letters")
		}
		r.Price, r.Currency = &t.Price.Minor, strings.ToUpper(t.Price.Currency)
	}
	return r, nil
}
