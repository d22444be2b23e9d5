package table_test

import (
	"bytes"
	"encoding/csv"
	"errors"
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
			"any1.department=Sales&any1.employment=on_leave&any2.department=Legal": "Bea Cem",
			"any1.department=Sales&any1.department=Legal":                          "'=1+1 Bea Cem",
			"employment=employed&any1.department=Sales&any2.employment=on_leave":   "'=1+1",
			"any1.department=Legal&any9.employment=on_leave":                       "Bea Cem",
			"any1.planet=&any2.department=":                                        "'=1+1 Bea Cem", // nothing is asked for: no group
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
			values := map[string]string{"matched": "yes", "admin": "yes", "way": "direct", "used": "never", "what": "joined", "local": "no", "checklist": "no", "external": "yes", "use": "never", "disputed": "1", "compliant": "no", "encrypted": "no", "seen": "never", "person": "left", "platform": "macos",
				"ownership": "personal", "read": "sso", "standing": "due", "decision": "renew", "owner": "usr_ada", "from": "2026-01-01", "until": "2026-12-31", "since": "2026-01-01",
				"kind": "unused_seat", "state": "open", "currency": "EUR", "task": "hr_roster", "trigger": "manual", "status": "unknown", "instance": "", "employment": "ended", "department": "Sales", "type": "bill", "seat": "1", "seats": "idle"}
			address := ""
			for n, name := range l.Groups {
				if (l.Name == "accounts" || l.Name == "unmatched") && (name == "external" || name == "kind") {
					continue // the house has no mail domains
				}
				if own := map[string]string{"applications status": "managed", "runs state": "queued", "suspicious kind": "used_not_in_hr"}[l.Name+" "+name]; own != "" {
					values[name] = own
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
		for _, bad := range []string{"planet=Mars", "", "q=Bea", "leavers=1", "department=", "disputed=yes"} {
			if _, err := table.WithGroups("people", []string{bad}); err == nil {
				t.Errorf("%q is a group of people", bad)
			}
		}
	})
}

// What is not known of a row can be asked for in a group as it can be beside them.
func TestAGroupAsksForADepartmentThatIsNotKnown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.exec(`INSERT INTO saas_application (id, name, name_key, connector, status, owner_id, first_seen_at, updated_at) VALUES (7, 'Wiki', 'wiki', 'w', 'managed', '', 1, 1)`)
		h.exec(`INSERT INTO instance (no, id, application_id, name, name_key, connector, status, owner_id, version, auth, settings, created_at, updated_at)
			VALUES (1, 'ins_1', 7, 'Wiki', 'wiki', 'w', 'live', '', 1, '', '{}', 1, 1)`)
		for _, name := range []string{"known", "unknown", "suspended"} {
			h.exec(`INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name, status)
				VALUES (1, ?, 1, 1, 1, 1, 1, 1, 1, ?, ?)`, name, name, map[bool]string{true: "suspended", false: "active"}[name == "suspended"])
		}
		h.exec(`INSERT INTO account_person (account_id, person_id, instance_no, how, linked_at) SELECT a.id, p.id, 1, '', 1 FROM "account" a, "person" p WHERE a.external_id = 'known' AND p.external_id = 'p1'`)
		asked, err := table.WithGroups("accounts", []string{"department=&status=active"})
		if err != nil {
			t.Fatal(err)
		}
		for address, want := range map[string]string{
			"department=&status=active":              "unknown",
			"any1.department=&any1.status=active":    "unknown",
			asked.Encode():                           "unknown",
			"any1.department=":                       "suspended unknown",
			"any1.department=&any1.department=Legal": "known suspended unknown",
			"any1.seat=true&any2.status=active":      "known unknown", // nobody holds a seat
			"any1.seat=false&any1.status=suspended":  "suspended",
		} {
			var file bytes.Buffer
			if err := h.Write(h.as("ada", purser.RoleAdmin), "accounts", query(t, address), "csv", false, &file); err != nil {
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
	})
}

// A group in which something is not understood would be wider than what was asked
// for, and one that asks for nothing every row.
func TestAGroupThatIsNotUnderstoodIsRefusedByTheNameOfItsCondition(t *testing.T) {
	for group, want := range map[string]string{"seat=true&use=never": "any1.seat=1&any1.use=never", "seat=1": "any1.seat=1", "seat=false&use=never": "any1.use=never",
		"matched=no&instance=A&instance=B": "any1.instance=A&any1.instance=B&any1.matched=no"} {
		if q, err := table.WithGroups("accounts", []string{group}); err != nil || q.Encode() != want {
			t.Errorf("%s is read as %s, %v", group, q.Encode(), err)
		}
	}
	for _, c := range []struct{ list, group, names string }{
		{"accounts", "seat=yes&use=never", "seat"}, {"accounts", "seat=", "seat"}, {"accounts", "use=never&matched=true", "matched"}, {"accounts", "external=", "external"},
		{"accounts", "use=", "use"}, {"accounts", "seat=0", "seat=0"}, {"people", "disputed=false", "disputed"}, {"devices", "person=ada", "person"},
		{"devices", "person=left&person=nobody", "person"}, {"transactions", "since=yesterday", "since"}, {"applications", "shelf=security", "shelf"},
	} {
		_, err := table.WithGroups(c.list, []string{c.group})
		p, ok := errors.AsType[*purser.Problem](err)
		if !ok || p.Kind != purser.ProblemInvalid || p.Field != "any" || !strings.Contains(p.What, c.names) {
			t.Errorf("%s?any=%s: %v", c.list, c.group, err)
		}
	}
}

// Whoever may not search names does not search them in a group.
func TestAGroupAsksForNothingThatIsHidden(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fin := h.as("fin", purser.RoleFinance)
		var file bytes.Buffer
		if err := h.Write(fin, "people", query(t, "cols=person&any1.q=Bea"), "csv", false, &file); err == nil {
			t.Errorf("a search in a group selects: %q", file.String())
		}
	})
}
