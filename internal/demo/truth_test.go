package demo_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/inventory"
	"purser/internal/sandbox"
)

// asked are the vendors of whose accounts the generator knows whose they are, with
// the names of their applications.
func asked() map[string]string {
	return map[string]string{sandbox.Okta: "Okta", sandbox.Google: "Google Workspace", sandbox.Slack: "Slack", sandbox.Xero: "Xero"}
}

// unescaped is the text of what an expression's group finds, of every hit.
func unescaped(page, expression string) (out []string) {
	for _, found := range regexp.MustCompile(expression).FindAllStringSubmatch(page, -1) {
		out = append(out, html.UnescapeString(found[1]))
	}
	return out
}

// shown is a name with its blanks as a page shows them.
func shown(name string) string { return strings.Join(strings.Fields(name), " ") }

// rowsOf cuts a page into the rows of its tables, heads among them.
func rowsOf(page string) []string { return strings.Split(page, `<tr role="row">`)[1:] }

// walked hands every row of a list that goes on over pages to fn.
func (s *screen) walked(path string, fn func(row string)) {
	s.t.Helper()
	list, _, _ := strings.Cut(path, "?")
	for path != "" {
		page := s.open(path)
		for _, row := range rowsOf(page) {
			if strings.Contains(row, `class="name-title"`) {
				fn(row)
			}
		}
		path = ""
		if next := unescaped(page, `href="(`+list+`\?[^"]*after=[^"]*)"[^>]*rel="next"`); len(next) > 0 {
			path = next[0]
		}
	}
}

// leavers compares who left and could still get in with the company.
func leavers(t *testing.T, s *screen, vendors *sandbox.Sandbox) {
	t.Helper()
	want, all := map[string]int64{}, int64(0)
	for vendor, title := range asked() {
		for _, x := range vendors.Accounts(vendor) {
			if x.Person.Employment == sandbox.Left && !x.Shut {
				want[title+" Acme"]++
				all++
			}
		}
	}
	if all < 10 {
		t.Errorf("%d accounts of people who left let somebody in: %v", all, want)
	}
	got := map[string]int64{}
	s.walked("/leavers?n=25", func(row string) {
		for _, instance := range unescaped(row, `class="name-sub">([^<]*)<`) {
			got[instance]++
		}
	})
	for instance, n := range got {
		is(t, "rows of leavers in "+instance, n, want[instance])
	}
	is(t, "systems of which leavers have accounts", int64(len(got)), int64(len(want)))
	is(t, "what the page of leavers says", s.first(s.open("/leavers"), `([\d,]+) accounts of people who left still let somebody in`), all)
	is(t, "the findings of leavers", s.listed("/findings?kind=leaver_access"), all)
}

// used compares the shares of the pages of use with when everybody was last seen.
func used(t *testing.T, a *app.App, ctx context.Context, s *screen, vendors *sandbox.Sandbox, c *sandbox.Company) {
	t.Helper()
	since := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -60)
	last := map[int]time.Time{} // when everybody signed in to the chat last; its log is read for thirty days
	for _, e := range c.Events {
		if e.Success && (e.App < 0 || c.Apps[e.App].Key == "slack") {
			last[e.Person] = e.At
		}
	}
	for vendor, title := range asked() {
		want, perhaps := map[string]int64{}, int64(0)
		for _, x := range vendors.Accounts(vendor) {
			seen := x.Person.LastSeen
			switch {
			case x.Closed:
			case vendor == sandbox.Slack && last[x.Person.N].After(since.AddDate(0, 0, 31)):
				want["active"]++
			case vendor == sandbox.Slack, vendor == sandbox.Xero: // the one's log is too short for the others, the other tells nothing
				want["unknown"]++
				if last[x.Person.N].After(since) { // a page of the log may reach further back
					perhaps++
				}
			case seen.IsZero():
				want["never active"]++
			case seen.Before(since):
				want["inactive"]++
			default:
				want["active"]++
			}
		}
		if vendor == sandbox.Slack {
			want["unknown"]++ // the vendor's own robot
		}
		list, err := a.Inventory.Applications(ctx, inventory.ApplicationFilter{Query: title}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list.Items, func(x purser.Application) bool { return x.Name == title })
		if i < 0 {
			t.Fatalf("%s is not listed", title)
		}
		page := s.open("/applications/" + list.Items[i].ID + "/use")
		sentence := regexp.MustCompile(`Use of [^"]* by account: [^"]*unknown\.`).FindString(page)
		if more := s.first(sentence, `: ([\d,]+) active`) - want["active"]; vendor == sandbox.Slack && more > 0 && more <= perhaps {
			want["active"], want["unknown"] = want["active"]+more, want["unknown"]-more
		}
		for _, class := range []string{"active", "inactive", "never active", "unknown"} {
			is(t, title+", by use "+class, s.first(sentence, `[:,] ([\d,]+) `+class+`[,.]`), want[class])
			word, _, _ := strings.Cut(class, " ")
			is(t, "the rows of "+title+" behind "+class, s.listed("/accounts?application="+list.Items[i].ID+"&use="+url.QueryEscape(word)), want[class])
		}
	}
}
