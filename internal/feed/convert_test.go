package feed_test

import (
	"context"
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/feed"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// managed is Slack, fed by the identity provider of provider.
func managed(h *house) (idp purser.Instance, slack string) {
	idp = provider(h)
	slack = h.application("Slack").ID
	if _, err := h.feeds.Manage(h.t.Context(), []string{slack}, ""); err != nil {
		h.t.Fatal(err)
	}
	return idp, slack
}

func (h *house) choose(id string, c feed.Choice) purser.FeedState {
	h.t.Helper()
	f, err := h.feeds.Choose(h.t.Context(), id, c)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func TestTheFirstCompleteRosterTakesOverAndCanBeTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp, id := managed(h)
		if f, err := h.feeds.State(t.Context(), id); err != nil || f.Label != "integrated via Okta (Acme)" || f.Direct != "slack" || len(f.Cannot) == 0 {
			t.Errorf("before: %+v %v", f, err)
		}
		if _, err := h.feeds.Choose(t.Context(), id, feed.Choice{Feed: purser.FeedDirect}); err == nil {
			t.Error("it went over to an instance that is not there")
		}
		direct := h.instance("Slack (Acme)", "slack", "Slack")
		if direct.Application != id {
			t.Fatalf("the instance is of %s", direct.Application)
		}
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group")
		// Its roster is half read: nothing of it counts yet.
		h.roster(direct.No, false)
		h.row(purser.KindAccount, direct.No, "d1", map[string]any{"email": "u1@example.com"})
		h.derive(direct.No)
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group")
		h.row(purser.KindAccount, direct.No, "d9", map[string]any{"email": "outside@example.com"})
		h.roster(direct.No, true)
		// The process dies before anything was derived: the list is right all the same.
		if got := h.accounts(h.application("Slack"), false); got != "d1, d9" {
			t.Errorf("right after the reading: %s", got)
		}
		h.derive(direct.No)
		h.says("Slack", purser.FeedDirect, "d1, d9")
		// A week of news at both; then it is taken back.
		h.at = h.at.AddDate(0, 0, 7)
		h.assign(idp.No, "a1", "u3", "direct", false)
		h.assign(idp.No, "a2", "u2", "group", true)
		h.row(purser.KindAccount, direct.No, "d2", map[string]any{"email": "u2@example.com"})
		h.derive(idp.No, direct.No)
		h.says("Slack", purser.FeedDirect, "d1, d2, d9")
		if f := h.choose(id, feed.Choice{Feed: purser.FeedSSO, Why: "roles are missing"}); !f.Undone || f.Feed != purser.FeedSSO || f.Steps[0].Note != "roles are missing" {
			t.Errorf("taken back: %+v", f)
		}
		h.says("Slack", purser.FeedSSO, "u1 direct, u3 direct")
		d, err := h.feeds.Differences(t.Context(), id, "only_direct", purser.Page{})
		if err != nil || d.OnlyDirect != 2 || d.OnlySSO != 1 || d.Alike != 1 || len(d.Items) != 2 {
			t.Errorf("differences %+v %v", d, err)
		}
		h.choose(id, feed.Choice{Feed: purser.FeedDirect})
		h.says("Slack", purser.FeedDirect, "d1, d2, d9")
		// The direct instance goes: the provider is there at once.
		h.exec(`UPDATE instance SET status = 'deleting' WHERE no = ?`, direct.No)
		h.derive(direct.No, idp.No)
		h.says("Slack", purser.FeedSSO, "u1 direct, u3 direct")
	})
}

