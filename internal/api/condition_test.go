package api_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/api"
	"purser/internal/table"
)

// everybody may do everything.
type everybody struct{}

func (everybody) Allow(context.Context, purser.Operation) error { return nil }

// What the page of a list may be asked, its file may be asked by the API, and the other
// way round, but for what is named otherwise.
func TestTheAPIAsksOfAListWhatItsPageDoes(t *testing.T) {
	text, err := api.New(api.Options{}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct{ Parameters []struct{ Name, In string } }
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	differ := map[string]string{ // as "-name" of a page alone and "+name" of the API alone
		"people": "+instance -leavers +leavers_with_access +removed", "access-matrix": "+instance -leavers +leavers_with_access +removed",
		"devices":   "+left +matched -person",
		"unmatched": "+as_of +matched +removed"}
	for _, l := range table.New(table.Options{Gate: everybody{}}).Lists(t.Context()) {
		var found []string
		taken := map[string]bool{}
		for _, p := range spec.Paths["/api/v1/export/"+l.Name]["get"].Parameters {
			taken[p.Name] = p.In == "query"
		}
		for _, c := range l.Conditions {
			if !taken[c.Name] {
				found = append(found, "-"+c.Name)
			}
			delete(taken, c.Name)
		}
		for name := range taken {
			if !slices.Contains([]string{"any", "format", "columns", "cols", "sort", "desc"}, name) {
				found = append(found, "+"+name)
			}
		}
		slices.SortFunc(found, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
		if got := strings.Join(found, " "); got != differ[l.Name] {
			t.Errorf("%s: page and API differ by %q, want %q", l.Name, got, differ[l.Name])
		}
	}
}
