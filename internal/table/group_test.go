package table_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/table"
)

// A row meets every condition outside of groups, and all conditions of one group.
func TestGroupsOfConditionsSelectWhatMeetsOneOfThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("ada", purser.RoleAdmin)
		h.exec(`UPDATE "person" SET employment = 'on_leave' WHERE external_id = 'p2'`)
		for address, want := range map[string]string{
			"any1.department=Legal": "Bea",
			"any1.department=Sales&any1.employment=on_leave&any2.department=Legal":                  "Bea Cem",
			"any1.department=Sales&any1.department=Legal":                                           "'=1+1 Bea Cem",
			"employment=employed&any1.department=Sales&any2.employment=on_leave":                    "'=1+1",
			"any1.department=Legal&any9.employment=on_leave":                                        "Bea Cem",
			"any1.planet=Mars&any2.department=":                                                     "'=1+1 Bea Cem", // nothing that is known: no group
			"any1.planet=Mars&any1.department=Legal&any12.department=Sales&any1.any2.department=No": "Bea",
		} {
			var file bytes.Buffer
			if err := h.Write(ctx, "people", query(t, address), "csv", false, &file); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&file).ReadAll()
			var names []string
			for _, r := range rows[1:] {
				names = append(names, r[0])
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); err != nil || got != want {
				t.Errorf("%s selects %q, want %q (%v)", address, got, want, err)
			}
		}
		// Every list takes the groups that it names, on both databases.
		for _, l := range h.Lists(ctx) {
			values := map[string]string{"matched": "yes", "external": "yes", "use": "never", "disputed": "1", "compliant": "no", "encrypted": "no", "seen": "never", "person": "left", "platform": "macos",
				"ownership": "personal", "read": "sso", "standing": "due", "decision": "renew", "owner": "usr_ada", "from": "2026-01-01", "until": "2026-12-31", "since": "2026-01-01",
				"kind": "unused_seat", "state": "open", "currency": "EUR", "task": "hr_roster", "trigger": "manual", "status": "managed", "instance": "", "employment": "ended", "department": "Sales", "type": "bill", "seat": "1"}
			address := ""
			for n, name := range l.Groups {
				if l.Name == "accounts" && (name == "external" || name == "kind") {
					continue // the house has no mail domains
				}
				address += "&" + table.Group(n%3+1, name) + "=" + values[name]
			}
			var file bytes.Buffer
			if err := h.Write(ctx, l.Name, query(t, address), "csv", true, &file); err != nil {
				t.Errorf("%s?%s: %v", l.Name, address, err)
			}
		}
		q, err := table.WithGroups("people", []string{"department=Sales&department=Legal&employment=ended", "disputed=1"})
		if err != nil || q.Encode() != "any1.department=Sales&any1.department=Legal&any1.employment=ended&any2.disputed=1" {
			t.Errorf("%s, %v", q.Encode(), err)
		}
		for _, bad := range []string{"planet=Mars", "", "q=Bea", "leavers=1"} {
			if _, err := table.WithGroups("people", []string{bad}); err == nil {
				t.Errorf("%q is a group of people", bad)
			}
		}
	})
}

// Whoever may not search names does not search them in a group.
func TestAGroupAsksForNothingThatIsHidden(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fin := h.as("fin", purser.RoleFinance)
		var file bytes.Buffer
		if err := h.Write(fin, "people", query(t, "cols=person&any1.q=Bea"), "csv", false, &file); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(file.String(), "\n"); n != 4 {
			t.Errorf("a search in a group selects: %q", file.String())
		}
	})
}
