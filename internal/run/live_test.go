package run_test

import (
	"testing"
	"time"

	"purser"
)

func TestWhoWatchesSeesRequestsAndWaitsWhileAnAnswerIsOutstanding(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		asked := make(chan struct{})
		h.vendor.before = func(n int, _ string) error {
			if n == 3 {
				(*h.record.Load())(purser.LogLine{Kind: "wait", Duration: time.Minute, Message: "the vendor asks to wait"})
				<-asked
			}
			return nil
		}
		runs, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := h.runner.Watch(t.Context(), runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan purser.Run, 1)
		go func() { ended <- h.work(runs[0].ID) }()
		waits, last := false, purser.Run{}
		for r := range seen {
			if r.WaitReason == "the vendor asks to wait, for 1m0s more" && r.Requests == 2 && !waits {
				waits = true
				close(asked)
			}
			last = r
		}
		if !waits || last.WaitReason != "" {
			t.Errorf("the wait was seen: %v; at the end it waits for %q", waits, last.WaitReason)
		}
		h.state(<-ended, purser.RunSucceeded)
	})
}
