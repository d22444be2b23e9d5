package oracle_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
)

// compareApplications holds what is said of each application against the papers about it,
// and its number and worth of findings against the findings that they open.
func (h *house) compareApplications(ctx context.Context, papers []paper, contracts *contract.Service) {
	h.t.Helper()
	list, err := h.inventory.Applications(ctx, inventory.ApplicationFilter{}, purser.Page{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var ids []string
	for _, a := range list.Items {
		ids = append(ids, a.ID)
	}
	agreed, err := contracts.Agreed(ctx, ids)
	if err != nil {
		h.t.Fatal(err)
	}
	open, err := h.findings.Of(ctx, ids)
	if err != nil {
		h.t.Fatal(err)
	}
	about, found := 0, int64(0)
	for _, a := range list.Items {
		if slices.ContainsFunc(papers, func(p paper) bool { return slices.Contains(p.about, a.Name) }) {
			about++
			h.compareAgreed(a.Name, papers, contracts, agreed[a.ID])
		} else if x := agreed[a.ID]; x.Contracts+x.Over != 0 {
			h.t.Errorf("%s: %+v, and no contract is about it", a.Name, x)
		}
		found += open[a.ID].Open
		h.compareOpen(a.Name, open[a.ID])
	}
	if about != 3 || found == 0 {
		h.t.Errorf("contracts are about %d applications, %d findings are open", about, found)
	}
	h.inOrder(ctx, "renewal", len(ids), func(id string) string {
		if next := agreed[id].Next; next != nil {
			return next.On
		}
		return store.NoDue // what renews never comes last
	})
	h.inOrder(ctx, "findings", len(ids), func(id string) string { return fmt.Sprintf("%019d", open[id].Open) })
}

// inOrder walks the applications in an order, both ways: each comes once, none before its turn.
func (h *house) inOrder(ctx context.Context, sort string, all int, key func(id string) string) {
	h.t.Helper()
	for _, desc := range []bool{false, true} {
		var keys []string
		for page := (purser.Page{Sort: sort, Desc: desc, Limit: 2}); ; {
			list, err := h.inventory.Applications(ctx, inventory.ApplicationFilter{}, page)
			if err != nil {
				h.t.Fatal(err)
			}
			for _, a := range list.Items {
				keys = append(keys, key(a.ID))
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		if desc {
			slices.Reverse(keys)
		}
		if len(keys) != all || !slices.IsSorted(keys) || keys[0] == keys[all-1] {
			h.t.Errorf("by %s, the other way %v: %d applications of %d, %v", sort, desc, len(keys), all, keys)
		}
	}
}

func (h *house) compareAgreed(name string, papers []paper, contracts *contract.Service, got purser.Agreed) {
	h.t.Helper()
	today := h.at.Format(time.DateOnly)
	alone, shared, next := map[string]int64{}, map[string]int64{}, ""
	running, over, unknown := int64(0), int64(0), int64(0)
	for _, p := range papers {
		if !slices.Contains(p.about, name) {
			continue
		}
		if p.over(today) {
			if p.decision != purser.DecisionCancel {
				over++
			}
			continue
		}
		running++
		switch {
		case p.yearly < 0:
			unknown++
		case len(p.about) > 1:
			shared[p.money] += p.yearly
		default:
			alone[p.money] += p.yearly
		}
		due := p.due()
		if p.decision != purser.Undecided {
			due = p.end
		}
		if due != "" && (next == "" || due < next) {
			next = due
		}
	}
	if got.Contracts != running || got.Over != over || got.Unknown != unknown || got.Next == nil || got.Next.On != next {
		h.t.Errorf("%s: %+v, next %+v; the oracle says %d run, %d are over, of %d nobody knows the cost, %q is next", name, got, got.Next, running, over, unknown, next)
	}
	h.sameSums(name, got.Yearly, alone)
	if len(shared)+len(got.Shared) > 0 {
		h.sameSums(name+" with others", got.Shared, shared)
	}
	if n := h.opened(contracts, got.URL); n != running {
		h.t.Errorf("%s opens %d contracts, it adds up %d", name, n, running)
	}
	if n := h.opened(contracts, got.OverURL); n != over {
		h.t.Errorf("%s opens %d contracts that are over, of %d", name, n, over)
	}
}

func (h *house) compareOpen(name string, got purser.OpenFindings) {
	h.t.Helper()
	u, err := url.Parse(got.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	rows, err := h.findings.List(h.t.Context(), finding.Filter{Application: u.Query().Get("application")}, purser.Page{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	sums, unvalued := map[string]int64{}, int64(0)
	for _, f := range rows.Items {
		if f.Annual == nil {
			unvalued++
		} else if f.Annual.Minor != 0 {
			sums[f.Annual.Currency] += f.Annual.Minor
		}
	}
	if got.Open != int64(len(rows.Items)) || got.Unvalued != unvalued {
		h.t.Errorf("%s: %+v, its rows are %d, %d without a value", name, got, len(rows.Items), unvalued)
	}
	if len(sums)+len(got.Annual) > 0 {
		h.sameSums("findings of "+name, got.Annual, sums)
	}
}