// TestOnlyAWholeRosterTakesOverAndAnotherInstanceTakesNothingBack reads an instance
// with two lists of users, and connects another one whose token is refused.
func TestOnlyAWholeRosterTakesOverAndAnotherInstanceTakesNothingBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		managed(h)
		direct := h.instance("Slack (Acme)", "slack", "Slack")
		h.exec(`INSERT INTO stream (instance_no, task, name, kind, gen, complete_at) VALUES (?, 'application_roster', 'guests', 'account', 1, 0)`, direct.No)
		h.row(purser.KindAccount, direct.No, "d1", map[string]any{"email": "u1@example.com"})
		h.roster(direct.No, true)
		h.derive(direct.No)
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group") // of its two lists one was read
		h.exec(`UPDATE stream SET first_complete_at = ?, complete_at = ? WHERE name = 'guests'`, h.at.UnixMicro(), h.at.UnixMicro())
		h.derive(direct.No)
		h.says("Slack", purser.FeedDirect, "d1")
		other := h.instance("Slack (Labs)", "slack", "Slack")
		h.roster(other.No, false)
		h.derive(other.No, direct.No)
		h.says("Slack", purser.FeedDirect, "d1")
		h.row(purser.KindAccount, other.No, "l1", map[string]any{"email": "labs@example.com"})
		h.roster(other.No, true)
		h.derive(other.No)
		h.says("Slack", purser.FeedDirect, "d1, l1")
	})
}

func TestAParallelRunEndsByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		idp, id := managed(h)
		h.choose(id, feed.Choice{ParallelDays: 3})
		direct := h.instance("Slack (Acme)", "slack", "Slack")
		h.row(purser.KindAccount, direct.No, "d1", map[string]any{"email": "u1@example.com", "status": "suspended", "last_active_at": h.at.AddDate(0, 0, -30).UnixMicro()})
		h.roster(direct.No, true)
		h.derive(direct.No)
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group")
		h.at = h.at.AddDate(0, 0, 2)
		h.assign(idp.No, "a1", "u3", "direct", false)
		h.derive(idp.No)
		h.says("Slack", purser.FeedSSO, "u1 direct, u2 group, u3 direct")
		d, err := h.feeds.Differences(t.Context(), id, "status", purser.Page{})
		if err != nil || d.OnlySSO != 2 || d.OnlyDirect != 0 || d.Status != 1 || len(d.Items) != 1 || d.Items[0].SSOStatus != "active" || d.Items[0].DirectStatus != "suspended" {
			t.Errorf("differences %+v %v", d, err)
		}
		h.at = h.at.AddDate(0, 0, 1)
		h.says("Slack", purser.FeedDirect, "d1")
		if _, err := h.feeds.Differences(t.Context(), id, "nonsense", purser.Page{}); err == nil {
			t.Error("a kind of difference that there is not was listed")
		}
	})
}

func TestAPersonOfTwoProvidersCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		_, id := managed(h)
		second := h.instance("Entra (Acme)", "microsoft-entra", "Microsoft Entra ID")
		h.row(purser.KindAccount, second.No, "e1", map[string]any{"email": "u1@example.com"})
		h.row(purser.KindApplication, second.No, "s", map[string]any{"name": "slack"})
		h.assign(second.No, "s", "e1", "group", false)
		h.row(purser.KindPerson, second.No, "p1", map[string]any{"email": "u1@example.com", "display_name": "Una"})
		h.exec(`INSERT INTO derivation_due (instance_no, kind, since, mark) VALUES (?, 'person', 0, 1)`, second.No)
		h.derive(second.No)
		h.says("Slack", purser.FeedSSO, "e1 group, u1 direct, u2 group")
		if a := h.application("Slack"); a.People != 1 {
			t.Errorf("%d people, one is linked", a.People)
		}
		f, err := h.feeds.State(t.Context(), id)
		if err != nil || len(f.Sources) != 2 || f.Sources[0].Accounts+f.Sources[1].Accounts != 3 || f.Sources[0].People != 1 || f.Sources[1].People != 1 {
			t.Errorf("sources %+v %v", f.Sources, err)
		}
	})
}

// TestNoHistoryDoublesOrLosesAnAccount lets anything happen in any order, and
// holds what an application shows against what its sources say.
func TestNoHistoryDoublesOrLosesAnAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for seed := range int64(2) {
			history(t, db, seed)
		}
	})
}

