package run_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"purser"
)

// confirm works on the confirming run that must be queued.
func (h *house) confirm() purser.Run {
	h.t.Helper()
	due := h.due()
	if len(due) != 1 || due[0].Trigger != purser.TriggerConfirm {
		h.t.Fatalf("no confirming run: %+v", due)
	}
	h.pass(30 * time.Minute)
	return h.work(due[0].ID)
}

func (h *house) openHolds() (out []purser.Hold) {
	h.t.Helper()
	all, err := h.runner.Holds(h.t.Context(), h.id)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, x := range all {
		if x.DecidedAt.IsZero() {
			out = append(out, x)
		}
	}
	return out
}

func (h *house) gone(kind purser.Kind) int {
	return strings.Count(h.rows(kind, "external_id"), "(")
}

func TestWhatIsMissingTwiceIsGoneSinceTheFirstTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		h.vendor.users = append(h.vendor.users[:4:4], h.vendor.users[6:]...)
		h.vendor.members["g1"] = []string{"u01"}
		h.pass(time.Hour)
		first := h.now()
		got := h.roster()
		if h.gone(purser.KindAccount)+h.gone(purser.KindMembership) != 0 || got.Counts.Removed != 0 {
			t.Fatal("one reading removed something")
		}
		got = h.confirm()
		h.state(got, purser.RunSucceeded)
		if got.Counts.Removed != 4 || !strings.Contains(h.users(), "(u04:active) (u05:active)") || !strings.Contains(h.members(), "(g1/u02) (g1/u03)") {
			t.Errorf("%+v users %s members %s", got.Counts, h.users(), h.members())
		}
		var at purser.Micros
		if err := h.db.Read().NewRaw("SELECT removed_at FROM account WHERE external_id = 'u04'").Scan(t.Context(), &at); err != nil || !at.Time().Equal(first) {
			t.Errorf("removed at %s, first missed at %s, %v", at.Time(), first, err)
		}
		if len(h.due()) != 0 {
			t.Errorf("another run is queued: %+v", h.due())
		}
		// One that comes back is live again, and its absence stays in its history.
		h.vendor.users = append(h.vendor.users, person{"u04", "u04@example.com", "on"})
		h.roster()
		var n int
		err := h.db.Read().NewRaw("SELECT count(*) FROM change WHERE field = 'removed' AND kind = 'account' AND before IS NOT NULL").Scan(t.Context(), &n)
		if strings.Contains(h.users(), "(u04") || err != nil || n != 1 {
			t.Errorf("came back: %s, %d changes, %v", h.users(), n, err)
		}
	})
}

func TestWhatIsMissingOnceAndComesBackWasNeverGone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		all := h.vendor.users
		h.vendor.users = all[:18]
		h.roster()
		h.vendor.users = all
		h.confirm()
		h.vendor.users = all[:18]
		h.roster()
		if h.gone(purser.KindAccount) != 0 {
			t.Errorf("two readings that were not one after the other removed something: %s", h.users())
		}
	})
}

func TestAHalfReadPartitionIsNeverSwept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		h.vendor.members["g1"] = []string{"u01", "u02"}
		h.vendor.members["g2"] = nil
		h.vendor.before = func(_ int, path string) error {
			if path == "/groups/g1/members" {
				return &purser.Error{Class: purser.ClassInvalidResponse, What: "the page is cut"}
			}
			return nil
		}
		h.state(h.roster(), purser.RunFailed)
		h.state(h.roster(), purser.RunFailed)
		if h.gone(purser.KindMembership) != 0 || len(h.openHolds()) != 0 {
			t.Errorf("removed from a list that was not read to its end: %s", h.members())
		}
		// Nor are the members of groups that a broken list of groups did not name.
		h.vendor.before = func(n int, path string) error {
			if path == "/groups" && n > 0 {
				h.vendor.before = func(_ int, path string) error {
					if path == "/groups" {
						return &purser.Error{Class: purser.ClassInvalidResponse, What: "the page is cut"}
					}
					return nil
				}
			}
			return nil
		}
		h.roster()
		h.roster()
		if h.gone(purser.KindMembership)+h.gone(purser.KindGroup) != 0 {
			t.Errorf("removed: %s", h.members())
		}
	})
}

