package connect_test

import (
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

// TestSwitchingOffTheOnlyTaskThatFailsEndsTheFailing also sees that another task
// that fails goes on to count.
func TestSwitchingOffTheOnlyTaskThatFailsEndsTheFailing(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		l := born(h)
		switched := func(task purser.TaskName, to bool) {
			h.must(h.SetTask(h.ctx, l.id, task, connect.TaskChange{Enabled: on(to)}))
		}
		health := func(when string, want purser.Health) {
			h.t.Helper()
			if i := l.instance(l.id); i.Health != want {
				h.t.Errorf("%s: %s %q, want %s", when, i.Health, i.HealthWhy, want)
			}
		}
		switched(purser.TaskApplicationDiscovery, true)
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 503})
		l.read()
		l.reads(l.r, l.id, purser.TaskApplicationDiscovery)
		health("both fail", purser.HealthFailing)
		switched(purser.TaskApplicationRoster, false)
		health("one is switched off", purser.HealthFailing)
		switched(purser.TaskApplicationDiscovery, false)
		health("both are", purser.HealthUnknown)
	})
}
