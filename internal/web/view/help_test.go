package view_test

import (
	"bytes"
	"context"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"purser"
	"purser/docs"
	"purser/internal/connect"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func drawn(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	ctx := ui.Kit{Assets: assets.Fake(), Now: time.Now}.Context(context.Background())
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAMessageLeadsToTheSectionOfItsClass(t *testing.T) {
	help := html.UnescapeString(drawn(t, view.Troubleshooting(ui.Page{}, docs.Troubleshooting())))
	for _, class := range purser.Classes() {
		link := `href="/help/troubleshooting#` + string(class) + `"`
		if !strings.Contains(help, `id="`+string(class)+`"`) || !strings.Contains(help, view.ClassWords(class)) {
			t.Errorf("the page has no section on %s", class)
		}
		for what, page := range map[string]templ.Component{
			"the run":             view.Run(ui.Page{}, view.RunData{Run: purser.Run{ID: "run_1", State: purser.RunFailed, Class: class, Message: "no"}}),
			"the test":            view.Test(ui.Page{}, purser.Instance{}, &connect.TestResult{Class: class, Message: "no"}, false),
			"the kept credential": view.CheckedAgain(view.InstancePage{}, connect.TestResult{Class: class, Message: "no"}),
		} {
			if !strings.Contains(drawn(t, page), link) {
				t.Errorf("%s says nothing of the help on %s", what, class)
			}
		}
	}
	if view.HelpFor("") != "" || view.HelpFor("nonsense") != "" {
		t.Error("there is help on what is no class")
	}
}
