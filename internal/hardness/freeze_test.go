package hardness_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/sandbox"
)

func TestAfterAFreezeNothingLeavesAlsoAfterARestart(t *testing.T) {
	const path = "/api/v1/users"
	each(t, sandbox.Options{Scale: &sandbox.Scale{Users: 2_000, Apps: 1, Groups: 1}}, func(t *testing.T, h *house) {
		h.serve()
		// The vendor falls silent in the middle of an answer, until the client leaves.
		h.vendors.Script(sandbox.Fault{Route: path, Skip: 1 + 3, Times: 1, Kind: sandbox.SlowBody})
		h.okta(purser.TaskApplicationRoster)
		h.until("the vendor falls silent", func() bool { return h.vendors.Fired(sandbox.SlowBody) == 1 })
		asked := len(h.asked(path))
		if code, out, errs := h.purser("freeze", "--why", "a token may have leaked"); code != 0 || !strings.Contains(out, "a token may have leaked") {
			t.Fatalf("freeze: %d %s%s", code, out, errs)
		}
		waits := func() bool {
			r := list[purser.Run](h, "/runs")[0]
			return r.State == purser.RunWaiting && strings.Contains(r.WaitReason, "frozen") && strings.Contains(r.WaitReason, "a token may have leaked")
		}
		h.until("the run whose connection was cut waits and says why", waits)
		if code, body := h.ask("POST", "/api/v1/instances/Acme/test", nil); !strings.Contains(body, "frozen") {
			t.Errorf("a test of the connection: %d %s", code, body)
		}
		h.kill()
		h.serve()
		if code, body := h.ask("GET", "/api/v1/freeze", nil); code != 200 || !strings.Contains(body, `"frozen":true`) {
			t.Errorf("after a restart: %d %s", code, body)
		}
		if code, body := h.ask("POST", "/api/v1/instances/Acme/test", nil); !strings.Contains(body, "frozen") {
			t.Errorf("a test of the connection after a restart: %d %s", code, body)
		}
		h.until("the run waits", waits)
		if now := len(h.asked(path)); now != asked {
			t.Errorf("the vendor was asked %d times more while calls were frozen", now-asked)
		}
		h.kill()
		if code, out, errs := h.purser("thaw"); code != 0 { // on the data itself: no server runs
			t.Fatalf("thaw: %d %s%s", code, out, errs)
		}
		h.serve()
		runs := h.runs()
		if len(runs) != 1 || runs[0].State != purser.RunSucceeded {
			t.Errorf("the runs are %+v", runs)
		}
	})
}
