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

// provider is an identity provider that serves three names of two applications.
func provider(h *house) purser.Instance {
	idp := h.instance("Okta (Acme)", "okta", "Okta")
	for _, u := range []string{"u1", "u2", "u3"} {
		h.row(purser.KindAccount, idp.No, u, map[string]any{"email": u + "@example.com", "status": "active"})
	}
	h.row(purser.KindApplication, idp.No, "a1", map[string]any{"name": "Slack", "vendor_key": "slack"})
	h.row(purser.KindApplication, idp.No, "a2", map[string]any{"name": "Slack (Labs)"})
	h.row(purser.KindApplication, idp.No, "a3", map[string]any{"name": "Our own thing"})
	h.assign(idp.No, "a1", "u1", "direct", false)
	h.assign(idp.No, "a2", "u2", "group", false)
	h.assign(idp.No, "a3", "u1", "direct", false)
	h.signIn(idp.No, "a1", "u1", 3)
	h.signIn(idp.No, "a1", "u1", 45)
	h.signIn(idp.No, "a1", "u3", 2) // is not given it any more
	h.derive(idp.No)
	return idp
}

func TestWhatAProviderServesIsListedWithItsMatchAndUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp := provider(h)
		list, err := h.feeds.Integrated(t.Context(), idp.ID, feed.Filter{}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list.Items {
			got = append(got, fmt.Sprintf("%s is %s %d%% %s %s", a.Name, a.ApplicationName, a.Confidence, number(a.Assigned), number(a.SignIns)))
		}
		want := "Our own thing is Our own thing 0% 1 0; Slack is Slack 100% 1 2; Slack (Labs) is Slack 85% 1 0"
		if strings.Join(got, "; ") != want {
			t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
		}
		if c, err := h.feeds.Count(t.Context(), idp.ID); err != nil || c != (feed.Count{All: 3, Unidentified: 1, New: 2}) {
			t.Errorf("counted %+v %v", c, err)
		}
		if list, err = h.feeds.Integrated(t.Context(), idp.ID, feed.Filter{Unidentified: true}, purser.Page{}); err != nil || len(list.Items) != 1 || list.Items[0].Name != "Our own thing" {
			t.Errorf("unidentified: %+v %v", list.Items, err)
		}
	})
}

func TestApplicationsAreSelectedByHowTheyAreRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		provider(h)
		h.instance("Slack (Acme)", "slack", "Slack")
		for how, want := range map[string]string{"direct": "Okta, Slack", "sso": "Our own thing, Slack", "direct sso": "Okta, Our own thing, Slack"} {
			list, err := h.inventory.Applications(t.Context(), inventory.ApplicationFilter{Read: strings.Fields(how)}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range list.Items {
				got = append(got, a.Name)
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%s: %v, want %s", how, got, want)
			}
		}
		if _, err := h.inventory.Applications(t.Context(), inventory.ApplicationFilter{Read: []string{"telepathy"}}, purser.Page{}); err == nil || !strings.Contains(err.Error(), "telepathy") {
			t.Errorf("an unknown way: %v", err)
		}
	})
}

func TestACorrectedMatchWinsForEver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp := provider(h)
		list, err := h.feeds.Integrated(t.Context(), idp.ID, feed.Filter{Query: "Labs"}, purser.Page{})
		if err != nil || len(list.Items) != 1 {
			t.Fatal(list, err)
		}
		a, err := h.feeds.Match(t.Context(), list.Items[0].ID, feed.MatchInput{Name: "Chat of the labs"})
		if err != nil || a.ApplicationName != "Chat of the labs" || !a.Manual {
			t.Fatalf("%+v %v", a, err)
		}
		h.says("Slack", purser.FeedSeen, "u1")
		h.says("Chat of the labs", purser.FeedSeen, "u2")
		// The instance goes; the same tenant is connected anew.
		h.exec(`DELETE FROM application_source`)
		h.exec(`DELETE FROM saas_application WHERE name <> 'Okta'`)
		h.derive(idp.No)
		h.says("Chat of the labs", purser.FeedSeen, "u2")
		// To an application that is there, and to one of the library.
		for _, in := range []feed.MatchInput{{Application: h.application("Slack").ID}, {Library: "figma"}} {
			list, err := h.feeds.Integrated(t.Context(), idp.ID, feed.Filter{Query: "Our own"}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.feeds.Match(t.Context(), list.Items[0].ID, in); err != nil {
				t.Fatal(err)
			}
		}
		h.says("Figma", purser.FeedSeen, "u1")
		h.says("Slack", purser.FeedSeen, "u1")
		if _, err := h.feeds.Match(t.Context(), a.ID, feed.MatchInput{Library: "no such thing"}); err == nil {
			t.Error("a name that the library does not have was taken")
		}
	})
}