func history(t *testing.T, db *store.DB, seed int64) {
	t.Helper()
	h := open(t, db)
	r := rand.New(rand.NewSource(seed))
	name := fmt.Sprint("Thing ", seed)
	idp := h.instance(fmt.Sprint("Idp ", seed), fmt.Sprint("idp", seed), fmt.Sprint("Idp ", seed))
	for u := range 6 {
		h.row(purser.KindAccount, idp.No, fmt.Sprint("u", u), map[string]any{"email": fmt.Sprintf("u%d@example.com", u)})
	}
	h.row(purser.KindApplication, idp.No, "a", map[string]any{"name": name})
	h.assign(idp.No, "a", "u0", "direct", false)
	h.derive(idp.No)
	id := h.application(name).ID
	given, direct := map[string]bool{"u0": true}, map[string]bool{}
	var own purser.Instance
	on, complete, undone := false, false, false
	dead := false // what follows from the last reading is not written yet
	for step := range 30 {
		h.at = h.at.Add(3600e9)
		switch op := r.Intn(9); {
		case op <= 1: // somebody is given it, or it is taken away; the provider is read
			u := fmt.Sprint("u", r.Intn(6))
			given[u] = !given[u]
			h.assign(idp.No, "a", u, "direct", !given[u])
			h.derive(idp.No, own.No)
			dead = false
		case op == 2:
			if _, err := h.feeds.Manage(t.Context(), []string{id}, ""); err != nil {
				t.Fatal(err)
			}
			on = true
		case op == 3 && own.No == 0:
			if _, err := h.feeds.Unmanage(t.Context(), []string{id}, ""); err != nil {
				t.Fatal(err)
			}
			on = false
		case op == 4 && own.No == 0 && on: // connected; the token is refused, nothing is read
			own = h.instance(fmt.Sprint("Own ", seed), fmt.Sprint("own", seed), name)
			h.roster(own.No, false)
			h.derive(own.No)
		case op <= 6 && own.No != 0: // its roster is read, half or whole
			d := fmt.Sprint("d", r.Intn(6))
			direct[d] = true
			h.row(purser.KindAccount, own.No, d, map[string]any{"email": strings.Replace(d, "d", "u", 1) + "@example.com"})
			complete = complete || r.Intn(2) == 0
			h.roster(own.No, complete)
			if dead = r.Intn(3) == 0 || dead; !dead { // or the process dies between the reading and what follows
				h.derive(own.No)
			}
		case op == 7 && complete && on:
			undone = !undone
			to := purser.FeedDirect
			if undone {
				to = purser.FeedSSO
			}
			h.choose(id, feed.Choice{Feed: to})
		case op == 8:
			if err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				return store.MarkDerivation(ctx, tx, idp.No, 0, purser.KindAssignment)
			}); err != nil {
				t.Fatal(err)
			}
			h.derive(idp.No, own.No)
			dead = false
		}
		want, who := purser.FeedSeen, given
		a := h.application(name)
		switch {
		case own.No != 0 && complete && !undone && on:
			want, who = purser.FeedDirect, direct
		case on:
			want = purser.FeedSSO
		case a.Feed == purser.FeedStopped:
			want, who = purser.FeedStopped, nil
		}
		if got := names(h.accounts(a, false)); a.Feed != want || got != listed(who) {
			t.Fatalf("seed %d, step %d: fed by %s with %q, want %s with %q", seed, step, a.Feed, got, want, listed(who))
		}
		if !dead && int(a.Accounts) != len(strings.Fields(listed(who))) {
			t.Fatalf("seed %d, step %d: counts %d, has %q", seed, step, a.Accounts, listed(who))
		}
		// Nothing is ever lost: who had it once is there or is history.
		var kept, rows int
		if err := db.Read().NewRaw(`SELECT count(DISTINCT account) FROM sso_account WHERE instance_no = ?`, idp.No).Scan(t.Context(), &kept); err != nil {
			t.Fatal(err)
		}
		if err := db.Read().NewRaw(`SELECT count(*) FROM sso_account WHERE instance_no = ?`, idp.No).Scan(t.Context(), &rows); err != nil || rows != kept {
			t.Fatalf("seed %d, step %d: %d rows of %d accounts, %v", seed, step, rows, kept, err)
		}
	}
}

// names are the accounts without the way in which they have it.
func names(accounts string) string {
	var out []string
	for _, a := range strings.Split(accounts, ", ") {
		if f := strings.Fields(a); len(f) > 0 {
			out = append(out, f[0])
		}
	}
	return strings.Join(out, " ")
}

func listed(of map[string]bool) string {
	var out []string
	for k, yes := range of {
		if yes {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}
