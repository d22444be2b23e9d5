package feed_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/feed"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// TestAccountsThroughProvidersAreCountedOnceFilteredAndFiled holds the list of
// accounts through identity providers against its filters, its order and its file,
// and sees an application leave it when its own list counts.
func TestAccountsThroughProvidersAreCountedOnceFilteredAndFiled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp, id := managed(h)
		second := h.instance("Entra (Acme)", "microsoft-entra", "Microsoft Entra ID")
		h.row(purser.KindAccount, second.No, "e1", map[string]any{"email": "elsewhere@example.com"})
		h.row(purser.KindApplication, second.No, "s", map[string]any{"name": "slack"})
		h.assign(second.No, "s", "e1", "group", false)
		h.derive(second.No)
		h.exec(`UPDATE sso_account SET used_at = 0 WHERE account = 'u1'`)
		h.exec(`UPDATE sso_account SET used_at = ? WHERE account = 'u2'`, h.at.AddDate(0, 0, -3).UnixMicro())
		h.exec(`UPDATE sso_account SET used_at = ? WHERE account = 'e1'`, h.at.AddDate(0, 0, -90).UnixMicro())
		list := func(f inventory.FedFilter, p purser.Page) string {
			t.Helper()
			l, err := h.inventory.FedAccounts(t.Context(), f, p)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range l.Items {
				got = append(got, fmt.Sprint(strings.TrimSuffix(a.Email, "@example.com"), " ", a.Way, " ", a.Source))
			}
			if l.Next == "" && p.After == "" && int(l.Total) != len(l.Items) {
				t.Errorf("%+v counts %d of %d", f, l.Total, len(l.Items))
			}
			return strings.Join(got, ", ")
		}
		const u1, u2, e1 = "u1 direct integrated via Okta (Acme)", "u2 group integrated via Okta (Acme)", "elsewhere group integrated via Entra (Acme)"
		for _, c := range []struct {
			f    inventory.FedFilter
			p    purser.Page
			want string
		}{
			{want: u1 + ", " + u2 + ", " + e1},
			{p: purser.Page{Sort: "used", Desc: true}, want: u2 + ", " + e1 + ", " + u1},
			{p: purser.Page{Sort: "used"}, want: u1 + ", " + e1 + ", " + u2},
			{f: inventory.FedFilter{Instances: []string{"Entra (Acme)"}}, want: e1},
			{f: inventory.FedFilter{Ways: []string{"group"}}, want: u2 + ", " + e1},
			{f: inventory.FedFilter{Used: []string{"never", "earlier"}}, want: u1 + ", " + e1},
			{f: inventory.FedFilter{Used: []string{"recent"}}, want: u2},
			{f: inventory.FedFilter{Matched: new(true)}, want: ""},
			{f: inventory.FedFilter{Applications: []string{id}, Query: "u2@"}, want: u2},
			{f: inventory.FedFilter{Applications: []string{"app_999"}}, want: ""},
			{f: inventory.FedFilter{Status: []string{"suspended"}}, want: ""},
			{f: inventory.FedFilter{Any: []inventory.FedFilter{{Used: []string{"recent"}}, {Instances: []string{"Entra (Acme)"}}}}, want: u2 + ", " + e1},
			{f: inventory.FedFilter{Ways: []string{"group"}, Any: []inventory.FedFilter{{Used: []string{"recent"}}, {Applications: []string{"app_999"}}}}, want: u2},
		} {
			if got := list(c.f, c.p); got != c.want {
				t.Errorf("%+v %+v: %s, want %s", c.f, c.p, got, c.want)
			}
		}
		for _, bad := range []inventory.FedFilter{{Ways: []string{"post"}}, {Used: []string{"often"}}, {Person: "acc_1"}, {Instances: []string{"nobody"}}} {
			if _, err := h.inventory.FedAccounts(t.Context(), bad, purser.Page{}); err == nil {
				t.Errorf("%+v is taken", bad)
			}
		}
		var filed []string
		err := h.inventory.EachFedAccount(t.Context(), inventory.FedFilter{Order: purser.Page{Sort: "used", Desc: true}}, func(a purser.FedAccount) error {
			filed = append(filed, strings.TrimSuffix(a.Email, "@example.com"))
			return nil
		})
		if err != nil || strings.Join(filed, " ") != "u2 elsewhere u1" {
			t.Errorf("the file has %v %v", filed, err)
		}
		// Its own list counts: none of them is in this list any more, all are in the other.
		direct := h.instance("Slack (Acme)", "slack", "Slack")
		h.row(purser.KindAccount, direct.No, "d1", map[string]any{"email": "u1@example.com"})
		h.roster(direct.No, true)
		h.derive(direct.No, idp.No)
		if got := list(inventory.FedFilter{}, purser.Page{}); got != "" {
			t.Errorf("after the switch: %s", got)
		}
		h.choose(id, feed.Choice{Feed: purser.FeedSSO})
		if got := list(inventory.FedFilter{}, purser.Page{}); strings.Count(got, "integrated via") != 3 {
			t.Errorf("taken back: %s", got)
		}
	})
}
