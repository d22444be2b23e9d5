package app_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"purser"
	"purser/internal/finding"
	"purser/internal/leaver"
)

// What is wrong with a form stands at its field, and the form as it was typed: nobody
// ticks forty rows and writes a reason twice.
func TestAFormWithABadFieldComesBackAsItWasTyped(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	b := openTab(t, a, h)
	found, err := a.Findings.List(host(t.Context()), finding.Filter{}, purser.Page{})
	if err != nil {
		t.Fatal(err)
	}
	use, err := a.Findings.Suspicious(host(t.Context()), finding.SuspiciousFilter{}, purser.Page{})
	if err != nil || len(use.Items) == 0 {
		t.Fatalf("%d: %v", len(use.Items), err)
	}
	lists, err := a.Leavers.Checklist(host(t.Context()), p.of["leavers"])
	if err != nil {
		t.Fatal(err)
	}
	id, application := found.Items[0].ID, p.of["applications"]
	for _, c := range []struct {
		name, path string
		form       url.Values
		field      string   // at which the error stands
		shown      []string // of the form, besides what was typed
	}{
		{"accept without a reason", "/findings/decide", url.Values{"state": {"accepted"}, "accept_until": {"2030-01-31"}, "until": {"2029-12-24"}, "finding": {id}, "back": {"/findings?kind=" + string(found.Items[0].Kind) + "&done=decided"}}, "reason",
			[]string{`value="/findings?kind=` + string(found.Items[0].Kind) + `"`, `class="chip"`}},
		{"accept until the past", "/findings/decide", url.Values{"state": {"accepted"}, "reason": {"on parental leave"}, "accept_until": {"2020-01-31"}, "finding": {id}}, "accept_until", nil},
		{"put off until the past", "/findings/decide", url.Values{"state": {"snoozed"}, "reason": {"later"}, "until": {"2020-01-31"}, "finding": {id}}, "until", nil},
		{"nothing is ticked", "/findings/decide", url.Values{"state": {"accepted"}, "reason": {"on parental leave"}}, "", nil},
		{"recognize without a day", "/suspicious", url.Values{"reason": {"a handover"}, "finding": {use.Items[0].ID}, "back": {"/suspicious?kind=" + string(use.Items[0].Kind)}}, "until", []string{`class="chip"`}},
		{"terms of a plan", "/licenses/" + p.of["licenses"] + "/terms", url.Values{"model": {"per_unit"}, "period": {"year"}, "price": {"12.505"}, "currency": {"EUR"}, "bought": {"12"}, "included": {"3"}, "minimum": {"0"}, "free": {"1"}, "family": {"Suite"}, "ends_on": {"2030-01-31"}, "contains": {"Pro\nBasic"}}, "price", nil},
		{"a bundle of an unknown plan", "/licenses/" + p.of["licenses"] + "/terms", url.Values{"model": {"flat"}, "contains": {"Nothing of that name"}}, "contains", nil},
		{"a plan by hand", "/applications/" + application + "/plans", url.Values{"name": {"Support"}, "model": {"flat"}, "price": {"ten"}, "currency": {"EUR"}, "included": {"2"}}, "price", nil},
		{"a plan by hand without a name", "/applications/" + application + "/plans", url.Values{"name": {""}, "model": {"flat"}, "family": {"Help"}}, "name", nil},
		{"an exclusion without a reason", "/applications/" + application + "/exclusions", url.Values{"what": {"domain"}, "value": {"partner.example"}, "reason": {""}}, "reason", nil},
		{"an exclusion of an account that is not there", "/applications/" + application + "/exclusions", url.Values{"what": {"account"}, "value": {"acc_999"}, "reason": {"on leave"}}, "value", nil},
		{"a note that is too long", "/leavers/" + lists.ID, url.Values{"item": {lists.Items[0].ID}, "do": {"done"}, "note": {"closed " + strings.Repeat("by hand, ", 120) + "all"}}, "note", nil},
		{"no account is ticked", "/leavers/" + lists.ID, url.Values{"do": {"done"}, "note": {"closed by hand"}}, "item", nil},
		{"an assignee who is not there", "/leavers/" + lists.ID, url.Values{"item": {lists.Items[0].ID}, "do": {"assign"}, "assignee": {"usr_gone"}, "note": {"yours"}}, "assignee", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := b.send(t, "POST", c.path, "", c.form)
			body := w.Body.String()
			if w.Code != http.StatusUnprocessableEntity {
				t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
			}
			typed := enteredIn(body)
			for name, values := range c.form {
				for _, v := range values {
					if name != "state" && name != "do" && name != "back" && !typed[name+"="+strings.TrimSpace(v)] && v != "usr_gone" {
						t.Errorf("%s=%q is lost; it holds %v", name, v, typed)
					}
				}
			}
			if c.field != "" && !strings.Contains(body, `id="f-`+c.field+`-error"`) {
				t.Errorf("nothing is said at %s", c.field)
			}
			if c.field != "" && strings.Count(body, `-error" role="alert"`) != 1 {
				t.Errorf("%d fields are called wrong", strings.Count(body, `-error" role="alert"`))
			}
			if !strings.Contains(body, "error-summary") {
				t.Error("no summary says what is wrong")
			}
			for _, text := range c.shown {
				if !strings.Contains(body, text) {
					t.Errorf("it shows no %s", text)
				}
			}
		})
	}
	after, err := a.Findings.List(host(t.Context()), finding.Filter{}, purser.Page{})
	if err != nil || len(after.Items) != len(found.Items) {
		t.Errorf("%d of %d findings are open: %v", len(after.Items), len(found.Items), err)
	}
	again, err := a.Leavers.List(host(t.Context()), leaver.Filter{}, purser.Page{})
	if err != nil || again.Items[0].Done != 0 {
		t.Errorf("something is done: %v", err)
	}
}

// enteredIn is what the inputs of a page hold, as name=value.
func enteredIn(page string) map[string]bool {
	out := map[string]bool{}
	said := func(tag, attribute string) string {
		if m := regexp.MustCompile(`\s` + attribute + `="([^"]*)"`).FindStringSubmatch(tag); m != nil {
			return html.UnescapeString(m[1])
		}
		return ""
	}
	for _, tag := range regexp.MustCompile(`<input[^>]*>`).FindAllString(page, -1) {
		if said(tag, "type") != "checkbox" || regexp.MustCompile(`\schecked`).MatchString(tag) {
			out[said(tag, "name")+"="+said(tag, "value")] = true
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea([^>]*)>(.*?)</textarea>`).FindAllStringSubmatch(page, -1) {
		out[said(m[1], "name")+"="+html.UnescapeString(m[2])] = true
	}
	for _, m := range regexp.MustCompile(`(?s)<select([^>]*)>(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		for _, option := range regexp.MustCompile(`<option[^>]*>`).FindAllString(m[2], -1) {
			if regexp.MustCompile(`\sselected`).MatchString(option) {
				out[said(m[1], "name")+"="+said(option, "value")] = true
			}
		}
	}
	return out
}
