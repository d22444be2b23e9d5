package app_test

import (
	"testing"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
)

func TestANewApplicationIsNoFindingOnceSomebodyHasDecided(t *testing.T) {
	a, _, _ := aged(t)
	p := plant(t, a)
	app := p.of["applications"]
	status := func(to string) error {
		return a.Inventory.SetApplication(host(t.Context()), app, inventory.ApplicationChange{Status: &to})
	}
	manage := func() error {
		_, err := a.Feeds.Manage(host(t.Context()), []string{app}, "")
		return err
	}
	for _, step := range []struct {
		what string
		do   func() error
		want int
	}{
		{"it is new", func() error { return status("new") }, 1},
		{"it is managed", manage, 0},
		{"it is new again", func() error { return status("new") }, 1},
		{"it is ignored", func() error { return status("ignored") }, 0},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		list, err := a.Findings.List(host(t.Context()), finding.Filter{Kinds: []string{string(purser.FindingNewApplication)}}, purser.Page{})
		if err != nil || len(list.Items) != step.want {
			t.Errorf("%s: %d findings, want %d: %v", step.what, len(list.Items), step.want, err)
		}
	}
}