func TestMembersOfAGroupThatIsGoneAreGoneWithIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		h.vendor.groups = []string{"g1", "g3"}
		h.roster()
		h.confirm()
		if h.members() != "g1/u01 g1/u02 g1/u03 (g2/u01)" {
			t.Errorf("members %s", h.members())
		}
	})
}

func TestAnEmptyListIsAGlitchUntilAPersonSaysOtherwise(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.vendor.users = h.vendor.users[:5]
		h.roster()
		all := h.vendor.users
		h.vendor.users = nil
		for range 3 {
			got := h.roster()
			if !got.Held || h.gone(purser.KindAccount) != 0 {
				t.Fatalf("held %t, users %s", got.Held, h.users())
			}
		}
		holds := h.openHolds()
		if len(holds) != 1 || holds[0].Count != 5 || holds[0].What != "removal" || len(holds[0].Names) != 5 || !strings.Contains(holds[0].Why, "empty list") {
			t.Fatalf("holds %+v", holds)
		}
		h.vendor.users = all
		h.roster()
		if len(h.openHolds()) != 0 || h.gone(purser.KindAccount) != 0 {
			t.Errorf("the hold outlives its reason: %+v", h.openHolds())
		}
	})
}

func TestAMassDepartureWaitsForAPerson(t *testing.T) {
	for _, approve := range []bool{true, false} {
		t.Run(fmt.Sprint("approve ", approve), func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.roster()
				h.vendor.users = h.vendor.users[:8]
				for range 2 {
					if got := h.roster(); !got.Held || h.gone(purser.KindAccount) != 0 {
						t.Fatalf("12 of 20 left without a question: %+v", got)
					}
				}
				holds := h.openHolds()
				if len(holds) != 1 || holds[0].Count != 12 || holds[0].Live != 20 {
					t.Fatalf("holds %+v", holds)
				}
				if err := h.runner.DecideHold(t.Context(), holds[0].ID, approve); err != nil {
					t.Fatal(err)
				}
				want := 0
				if approve {
					want = 12
				}
				if h.gone(purser.KindAccount) != want {
					t.Errorf("after the decision %s", h.users())
				}
				if err := h.runner.DecideHold(t.Context(), holds[0].ID, !approve); err == nil {
					t.Error("decided twice")
				}
				// The next readings ask no more, and do nothing of their own.
				h.roster()
				got := h.roster()
				if got.Held || len(h.openHolds()) != 0 || h.gone(purser.KindAccount) != want {
					t.Errorf("later: held %t, %s", got.Held, h.users())
				}
			})
		})
	}
}

func TestFewMissingAfterAQuestionStillWaitForItsAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		all := h.vendor.users
		h.vendor.users = all[:8]
		h.roster()
		h.vendor.users = all[:15]
		h.roster()
		if h.gone(purser.KindAccount) != 0 || len(h.openHolds()) != 1 {
			t.Errorf("a question timed out into removal: %s %+v", h.users(), h.openHolds())
		}
	})
}

func TestAMassChangeOfStatusWaitsForAPersonAndOtherChangesDoNot(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		for i := range 15 {
			h.vendor.users[i].Status = "off"
		}
		h.vendor.users = append(h.vendor.users, person{"u50", "u50@example.com", "on"})
		for range 2 {
			got := h.roster()
			if !got.Held || strings.Contains(h.users(), "suspended") || !strings.Contains(h.users(), "u50:active") {
				t.Fatalf("held %t, users %s", got.Held, h.users())
			}
		}
		holds := h.openHolds()
		if len(holds) != 1 || holds[0].What != "change" || holds[0].Field != "status" || holds[0].Count != 15 {
			t.Fatalf("holds %+v", holds)
		}
		if err := h.runner.DecideHold(t.Context(), holds[0].ID, true); err != nil {
			t.Fatal(err)
		}
		due := h.due()
		if len(due) != 1 {
			t.Fatalf("an approved change is not read again: %+v", due)
		}
		got := h.work(due[0].ID)
		if got.Held || strings.Count(h.users(), "suspended") != 15 {
			t.Errorf("after the approval: %+v %s", got, h.users())
		}
	})
}

func TestAChangedPermissionMakesNobodyGone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.roster()
		h.granted = []string{"users.read"}
		h.vendor.users = h.vendor.users[:17]
		for range 3 {
			h.roster()
		}
		if h.gone(purser.KindAccount) != 0 || len(h.openHolds()) != 1 {
			t.Errorf("users %s, holds %+v", h.users(), h.openHolds())
		}
	})
}
