package view_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/view"
)

func TestTheResultOfAFirstSyncSaysWhatCameOfEachStream(t *testing.T) {
	tasks := []purser.InstanceTask{{Task: purser.TaskApplicationRoster, Enabled: true, LastRun: &purser.Run{ID: "run_1", State: purser.RunSucceeded}}}
	r := connect.Result{Tasks: tasks, Streams: []connect.StreamResult{
		{Task: purser.TaskApplicationRoster, StreamState: purser.StreamState{Stream: "users", State: "complete", Counts: purser.Counts{Read: 4321}}},
		{Task: purser.TaskApplicationAccess, StreamState: purser.StreamState{Stream: "logins", State: "complete"}},
	}}
	page := drawn(t, view.FirstSync(view.InstancePage{Tasks: tasks}, r))
	if !strings.Contains(page, "users") || !strings.Contains(page, "4,321") || strings.Contains(page, "logins") {
		t.Errorf("the streams of the task are not told: %s", page)
	}
}
