package view_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func TestAListThatWaitsSaysUntilWhenAndWhy(t *testing.T) {
	kit := ui.Kit{Assets: assets.Fake(), Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }}
	run := purser.Run{ID: "run_1", State: purser.RunWaiting, WaitUntil: kit.Now().Add(time.Hour), WaitReason: "the vendor's limit for the hour is used up",
		Streams: []purser.StreamState{{Stream: "groups", State: "complete"}, {Stream: "users", State: "pending"}}}
	for _, c := range []struct {
		name, want string
		change     func(r *purser.Run)
	}{
		{"it waits", "users: waits until 22 Nov 2026, 10:00 UTC: the vendor&#39;s limit for the hour is used up", func(*purser.Run) {}},
		{"nobody knows why", "users: waits until 22 Nov 2026, 10:00 UTC: the reason is not known", func(r *purser.Run) { r.WaitReason = "" }},
		{"for a moment, while it runs", "users: waits: a break", func(r *purser.Run) { r.State, r.WaitUntil, r.WaitReason = purser.RunRunning, time.Time{}, "a break" }},
		{"it is read", "users: being read", func(r *purser.Run) { r.State, r.WaitUntil, r.WaitReason = purser.RunRunning, time.Time{}, "" }},
	} {
		r := run
		c.change(&r)
		var b strings.Builder
		if err := view.RunProgress(r).Render(ui.WithCSRF(kit.Context(t.Context()), "tok-1"), &b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), c.want) || !strings.Contains(b.String(), "groups: complete") {
			t.Errorf("%s: want %q in\n%s", c.name, c.want, b.String())
		}
	}
}
