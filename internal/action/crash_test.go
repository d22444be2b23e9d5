package action_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/action"
	"purser/internal/manifest"
	"purser/internal/sandbox"
)

var errKilled = errors.New("killed")

// kill lets nothing be written any more once so many suspensions have arrived.
func (h *house) kill(after int) {
	h.cut = func() error {
		if h.arrived("suspend") >= after {
			return errKilled
		}
		return nil
	}
}

// runKilled runs an action in a process that dies, and starts another one.
func (h *house) runKilled(id string, after int) {
	h.t.Helper()
	_, err := h.service.Run(h.ada(), id)
	h.must(err)
	h.kill(after)
	if err := h.service.Work(h.t.Context()); !errors.Is(err, errKilled) {
		h.t.Fatalf("the process was not killed: %v", err)
	}
	h.cut = nil
	h.restart()
}

func TestKilledBetweenRequestAndRecordItIsNotSentAgainAndTheReadingTells(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(3))
		h.runKilled(a.ID, 1)
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.State != purser.ActionDone || a.Counts.Unsure != 1 || a.Counts.Sent != 2 || h.arrived("suspend") != 3 {
			t.Fatalf("after the restart: %+v, %d requests arrived", a.Counts, h.arrived("suspend"))
		}
		h.read()
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Verified != 3 {
			t.Errorf("read back: %+v %+v", a.Counts, h.items(a.ID))
		}
	})
}

func TestKilledBeforeTheRequestLeftItIsSentOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(1))
		h.runKilled(a.ID, 0)
		if h.arrived("suspend") != 0 {
			t.Fatal("a request left although it could not be noted before")
		}
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Sent != 1 || h.arrived("suspend") != 1 {
			t.Errorf("%+v, %d requests arrived", a.Counts, h.arrived("suspend"))
		}
	})
}

func TestWhatTheVendorTakesTwiceIsSentAgainAfterAKill(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		// As for a vendor that tells "already suspended" apart.
		suspend := h.catalog.Get("okta").Action("suspend")
		before := suspend.AlreadyDone
		t.Cleanup(func() { suspend.AlreadyDone = before }) // the catalog is every test's
		suspend.AlreadyDone = []manifest.ErrorRule{{Status: []int{400}, Text: "must be ACTIVE"}}
		a := h.plan("suspend", h.active(1))
		h.runKilled(a.ID, 1)
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Sent != 1 || h.arrived("suspend") != 2 {
			t.Errorf("%+v, %d requests arrived: %+v", a.Counts, h.arrived("suspend"), h.items(a.ID))
		}
	})
}

func TestAnAnswerThatIsLostIsLeftToTheReading(t *testing.T) {
	for _, c := range []struct {
		kind sandbox.FaultKind
		want purser.ItemState
	}{{sandbox.Dropped, purser.ItemFailed}, {sandbox.CutBody, purser.ItemVerified}} {
		t.Run(string(c.kind), func(t *testing.T) {
			one(t, func(t *testing.T, h *house) {
				h.on()
				a := h.plan("suspend", h.active(1))
				h.box.Script(sandbox.Fault{Vendor: "okta", Route: "POST /api/v1/users/*/lifecycle/suspend", Kind: c.kind, Times: 1})
				if a = h.send(a.ID); a.Counts.Unsure != 1 || h.arrived("suspend") != 1 {
					t.Fatalf("%+v, %d requests arrived: %+v", a.Counts, h.arrived("suspend"), h.items(a.ID))
				}
				again, err := h.service.Plan(h.ada(), action.PlanInput{Action: "suspend", Accounts: []string{h.items(a.ID)[0].AccountID}})
				if p := problem(t, err); !strings.Contains(p.What, "nobody knows") {
					t.Errorf("while nobody knows, another one was planned: %+v, %v", again, err)
				}
				h.read()
				h.must(h.service.Work(t.Context()))
				if c.want == purser.ItemFailed && h.items(a.ID)[0].State != purser.ItemUnsure {
					t.Error("a reading that followed at once is believed that nothing was done")
				}
				h.pass(action.Settling)
				h.must(h.service.Work(t.Context())) // asks for another reading by itself
				h.work()
				h.must(h.service.Work(t.Context()))
				if item := h.items(a.ID)[0]; item.State != c.want || h.arrived("suspend") != 1 {
					t.Errorf("after the reading it is %s (%s); %d requests arrived", item.State, item.Why, h.arrived("suspend"))
				}
			})
		})
	}
}

func TestRepeatedItIsSentOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		one := h.active(1)
		a, b := h.plan("suspend", one), h.plan("suspend", one)
		for range 2 {
			_, err := h.service.Run(h.ada(), a.ID)
			h.must(err)
		}
		h.must(h.service.Work(t.Context()))
		h.must(h.service.Work(t.Context()))
		if b = h.send(b.ID); b.Counts.Skipped != 1 || h.arrived("suspend") != 1 {
			t.Errorf("the second plan: %+v, %d requests arrived", b.Counts, h.arrived("suspend"))
		}
		if _, err := h.service.Run(h.ada(), a.ID); problem(t, err).Kind != purser.ProblemConflict {
			t.Errorf("an action that is over ran again: %v", err)
		}
	})
}

func TestHalfOfABatchRefusedLeavesTheOtherHalfDone(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		four := h.active(4)
		a := h.plan("suspend", four)
		for _, refused := range four[:2] {
			h.box.Script(sandbox.Fault{Vendor: "okta", Route: "POST /api/v1/users/" + refused.ExternalID + "/lifecycle/suspend", Kind: sandbox.StatusFault, Status: 403, Times: 1})
		}
		if a = h.send(a.ID); a.State != purser.ActionDone || a.Counts.Sent != 2 || a.Counts.Failed != 2 {
			t.Fatalf("%+v", a.Counts)
		}
		for _, item := range h.items(a.ID) {
			if item.State == purser.ItemFailed && (item.Class != purser.ClassPermission || item.Why == "" || item.Hint == "" || len(item.Log) == 0) {
				t.Errorf("a refusal is told as %+v", item)
			}
		}
		h.read()
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Verified != 2 || a.Counts.Failed != 2 {
			t.Errorf("read back: %+v", a.Counts)
		}
		undo, err := h.service.Undo(h.ada(), a.ID)
		h.must(err)
		if undo.Counts.Planned != 2 {
			t.Errorf("undone is only what was done: %+v", undo.Counts)
		}
	})
}

func TestALimitLetsTheActionWaitAndGoOn(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(3))
		h.box.Script(sandbox.Fault{Vendor: "okta", Route: "POST /api/v1/users/*/lifecycle/suspend", Skip: 1, Kind: sandbox.RateLimited, Retry: sandbox.RetrySeconds, After: 10 * time.Minute, Times: 1})
		if a = h.send(a.ID); a.State != purser.ActionRunning || a.Counts.Sent != 1 || a.WaitReason == "" {
			t.Fatalf("%s %+v waits for %q", a.State, a.Counts, a.WaitReason)
		}
		h.must(h.service.Work(t.Context()))
		if n := h.arrived("suspend"); n != 2 {
			t.Errorf("while it waits %d requests arrived", n)
		}
		h.pass(11 * time.Minute)
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Sent != 3 || h.arrived("suspend") != 4 {
			t.Errorf("after the wait: %+v, %d requests", a.Counts, h.arrived("suspend"))
		}
	})
}

func TestAServerThatStopsLeavesWhatWasNotBegunForTheNextStart(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(2))
		_, err := h.service.Run(h.ada(), a.ID)
		h.must(err)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		_ = h.service.Work(stopped)
		if h.arrived("suspend") != 0 {
			t.Error("it was sent while the server stops")
		}
		h.restart()
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Sent != 2 {
			t.Errorf("%+v", a.Counts)
		}
	})
}
