package finding_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// What an identity provider lists and nobody has looked at is a finding that says
// through whom it is known, who can reach it, and opens that provider's page; it is
// over when somebody has looked.
func TestANewApplicationSaysThroughWhomItIsKnown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: func() time.Time { return at }})
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, stmt := range []string{
				`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version) VALUES (7, 'ins_7', 'Okta (Acme)', 'okta', 'okta', 0, 'live', 1, 1, 1)`,
				`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version) VALUES (8, 'ins_8', 'Google (Acme)', 'google', 'google-workspace', 0, 'live', 1, 1, 1)`,
				`INSERT INTO saas_application (id, name, name_key, connector, status, first_seen_at, updated_at) VALUES (3, 'Notion', 'notion', '', 'new', 1, 1), (4, 'Miro', 'miro', '', 'new', 1, 1)`,
				`INSERT INTO "application" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, name)
					VALUES (7, 'n', 1, 1, 1, 1, 1, 1, 1, 'Notion'), (8, 'x', 1, 1, 1, 1, 1, 1, 1, 'notion'), (7, 'm', 1, 1, 1, 1, 1, 1, 1, 'Miro')`,
				`INSERT INTO application_source (application_id, instance_no, external_id, assigned, signed_in) VALUES (3, 7, 'n', 12, 1), (3, 8, 'x', NULL, NULL), (4, 7, 'm', 0, NULL)`,
			} {
				if _, err := tx.ExecContext(ctx, stmt); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = s.Derive(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		list := func(f finding.Filter) []purser.Finding {
			t.Helper()
			l, err := s.List(t.Context(), f, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return l.Items
		}
		if n := len(list(finding.Filter{Instances: []string{"ins_7"}})); n != 2 {
			t.Errorf("%d findings of the first provider, two applications are new there", n)
		}
		google := list(finding.Filter{Instances: []string{"ins_8"}, Kinds: []string{"new_application"}})
		if len(google) != 1 {
			t.Fatalf("%d findings of the second provider", len(google))
		}
		f := google[0]
		if f.Sentence != "Notion was discovered through Google (Acme) and Okta (Acme) (12 accounts can reach it, 1 account signed in within 30 days), and nobody has looked at it." {
			t.Errorf("it says %q", f.Sentence)
		}
		var pages []string
		for _, e := range f.Evidence {
			pages = append(pages, e.URL)
		}
		if got := strings.Join(pages, " "); got != "/applications/app_3 /instances/ins_8/applications /instances/ins_7/applications" {
			t.Errorf("it opens %s", got)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE saas_application SET status = 'in_review' WHERE id = 3`)
			return err
		})
		if err == nil {
			err = s.Derive(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if left := list(finding.Filter{Kinds: []string{"new_application"}}); len(left) != 1 || left[0].ApplicationName != "Miro" {
			t.Errorf("after somebody looked: %+v", left)
		}
	})
}

// A provider may have several entries of one application; who is assigned to two of
// them is one account that can reach it.
func TestWhoReachesAnApplicationTwiceIsOneAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const row = `stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, gone_gen`
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, stmt := range []string{
				`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version) VALUES (7, 'ins_7', 'Okta', 'okta', 'okta', 0, 'live', 1, 1, 1)`,
				`INSERT INTO saas_application (id, name, name_key, connector, status, first_seen_at, updated_at) VALUES (3, 'Notion', 'notion', '', 'new', 1, 1)`,
				`INSERT INTO "application" (instance_no, external_id, name, ` + row + `) VALUES (7, 'n', 'Notion', 1, 1, 1, 1, 1, 1, 1, 0), (7, 'm', 'Notion (SCIM)', 1, 1, 1, 1, 1, 1, 1, 0)`,
				`INSERT INTO "account" (instance_no, external_id, ` + row + `) VALUES (7, 'ada', 1, 1, 1, 1, 1, 1, 1, 0), (7, 'ben', 1, 1, 1, 1, 1, 1, 1, 0), (7, 'cyd', 1, 1, 1, 1, 1, 1, 1, 2)`,
				`INSERT INTO "assignment" (instance_no, external_id, application, account, ` + row + `) VALUES (7, '1', 'n', 'ada', 1, 1, 1, 1, 1, 1, 1, 0), (7, '2', 'm', 'ada', 1, 1, 1, 1, 1, 1, 1, 0),
					(7, '3', 'm', 'ben', 1, 1, 1, 1, 1, 1, 1, 0), (7, '4', 'm', 'cyd', 1, 1, 1, 1, 1, 1, 1, 0), (7, '5', 'n', 'dan', 1, 1, 1, 1, 1, 1, 1, 2)`,
				`INSERT INTO application_source (application_id, instance_no, external_id, assigned) VALUES (3, 7, 'n', 1), (3, 7, 'm', 2)`,
			} {
				if _, err := tx.ExecContext(ctx, stmt); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		by, err := store.Discoverers(t.Context(), db.Read(), []int64{3})
		if err != nil || len(by[3]) != 1 || by[3][0].Assigned == nil || *by[3][0].Assigned != 2 || by[3][0].SignedIn != nil {
			t.Errorf("two accounts can reach it: %+v %v", by[3], err)
		}
	})
}
