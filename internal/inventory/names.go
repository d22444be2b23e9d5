package inventory

import (
	"context"

	"purser"
)

// names says whether the actor may see who people are. It is asked wherever
// accounts, people and devices are handed out.
func (s *Service) names(ctx context.Context) bool {
	return s.gate.Allow(ctx, purser.OpNameRead) == nil
}

// namedOnly refuses to search for names, which tells them.
func (s *Service) namedOnly(ctx context.Context, query string) error {
	if query == "" || s.names(ctx) {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemInvalid, Field: "q", What: "names of people are hidden for your role, so that they cannot be searched", Hint: "Leave the search empty and choose by filters, or ask somebody who may see names"}
}

// inOrder keeps the order of names from those who may not see them.
func (s *Service) inOrder(names bool, p purser.Page) purser.Page {
	if !names && (p.Sort == "" || p.Sort == "name") {
		p.Sort = "added"
	}
	return p
}

// nameless leaves names out of what a list holds, for those who may not see them.
func nameless[T interface{ WithoutNames() T }](items []T, names bool) []T {
	if !names {
		for i := range items {
			items[i] = items[i].WithoutNames()
		}
	}
	return items
}
