package feed

import (
	"context"
	"strings"

	"purser"
	"purser/internal/store"
	"purser/library"
)

// Candidate is something that an integrated application could be.
type Candidate struct {
	Application string `json:"application,omitempty"` // app_<number>, where it is there already
	Library     string `json:"library,omitempty"`     // its name in the library
	Name        string `json:"name"`
	About       string `json:"about"` // vendor and category, or its status
}

// mostSuggested is how many suggestions of a kind there are.
const mostSuggested = 8

// Suggest returns what an integrated application could be: applications that are
// there and those of the library, by a part of their name or address. Without a
// query its own name is looked for, then its first word.
func (s *Service) Suggest(ctx context.Context, id, query string) ([]Candidate, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	r, err := s.row(ctx, id)
	if err != nil {
		return nil, err
	}
	queries := []string{query}
	if query == "" {
		queries = []string{r.Name}
		if first, _, more := strings.Cut(r.Name, " "); more && len(first) > 2 {
			queries = append(queries, first)
		}
	}
	var out []Candidate
	seen := map[string]bool{}
	for _, q := range queries {
		list, err := store.Applications(ctx, s.db.Read(), store.ApplicationFilter{Query: q}, purser.Page{Limit: mostSuggested}, false)
		if err != nil {
			return nil, err
		}
		for _, a := range list.Items {
			if key := library.Key(a.Name); !seen[key] && a.ID != r.ApplicationID {
				seen[key] = true
				out = append(out, Candidate{Application: store.ApplicationID(a.ID), Name: a.Name, About: "one of your applications"})
			}
		}
	}
	l, err := s.library()
	if err != nil || l == nil {
		return out, err
	}
	n := 0
	for _, q := range queries {
		for _, a := range l.Search(q) {
			if key := library.Key(a.Name); !seen[key] && n < mostSuggested {
				seen[key] = true
				n++
				out = append(out, Candidate{Library: a.Name, Name: a.Name, About: a.Vendor + ", " + a.CategoryTitle})
			}
		}
	}
	return out, nil
}
