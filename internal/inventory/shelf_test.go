package inventory_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestApplicationsOfAProviderAreNarrowedByWhereTheCatalogKeepsThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := inventory.New(inventory.Options{DB: db, Gate: everything(), Now: now, Shelf: func(_, name string) string {
			return map[string]string{"Figma": "productivity", "Zoom": "collaboration"}[name]
		}})
		idp := connect(t, db, "Idp (Acme)", "idp", "Idp")
		for _, name := range []string{"Figma", "Zoom"} {
			exec(t, db, `INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at) VALUES (?, ?, '', 'new', 1, 1)`, name, strings.ToLower(name))
			row(t, db, purser.KindApplication, idp.No, name, map[string]any{"name": name})
			exec(t, db, `INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, ?, ? FROM saas_application WHERE name = ?`, idp.No, name, name)
		}
		for shelf, want := range map[string]string{"productivity": "Figma", "collaboration": "Zoom", "security": ""} {
			list, err := s.Applications(t.Context(), inventory.ApplicationFilter{Read: []string{"sso"}, Shelf: []string{shelf}}, purser.Page{})
			got := ""
			for _, a := range list.Items {
				got += a.Name
			}
			if err != nil || got != want || list.Total != int64(len(list.Items)) {
				t.Errorf("on %s stand %q of %d, %v; want %q", shelf, got, list.Total, err, want)
			}
		}
		if shelves, err := s.Shelves(t.Context()); err != nil || strings.Join(shelves, " ") != " collaboration productivity" {
			t.Errorf("the shelves are %q, %v", shelves, err)
		}
	})
}
