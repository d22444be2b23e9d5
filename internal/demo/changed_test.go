package demo_test

import (
	"context"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

// changed lets things happen in the company, reads people and two rosters again, and
// compares what the page says has changed: nothing before, and each thing once then.
func changed(t *testing.T, s *screen, all company, ctx context.Context) {
	t.Helper()
	is(t, "what changed before the second reading", s.listed("/changes"), 0)
	want := map[string]map[string]int64{"joined": {}, "left": {}, "account_added": {}, "account_status": {}, "employment": {}, "account_gone": {}, "account_returned": {}, "seat_given": {}, "seat_taken": {}}
	open := map[int]map[string]bool{} // of everybody whose account lets them in
	for _, vendor := range []string{sandbox.Okta, sandbox.Google} {
		for _, x := range all.vendors.Accounts(vendor) {
			if open[x.Person.N] == nil {
				open[x.Person.N] = map[string]bool{}
			}
			open[x.Person.N][vendor] = !x.Shut
		}
	}
	var leaving []*sandbox.Person
	all.vendors.Company(func(c *sandbox.Company) {
		for _, p := range c.People {
			if len(leaving) < 3 && p.N > 20 && p.Employment == sandbox.Employed && p.Family != "" && open[p.N][sandbox.Okta] && open[p.N][sandbox.Google] {
				leaving = append(leaving, p)
			}
		}
	})
	for n, p := range leaving {
		name, lingers := shown(p.Name()), n == 0
		want["left"][name]++
		if !lingers {
			want["account_status"][name] += 2 // closed or suspended in both
		}
		if err := all.vendors.Leave(p.Email, lingers); err != nil {
			t.Fatal(err)
		}
	}
	hired := all.vendors.Hire("Nora", "Newcomer", "Legal", time.Now().UTC().Truncate(24*time.Hour))
	want["joined"]["Nora Newcomer"]++
	for _, vendor := range []string{sandbox.Okta, sandbox.Google} {
		for _, x := range all.vendors.Accounts(vendor) {
			if x.Person.N == hired.N {
				want["account_added"]["Nora Newcomer"]++
			}
		}
	}
	again(t, all, ctx, map[string]purser.TaskName{sandbox.BambooHR: purser.TaskHRRoster, sandbox.Okta: purser.TaskApplicationRoster, sandbox.Google: purser.TaskApplicationRoster})
	sum := int64(0)
	for what, people := range want {
		got, n := map[string]int64{}, int64(0)
		for _, row := range rowsOf(s.open("/changes?n=100&what=" + what)) {
			for _, who := range unescaped(row, `data-label="Who">(?:<div class="cell">)?<a[^>]*>([^<]*)<`) {
				got[shown(who)]++
			}
		}
		for _, many := range people {
			n += many
		}
		sum += n
		alike(t, "what changed, "+what, got, people)
		is(t, "what changed, "+what, s.listed("/changes?what="+what), n)
	}
	is(t, "what changed", s.listed("/changes"), sum)
}

// again reads tasks of some instances once more.
func again(t *testing.T, all company, ctx context.Context, tasks map[string]purser.TaskName) {
	t.Helper()
	instances, err := all.Connect.Instances(ctx, connect.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]bool{}
	for _, i := range instances {
		task, ok := tasks[i.Connector]
		if !ok {
			continue
		}
		runs, err := all.Runs.Start(ctx, i.ID, purser.TriggerManual, task)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			waiting[r.ID] = true
		}
	}
	for range 1200 {
		for id := range waiting {
			r, err := all.Runs.Run(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if r.State.Ended() {
				if r.State != purser.RunSucceeded {
					t.Fatalf("%s ended %s", id, r.State)
				}
				delete(waiting, id)
			}
		}
		if len(waiting) == 0 {
			settled(t, all.App)
			return
		}
		if err := pause(ctx); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("%v never ended", waiting)
}
