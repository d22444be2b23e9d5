package oracle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// textsOfFindings are all texts around each finding, and those that name nobody.
const textsOfFindings = `SELECT f.no, COALESCE(k.name, '') || '|' || COALESCE(l.name, '') || '|' || CASE WHEN f.source = '' THEN f.about ELSE '' END AS things,
	COALESCE(a.email, '') || '|' || COALESCE(a.display_name, '') || '|' || COALESCE(a.user_name, '') || '|' || COALESCE(p.true_display_name, '') || '|' ||
	COALESCE(p.display_name, '') || '|' || COALESCE(p.true_email, '') || '|' || COALESCE(p.email, '') AS names, COALESCE(a.external_id, '') AS called
	FROM finding f LEFT JOIN saas_application k ON k.id = f.saas_no LEFT JOIN "plan" AS l ON l.id = f.plan_id
	LEFT JOIN "account" AS a ON a.id = f.account_id LEFT JOIN "person" AS p ON p.id = f.person_id`

// Whatever text stands around findings finds all of them, also of accounts that are gone,
// and nothing else; whoever may not see names finds by the names of things alone.
func TestASearchFindsTheFindingsInWhichItsTextStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		o := invent(8, now)
		h := newHouse(t, db, now)
		o.plant(h)
		var instances []purser.Instance
		var nos []int64
		for _, a := range o.apps {
			instances, nos = append(instances, a.instance), append(nos, a.instance.No)
		}
		// The first accounts of people and of nobody are gone.
		h.exec(`UPDATE "account" SET display_name = 'Ghost ' || external_id, gone_gen = 9 WHERE id IN (SELECT min(f.account_id) FROM finding f WHERE f.account_id <> 0 GROUP BY f.kind)`)
		h.derive(instances...)
		if err := db.KeepClasses(t.Context(), nos, store.UseAtMoment(now, 0)); err != nil {
			t.Fatal(err)
		}
		if len(h.all(purser.FindingVerified)) == 0 {
			t.Fatal("nothing is over")
		}
		var rows []struct {
			No                    int64
			Things, Names, Called string
		}
		if err := db.Read().NewRaw(textsOfFindings).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{"nobody at all": true}
		for _, r := range rows {
			for text := range strings.SplitSeq(r.Things+"|"+r.Names+"|"+r.Called, "|") {
				if text != "" && len(texts) < 400 {
					texts[text], texts[strings.ToUpper(text[:min(3, len(text))])] = true, true
				}
			}
		}
		var called []string
		if err := db.Read().NewRaw(`SELECT external_id FROM "account" WHERE gone_gen = 0 ORDER BY id DESC LIMIT 5`).Scan(t.Context(), &called); err != nil || len(called) == 0 {
			t.Fatal(called, err)
		}
		for _, id := range called { // accounts are found by how their vendor calls them, too
			found, err := h.inventory.Accounts(t.Context(), inventory.AccountFilter{Query: id}, purser.Page{Limit: 1000})
			if err != nil || !slices.ContainsFunc(found.Items, func(a purser.Account) bool { return a.ExternalID == id }) {
				t.Errorf("%s is not found (%v)", id, err)
			}
		}
		nameless := newHouse(t, db, now, purser.OpNameRead)
		for text := range texts {
			for who, s := range map[string]*finding.Service{"who sees names": h.findings, "who does not": nameless.findings} {
				var want, got []string
				for _, r := range rows {
					in, called := r.Things, false
					if who == "who sees names" {
						in, called = in+"|"+r.Names, r.Called == text
					}
					if called || strings.Contains(strings.ToLower(in), strings.ToLower(text)) {
						want = append(want, fmt.Sprint("fnd_", r.No))
					}
				}
				f := finding.Filter{Query: " " + text, States: purser.FindingStates()}
				list, err := s.List(t.Context(), f, purser.Page{Limit: 1000, Sort: "value"})
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range list.Items {
					got = append(got, x.ID)
				}
				slices.Sort(want)
				slices.Sort(got)
				if differ(t, fmt.Sprintf("%q of %s", text, who), got, want); list.Total != int64(len(want)) {
					t.Errorf("%q of %s: %d in total, %d there are", text, who, list.Total, len(want))
				}
				counts, err := s.Counts(t.Context(), f)
				n := int64(0)
				for _, c := range counts {
					n += c.N
				}
				if err != nil || n != int64(len(want)) {
					t.Errorf("%q of %s: %d counted by kind, %d there are (%v)", text, who, n, len(want), err)
				}
			}
		}
	})
}
