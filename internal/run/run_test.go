package run_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/run"
)

func TestARunReadsEveryStreamAndTheNextOneFindsNothingNew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		got := h.roster()
		h.state(got, purser.RunSucceeded)
		if got.Counts.Added != 20+3+4 || got.Counts.Changed != 0 || got.Pages == 0 || got.Requests == 0 || !got.HasLog {
			t.Errorf("first run: %+v", got)
		}
		if strings.Count(h.users(), ":active") != 20 || h.members() != "g1/u01 g1/u02 g1/u03 g2/u01" {
			t.Errorf("users %s, members %s", h.users(), h.members())
		}
		if len(h.merged) != 3 {
			t.Errorf("derived from, kinds %v", h.merged)
		}
		h.vendor.users[3].Status = "off"
		h.vendor.users = append(h.vendor.users, person{"u99", "u99@example.com", "strange"})
		got = h.roster()
		h.state(got, purser.RunSucceeded)
		if got.Counts.Added != 1 || got.Counts.Changed != 1 || got.Counts.Removed != 0 || got.Counts.Read != 21+3+4 {
			t.Errorf("second run: %+v", got.Counts)
		}
		if !strings.Contains(h.users(), "u03:suspended") || !strings.Contains(h.users(), "u99:unknown") {
			t.Errorf("users %s", h.users())
		}
		var before, after string
		err := h.db.Read().NewRaw("SELECT before, after FROM change WHERE kind = 'account' AND field = 'status'").Scan(t.Context(), &before, &after)
		if err != nil || before != "active" || after != "suspended" {
			t.Errorf("history: %q to %q, %v", before, after, err)
		}
		if i := h.instance(); i.Health != purser.HealthOK {
			t.Errorf("health %s", i.Health)
		}
		lines, err := h.runner.Log(t.Context(), got.ID, 0, 0)
		if err != nil || len(lines) < 10 || lines[0].Kind != "request" || lines[0].Path == "" {
			t.Errorf("log: %v %+v", err, lines)
		}
	})
}

func TestThereIsNeverASecondRunOfATask(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		b, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil || a[0].ID != b[0].ID {
			t.Errorf("%v: %s and %s", err, a[0].ID, b[0].ID)
		}
		if _, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskHRRoster); err == nil {
			t.Error("a task that is not enabled was started")
		}
	})
}

func TestARunWaitsForALimitAndGoesOnFromItsPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		until := h.now().Add(20 * time.Minute)
		h.vendor.before = func(n int, _ string) error {
			if n == 5 {
				return &purser.Error{Class: purser.ClassRateLimited, What: "the vendor asks to wait", Until: until}
			}
			return nil
		}
		got := h.roster()
		h.state(got, purser.RunWaiting)
		if !got.WaitUntil.Equal(until) || h.instance().Health != purser.HealthRateLimited {
			t.Errorf("waits until %s, health %s", got.WaitUntil, h.instance().Health)
		}
		got = h.work(got.ID)
		h.state(got, purser.RunSucceeded)
		if first := strings.Count(strings.Join(h.vendor.asked, " "), "/users"); first > 12 {
			t.Errorf("the users were read from the start: %d requests", first)
		}
		if strings.Count(h.users(), ":active") != 20 || h.instance().Health != purser.HealthOK {
			t.Errorf("users %s", h.users())
		}
	})
}

func TestACanceledRunEndsAndOneQueuedForLaterToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var id string
		h.vendor.before = func(n int, _ string) error {
			if n == 3 {
				if err := h.runner.Cancel(t.Context(), id); err != nil {
					return err
				}
			}
			return nil
		}
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		id = runs[0].ID
		h.state(h.work(id), purser.RunCanceled)
		if err := h.runner.Cancel(t.Context(), id); err == nil {
			t.Error("a run that is over was canceled")
		}
		h.state(h.roster(), purser.RunSucceeded)
		if strings.Contains(h.users(), "(") {
			t.Errorf("a canceled run removed something: %s", h.users())
		}
	})
}

func TestAPassingFailureIsTriedAgainAndAfterThreeTimesLeftToTheSchedule(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(int, string) error {
			return &purser.Error{Class: purser.ClassTransient, Status: 503, What: "the vendor is away"}
		}
		got := h.roster()
		for attempt, wait := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute} {
			h.state(got, purser.RunFailed)
			next := h.due()
			if len(next) != 1 || next[0].Trigger != purser.TriggerRetry || next[0].Attempt != attempt+2 {
				t.Fatalf("after attempt %d: %+v", attempt+1, next)
			}
			h.pass(wait)
			got = h.work(next[0].ID)
		}
		if len(h.due()) != 0 || h.instance().Health != purser.HealthFailing {
			t.Errorf("tried more than three times again: %+v, %s", h.due(), h.instance().Health)
		}
	})
}

func TestAMissingScopeBlocksItsStreamAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.granted = []string{"groups.read"}
		got := h.roster()
		h.state(got, purser.RunPartial)
		if got.Streams[0].State != "blocked" || got.Streams[0].Scope != "users.read" || got.Streams[1].State != "complete" {
			t.Errorf("streams %+v", got.Streams)
		}
		if h.instance().Health != purser.HealthOK {
			t.Errorf("health %s, though the probe works", h.instance().Health)
		}
		h.probe = &purser.Error{Class: purser.ClassPermission, What: "not allowed"}
		h.roster()
		if h.instance().Health != purser.HealthForbidden {
			t.Errorf("health %s, though the probe is refused", h.instance().Health)
		}
	})
}

func TestAConfirmedRefusalRevokesAtOnceAndAnotherOneOnlyAfterThreeTries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.open = &purser.Error{Class: purser.ClassAuthRevoked, Code: "invalid_grant", What: "the token is refused"}
		h.state(h.roster(), purser.RunFailed)
		if i := h.instance(); i.Status != purser.StatusRevoked || i.Reason == "" {
			t.Errorf("%s %q", i.Status, i.Reason)
		}
	})
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(int, string) error {
			return &purser.Error{Class: purser.ClassAuthRevoked, Status: 401, What: "401"}
		}
		h.state(h.roster(), purser.RunFailed)
		if i := h.instance(); i.Status != purser.StatusLive || i.Health != purser.HealthUnauthorized {
			t.Fatalf("%s %s", i.Status, i.Health)
		}
		h.probe = &purser.Error{Class: purser.ClassAuthRevoked, Status: 401, What: "401"}
		for n, wait := range []time.Duration{15 * time.Minute, 45 * time.Minute, 5 * time.Hour} {
			if h.instance().Status != purser.StatusLive {
				t.Fatalf("revoked after %d tries", n)
			}
			h.pass(wait)
			if err := h.runner.Probe(t.Context(), h.instance().No); err != nil {
				t.Fatal(err)
			}
		}
		if i := h.instance(); i.Status != purser.StatusRevoked || i.Health != purser.HealthUnauthorized {
			t.Errorf("after three tries %s %s", i.Status, i.Health)
		}
	})
}

func TestACredentialThatWorksAgainGoesOnByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(int, string) error {
			return &purser.Error{Class: purser.ClassAuthRevoked, Status: 401, What: "401"}
		}
		h.roster()
		h.vendor.before = nil
		h.pass(15 * time.Minute)
		if err := h.runner.Probe(t.Context(), h.instance().No); err != nil {
			t.Fatal(err)
		}
		if len(h.due()) != 2 {
			t.Fatalf("queued again: %+v", h.due())
		}
		h.state(h.roster(), purser.RunSucceeded)
	})
}

func TestAPanicIsAFailedRunWithAnId(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.before = func(int, string) error { panic("a bug") }
		got := h.roster()
		h.state(got, purser.RunFailed)
		if got.Class != purser.ClassInternal || !strings.Contains(got.Message, "bug_") {
			t.Errorf("%+v", got)
		}
	})
}

func TestEventsReadTwiceCountOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := h.now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
		h.vendor.events = []map[string]string{{"id": "e1", "user": "u01", "at": at}, {"id": "e2", "user": "u01", "at": at}, {"id": "e3", "user": "u02", "at": at}}
		h.state(h.task(purser.TaskApplicationAccess), purser.RunSucceeded)
		h.vendor.events = append(h.vendor.events, map[string]string{"id": "e4", "user": "u02", "at": at})
		h.state(h.task(purser.TaskApplicationAccess), purser.RunSucceeded)
		var got []int64
		if err := h.db.Read().NewRaw("SELECT count FROM activity ORDER BY account").Scan(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0] != 2 || got[1] != 2 {
			t.Errorf("counted %v", got)
		}
	})
}

func TestWatchGivesProgressAndEndsWithTheRun(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := h.runner.Watch(t.Context(), runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if first := <-seen; first.State != purser.RunQueued {
			t.Errorf("first seen %s", first.State)
		}
		h.work(runs[0].ID)
		last := purser.Run{}
		for r := range seen {
			last = r
		}
		h.state(last, purser.RunSucceeded)
	})
}

func TestRunsComeInPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 3 {
			h.roster()
		}
		one, err := h.runner.Runs(t.Context(), run.Filter{State: purser.RunSucceeded}, purser.Page{Limit: 2})
		if err != nil || len(one.Items) != 2 || one.Next == "" || one.Total != 3 {
			t.Fatalf("%v %+v", err, one)
		}
		two, err := h.runner.Runs(t.Context(), run.Filter{State: purser.RunSucceeded}, purser.Page{Limit: 2, After: one.Next})
		if err != nil || len(two.Items) != 1 || two.Next != "" {
			t.Errorf("%v %+v", err, two)
		}
		_, err = h.runner.Runs(t.Context(), run.Filter{}, purser.Page{After: "x"})
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != "after" {
			t.Errorf("a wrong place: %v", err)
		}
	})
}