func TestManagingFeedsAndUnmanagingLeavesHistoryOutOfTheCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp := provider(h)
		slack := h.application("Slack")
		h.says("Slack", purser.FeedSeen, "u1, u2")
		if f, err := h.feeds.State(t.Context(), slack.ID); err != nil || len(f.Sources) != 1 || f.Sources[0].Accounts != 2 {
			t.Errorf("of what is not managed the provider is told to have %+v, %v; want both accounts", f.Sources, err)
		}
		done, err := h.feeds.Manage(t.Context(), []string{slack.ID, slack.ID}, "it is ours")
		if err != nil || len(done.Changed) != 1 {
			t.Fatal(done, err)
		}
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group")
		if again, err := h.feeds.Manage(t.Context(), []string{slack.ID}, ""); err != nil || len(again.Changed) != 0 {
			t.Errorf("managed again: %+v %v", again, err)
		}
		if a := h.application("Slack"); a.Source != "integrated via Okta (Acme)" || a.Active != 1 || a.Unknown != 1 {
			t.Errorf("got %+v", a)
		}
		// Taken away at the provider: gone here, and kept.
		h.assign(idp.No, "a2", "u2", "group", true)
		h.derive(idp.No)
		h.says("Slack", purser.FeedSSO, "u1 direct")
		if got := h.accounts(h.application("Slack"), true); got != "u2 group" {
			t.Errorf("history is %q", got)
		}
		if _, err := h.feeds.Unmanage(t.Context(), []string{slack.ID}, "not needed"); err != nil {
			t.Fatal(err)
		}
		if a := h.application("Slack"); a.Status != "new" {
			t.Errorf("its status is %s, not the one before", a.Status)
		}
		h.says("Slack", purser.FeedStopped, "")
		if got := h.accounts(h.application("Slack"), true); got != "u1 direct, u2 group" {
			t.Errorf("history is %q", got)
		}
		// While nobody manages it nothing comes in; afterwards everything does.
		h.assign(idp.No, "a1", "u3", "direct", false)
		h.derive(idp.No)
		if got := h.accounts(h.application("Slack"), true); got != "u1 direct, u2 group" {
			t.Errorf("history has grown to %q", got)
		}
		if _, err := h.feeds.Manage(t.Context(), []string{slack.ID}, ""); err != nil {
			t.Fatal(err)
		}
		h.says("Slack", purser.FeedSSO, "u1 direct, u3 direct")
	})
}

func TestWithoutAssignmentsConsentsAndSignInsSayWhoHasAnApplication(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp := h.instance("Google (Acme)", "google-workspace", "Google Workspace")
		for _, u := range []string{"u1", "u2", "u3"} {
			h.row(purser.KindAccount, idp.No, u, nil)
		}
		h.row(purser.KindApplication, idp.No, "a1", map[string]any{"name": "Figma"})
		h.assign(idp.No, "a1", "u1", "consent", false)
		h.assign(idp.No, "a1", "u3", "consent", true)
		h.signIn(idp.No, "a1", "u2", 3)
		h.derive(idp.No)
		list, err := h.feeds.Integrated(t.Context(), idp.ID, feed.Filter{}, purser.Page{})
		if err != nil || len(list.Items) != 1 || number(list.Items[0].SignIns) != "1" {
			t.Errorf("%+v %v", list.Items, err)
		}
		if _, err := h.feeds.Manage(t.Context(), []string{h.application("Figma").ID}, ""); err != nil {
			t.Fatal(err)
		}
		h.says("Figma", purser.FeedSSO, "u1 consent, u2 sign_in")
	})
}
