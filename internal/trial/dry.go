package trial

import (
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/manifest"
)

// Requested is a request that would be made.
type Requested struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Body   string `json:"body,omitempty"`
}

// Dry returns the requests of an action for a record, whose fields stand by their
// names, and by account.name or given.name where those of the record differ. Nothing
// is sent, and no credential stands in them.
func (t *Trial) Dry(action string, record map[string]string) ([]Requested, error) {
	at := slices.IndexFunc(t.connector.Actions, func(a *manifest.CompiledAction) bool { return a.Name == action })
	if at < 0 {
		names := make([]string, len(t.connector.Actions))
		for i, a := range t.connector.Actions {
			names[i] = a.Name
		}
		return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "action", What: fmt.Sprintf("%q is no action of %s", action, t.connector.Manifest.Title),
			Hint: "There are: " + strings.Join(names, ", ")}
	}
	a := t.connector.Actions[at]
	vars := func(name string) (string, bool) {
		if v, ok := record[name]; ok { // account.email beside the fields of a seat
			return v, true
		}
		if root, field, _ := strings.Cut(name, "."); slices.Contains([]string{"account", "record", "given"}, root) {
			v, ok := record[field]
			return v, ok
		}
		return connect.Vars(t.instance)(name)
	}
	var out []Requested
	for _, step := range a.Steps {
		built, err := step.Build(vars, manifest.Added{})
		if err != nil {
			return nil, fmt.Errorf("%s needs a value that the record does not have: %w", action, err)
		}
		out = append(out, Requested{Method: built.Method, URL: built.URL, Body: string(built.Body)})
	}
	return out, nil
}
