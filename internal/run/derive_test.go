package run_test

import (
	"errors"
	"testing"

	"purser"
	"purser/internal/store"
)

// owed returns how many kinds of rows were written and not yet derived from.
func (h *house) owed() int {
	h.t.Helper()
	due, err := store.DueDerivations(h.t.Context(), h.db.Read(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(due)
}

func TestWhatACanceledRunHasWrittenIsDerivedFromAfterwards(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		h.vendor.before = func(n int, _ string) error {
			if n == 3 {
				if err := h.runner.Cancel(t.Context(), runs[0].ID); err != nil {
					t.Error(err)
				}
			}
			return nil
		}
		h.state(h.work(runs[0].ID), purser.RunCanceled)
		if h.owed() == 0 || len(h.merged) != 0 {
			t.Fatalf("%d kinds are due, %v derived; want what was read due", h.owed(), h.merged)
		}
		h.vendor.before = nil
		if err := h.exec("UPDATE instance_task SET enabled = FALSE"); err != nil { // what is due by the clock would write anew
			t.Fatal(err)
		}
		h.made = make(chan struct{}, 100)
		stop := h.serve()
		defer stop()
		<-h.made
		if h.owed() != 0 {
			t.Error("it is still due")
		}
	})
}

func TestARunWhoseDerivationFailsHasNotSucceeded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		no, err := store.RunNo(t.Context(), h.db.Read(), runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		h.derive = errPlug
		if err := h.runner.Work(t.Context(), no); !errors.Is(err, errPlug) {
			t.Fatal(err)
		}
		if due := h.due(); len(due) != 1 {
			t.Fatalf("the run is over, though nothing was derived: %+v", due)
		}
		asked := len(h.vendor.asked)
		h.derive = nil
		h.state(h.work(runs[0].ID), purser.RunSucceeded)
		if len(h.vendor.asked) != asked || h.owed() != 0 {
			t.Errorf("asked the vendor %d times again; %d kinds are due", len(h.vendor.asked)-asked, h.owed())
		}
	})
}

func TestApprovedRemovalsAreDerivedFrom(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		h.vendor.users = h.vendor.users[:4]
		h.roster()
		holds, err := h.runner.Holds(t.Context(), h.id)
		if err != nil || len(holds) != 1 || h.owed() != 0 {
			t.Fatalf("%+v %v, %d kinds due", holds, err, h.owed())
		}
		if err := h.runner.DecideHold(t.Context(), holds[0].ID, true); err != nil {
			t.Fatal(err)
		}
		if h.owed() == 0 {
			t.Error("accounts were removed, and nothing follows")
		}
	})
}

// dueOfThree notes that something of instances 1, 2 and 3 is to be derived, and no run will do it.
func (h *house) dueOfThree() {
	h.t.Helper()
	if err := h.exec("UPDATE instance_task SET enabled = FALSE"); err != nil { // what is due by the clock would write anew
		h.t.Fatal(err)
	}
	if err := h.exec("INSERT INTO derivation_due (instance_no, kind, since, mark) VALUES (1, 'account', 0, 1), (2, 'account', 0, 1), (3, 'seat', 0, 1)"); err != nil {
		h.t.Fatal(err)
	}
	h.made = make(chan struct{}, 100)
}

func TestWhatIsDueOfManyInstancesIsDerivedInOnePass(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.dueOfThree()
		stop := h.serve()
		<-h.made
		stop()
		if h.owed() != 0 || len(h.derived) != 1 || h.derived[0] != 0 {
			t.Errorf("%d kinds are due still; derived of %v, want of all at once", h.owed(), h.derived)
		}
	})
}

func TestAnInstanceOfWhichNothingCanBeDerivedHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.dueOfThree()
		h.spoilt = 1
		stop := h.serve()
		<-h.made
		<-h.made
		stop()
		due, err := store.DueDerivations(t.Context(), h.db.Read(), 0)
		if err != nil || len(due) != 1 || due[0].InstanceNo != 1 {
			t.Errorf("due are %+v, %v; want what is of the first instance alone", due, err)
		}
	})
}
