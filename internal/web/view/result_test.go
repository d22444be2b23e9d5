package view_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/notify"
	"purser/internal/web/ui"
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

func TestARemedyStandsOnceForAllThatItHelps(t *testing.T) {
	blocked := func(stream, scope string) purser.StreamState {
		return purser.StreamState{Stream: stream, State: "blocked", Scope: scope, Message: "the permission " + scope + " is missing", Hint: "Give the service app the permissions"}
	}
	tasks := []purser.InstanceTask{{Task: purser.TaskApplicationRoster, Enabled: true, Streams: []purser.StreamState{blocked("users", "x.users"), blocked("groups", "x.groups"), {Stream: "plans", State: "not_offered", Message: "the plan has none"}}}}
	page := drawn(t, view.Instance(view.InstancePage{Tasks: tasks}))
	if n := strings.Count(page, "Give the service app the permissions"); n != 1 || !strings.Contains(page, "groups: the permission x.groups is missing") || !strings.Contains(page, "the plan has none") {
		t.Errorf("the remedy stands %d times: %s", n, page)
	}
	page = drawn(t, view.FirstSync(view.InstancePage{Tasks: tasks}, connect.Result{NotRead: []connect.NotRead{{What: "Licenses.", Why: "the task is switched off", Hint: "Switch it on"},
		{What: "Spend", Why: "the task is switched off", Hint: "Switch it on"}, {What: "Deleted users", Why: "the vendor does not tell it"}}}))
	if n := strings.Count(page, "Switch it on"); n != 1 || !strings.Contains(page, "Licenses<") || !strings.Contains(page, "Spend<") || !strings.Contains(page, "The vendor does not tell it") {
		t.Errorf("the hint stands %d times: %s", n, page)
	}
}

func TestStepsThatAreDoneAreFoldedAway(t *testing.T) {
	g := purser.GettingStarted{Steps: []purser.StartStep{{Key: "organization", Title: "Say who you are", Done: true}, {Key: "invite", Title: "Invite colleagues", Button: "Invite"}, {Key: "notices", Title: "Say who is told", Skipped: true}}}
	page := drawn(t, view.Home(ui.Page{}, view.HomeData{Start: g, MayDecide: true}))
	folded := strings.Index(page, "<details>")
	if folded < 0 || strings.Index(page, "Say who you are") < folded || strings.Index(page, "Say who is told") < folded || strings.Index(page, "Invite colleagues") > folded || !strings.Contains(page, "1 step is done, 1 skipped") {
		t.Errorf("the guide is not folded: %s", page)
	}
	g.Over = true
	if page := drawn(t, view.Home(ui.Page{}, view.HomeData{Start: g, MayDecide: true})); strings.Contains(page, "Getting started") {
		t.Error("a finished guide is still there")
	}
}

func TestADeliveryLogSaysWhyMailFailed(t *testing.T) {
	page := drawn(t, view.Delivery(view.SettingsPage{}, notify.Delivery{Way: notify.WayMail, State: "failed", Error: "it answered 550 no such user", Log: []notify.DeliveryTry{{Status: 451, Error: "it answered 451 come again"}, {Status: 550, Error: "it answered 550 no such user"}, {Error: "it did not answer in time"}, {Status: 250}}}, true))
	for _, want := range []string{"Not now (451)", "it answered 451 come again", "Refused (550)", "it answered 550 no such user", "Not handed over", "it did not answer in time", "Taken"} {
		if !strings.Contains(page, want) {
			t.Errorf("the log of a delivery lacks %q", want)
		}
	}
	if page := drawn(t, view.Deliveries(view.SettingsPage{}, view.DeliveriesData{List: purser.List[notify.Delivery]{Items: []notify.Delivery{{Way: notify.WayMail, State: "failed", Error: "it answered 550 no such user"}}}})); !strings.Contains(page, "it answered 550 no such user") {
		t.Error("the list of deliveries does not say why")
	}
}

func TestOneOfSomethingIsWrittenAsOne(t *testing.T) {
	plan := purser.DeletionPlan{Goes: []purser.DeletionCount{{What: "people", Count: 1}, {What: "license plans", Count: 1}, {What: "runs", Count: 2}},
		Stays: []purser.DeletionCount{{What: "entries of the audit log", Count: 1}, {What: "instance with settings, credential, tasks and schedule", Count: 1}}}
	page := drawn(t, view.DeletionPlan(ui.Page{}, purser.Instance{}, plan, ""))
	for _, want := range []string{"1 person", "1 license plan", "2 runs", "1 entry of the audit log", "1 instance with settings, credential, tasks and schedule"} {
		if !strings.Contains(page, want) {
			t.Errorf("the plan lacks %q", want)
		}
	}
	if strings.Contains(page, "1 license plans") {
		t.Error("one license plan is written as several")
	}
}
