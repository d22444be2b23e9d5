package table_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/table"
)

// A view that searches for a name would tell it to everybody with whom it is shared: who
// may not see names learns that there is the view and why it does not open, no more.
func TestAViewThatSearchesForANameIsWithheldFromWhoMayNotSeeNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ada, fin := h.as("ada", purser.RoleAdmin), h.as("fin", purser.RoleFinance)
		withheld := 0
		for _, l := range h.Lists(fin) {
			list := l.Name
			if !slices.ContainsFunc(l.Conditions, func(c table.Condition) bool { return c.Name == "q" }) || !tellsNames(h.Lists(ada), list) && list != "suspicious" { // whose columns all see, without names
				continue
			}
			withheld++
			v := h.save(ada, table.ViewInput{List: list, Name: "One of " + list, Query: "q=Beatrice&sort=", Shared: true})
			told, err := h.View(fin, v.ID)
			if err != nil {
				t.Fatal(err)
			}
			all, err := h.Views(fin, list)
			if err != nil || len(all) != 1 {
				t.Fatalf("%s: %d views, %v", list, len(all), err)
			}
			if text, _ := json.Marshal([]any{told, all}); strings.Contains(string(text), "Beatrice") || !strings.Contains(told.Withheld, "name") {
				t.Errorf("%s: finance is told %s", list, text)
			}
			var p *purser.Problem
			if err := told.Opens(); !errors.As(err, &p) || p.Kind != purser.ProblemForbidden || p.Hint == "" {
				t.Errorf("%s: it opens: %v", list, err)
			}
			if _, err := h.Subscribe(fin, v.ID, "weekly"); err == nil {
				t.Errorf("%s: finance gets it by mail", list)
			}
			if _, err := h.Subscribe(fin, v.ID, ""); err != nil {
				t.Errorf("%s: a mail that began with another role does not end: %v", list, err)
			}
			if seen, err := h.View(h.as("opa", purser.RoleOperator), v.ID); err != nil || seen.Opens() != nil || !strings.Contains(seen.Query, "Beatrice") {
				t.Errorf("%s: an operator sees %+v, %v", list, seen, err)
			}
		}
		if withheld != 9 {
			t.Errorf("%d lists are searched by names", withheld)
		}
		for _, in := range []table.ViewInput{{List: "people", Query: "department=Sales&q="}, {List: "applications", Query: "q=Chat"}, {List: "contracts", Query: "q=Chat"}} {
			in.Name, in.Shared = "Of things", true
			if v, err := h.View(fin, h.save(ada, in).ID); err != nil || v.Opens() != nil || v.Query == "" {
				t.Errorf("%s: %+v, %v", in.List, v, err)
			}
		}
		if v := h.save(fin, table.ViewInput{List: "findings", Name: "Chat", Query: "q=Chat"}); v.Opens() != nil || v.Query != "q=Chat" {
			t.Errorf("what finance wrote is withheld from finance: %+v", v)
		}
	})
}

// tellsNames says whether a list has a column that is for those alone who may see names.
func tellsNames(lists []table.Info, name string) bool {
	return slices.ContainsFunc(lists, func(l table.Info) bool {
		return l.Name == name && slices.ContainsFunc(l.Columns, func(c table.Head) bool { return c.Op == purser.OpNameRead })
	})
}
