package connect_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/run"
	"purser/internal/sandbox"
)

// life is one instance whose vendor misbehaves on cue.
type life struct {
	*house
	r  *run.Runner
	id string
}

// stands compares the three facts, and that what is wrong is told with what to do.
func (l life) stands(when string, status purser.Status, health purser.Health, fresh purser.Freshness) connect.Standing {
	l.t.Helper()
	st, err := l.Stand(l.ctx, l.id)
	l.must(err)
	if st.Status != status || st.Health != health || st.Freshness != fresh {
		l.t.Errorf("%s: %s %s %s, want %s %s %s: %s", when, st.Status, st.Health, st.Freshness, status, health, fresh, st.Sentence)
	}
	if strings.Contains(st.Sentence, "..") || strings.Count(st.Sentence, "tried again by itself") > 1 {
		l.t.Errorf("%s: told as %q", when, st.Sentence)
	}
	if st.Sentence == "" || st.Tone == "failing" && (st.Since.IsZero() || !strings.Contains(st.Sentence, "since ")) {
		l.t.Errorf("%s: told as %+v", when, st)
	}
	return st
}

func (l life) read() purser.Run { return l.reads(l.r, l.id, purser.TaskApplicationRoster) }

func (l life) fault(f sandbox.Fault) {
	l.vendors.ClearFaults()
	f.Vendor = sandbox.Okta
	l.vendors.Script(f)
}

// probe lets time pass until the credential is tried again, and tries it.
func (l life) probe(after time.Duration) {
	l.t.Helper()
	l.pass(after)
	l.must(l.r.Probe(l.ctx, l.instance(l.id).No))
}

func born(h *house) life {
	i := h.okta()
	tasks, err := h.Tasks(h.ctx, i.ID)
	h.must(err)
	for _, t := range tasks {
		h.must(h.SetTask(h.ctx, i.ID, t.Task, connect.TaskChange{Enabled: on(t.Task == purser.TaskApplicationRoster)}))
	}
	return life{house: h, r: h.running(), id: i.ID}
}

func TestEveryTransitionOfTheThreeFacts(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		live, day := purser.StatusLive, 24*time.Hour
		l := born(h)
		l.stands("before the first run", live, purser.HealthUnknown, purser.NeverExecuted)
		l.read()
		l.stands("after a complete run", live, purser.HealthOK, purser.Fresh)

		// Freshness follows the clock alone.
		l.pass(35 * time.Hour)
		l.stands("after a day and a half less an hour", live, purser.HealthOK, purser.Fresh)
		l.pass(2 * time.Hour)
		if st := l.stands("after a day and a half", live, purser.HealthOK, purser.Late); !strings.Contains(st.Sentence, "late since ") || st.Action != "sync" {
			h.t.Errorf("late is told as %+v", st)
		}
		l.pass(2 * day)
		if st := l.stands("after three days", live, purser.HealthOK, purser.Stale); !strings.Contains(st.Sentence, "stale since ") {
			h.t.Errorf("stale is told as %+v", st)
		}

		// The vendor is away, and comes back.
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 503})
		l.read()
		failing := l.stands("the vendor is away", live, purser.HealthFailing, purser.Stale)
		l.pass(time.Hour)
		l.works(l.r, l.read().ID)
		if st := l.stands("still away", live, purser.HealthFailing, purser.Stale); !st.Since.Equal(failing.Since) {
			h.t.Errorf("failing since %s, then since %s", failing.Since, st.Since)
		}
		l.vendors.ClearFaults()
		l.read()
		l.stands("the vendor is back", live, purser.HealthOK, purser.Fresh)

		// The vendor limits, then lets on.
		l.fault(sandbox.Fault{Kind: sandbox.RateLimited, Retry: sandbox.RetrySeconds, After: time.Hour})
		waiting := l.read()
		l.stands("the vendor limits", live, purser.HealthRateLimited, purser.Fresh)
		l.vendors.ClearFaults()
		l.pass(2 * time.Hour)
		l.works(l.r, waiting.ID)
		l.stands("the limit is over", live, purser.HealthOK, purser.Fresh)

		// The credential is refused, accepted again, and refused for good.
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 401})
		l.read()
		l.stands("the credential is refused", live, purser.HealthUnauthorized, purser.Fresh)
		l.vendors.ClearFaults()
		l.probe(15 * time.Minute)
		l.stands("it is accepted again", live, purser.HealthUnknown, purser.Fresh)
		l.read()
		l.stands("and read with", live, purser.HealthOK, purser.Fresh)
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 401})
		l.read()
		for _, wait := range []time.Duration{15 * time.Minute, 45 * time.Minute} {
			l.probe(wait)
			l.stands("refused for "+wait.String(), live, purser.HealthUnauthorized, purser.Fresh)
		}
		l.probe(5 * time.Hour)
		if st := l.stands("refused three times", purser.StatusRevoked, purser.HealthUnauthorized, purser.Stale); st.Action != "repair" || !st.Since.Equal(h.now()) || !strings.Contains(st.Sentence, "Revoked since ") {
			h.t.Errorf("revoked is told as %+v", st)
		}
		l.vendors.ClearFaults()
		l.must(l.Activate(l.ctx, l.id))
		l.stands("checked again", live, purser.HealthUnknown, purser.Fresh)
		l.read()
		l.stands("and read again", live, purser.HealthOK, purser.Fresh)

		// The permissions are taken away, and given back.
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 403})
		l.read()
		l.stands("nothing may be read", live, purser.HealthForbidden, purser.Fresh)
		l.vendors.ClearFaults()
		l.probe(15 * time.Minute)
		l.read()
		l.stands("it may be read again", live, purser.HealthOK, purser.Fresh)

		// They are taken away for good: nothing has to be entered, only tried again.
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 403})
		l.read()
		for _, wait := range []time.Duration{15 * time.Minute, 45 * time.Minute, 5 * time.Hour} {
			l.probe(wait)
		}
		if st := l.stands("it may not read for hours", purser.StatusRevoked, purser.HealthForbidden, purser.Stale); st.Action != "check" {
			h.t.Errorf("revoked for its permissions is told as %+v", st)
		}
		l.vendors.ClearFaults()
		l.must(l.Activate(l.ctx, l.id))
		l.read()
		l.stands("the permissions are back", live, purser.HealthOK, purser.Fresh)

		// A person switches it off and on.
		l.must(l.Deactivate(l.ctx, l.id))
		paused := h.now()
		l.pass(4 * day)
		if st := l.stands("deactivated, and growing old", purser.StatusInactive, purser.HealthOK, purser.Stale); !st.Since.Equal(paused) || st.Urgent() {
			h.t.Errorf("deactivated at %s is told as %+v", paused, st)
		}
		l.must(l.Activate(l.ctx, l.id))
		l.read()
		l.stands("activated", live, purser.HealthOK, purser.Fresh)
	})
}

func TestATokenThatDiesBeforeTheFirstSuccessIsRevokedAsAnyOther(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		l := born(h)
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 401})
		l.read()
		l.stands("refused at first", purser.StatusLive, purser.HealthUnauthorized, purser.NeverExecuted)
		for _, wait := range []time.Duration{15 * time.Minute, 45 * time.Minute, 5 * time.Hour} {
			l.probe(wait)
		}
		l.stands("refused three times", purser.StatusRevoked, purser.HealthUnauthorized, purser.NeverExecuted)
	})
}
