package app_test

import (
	"regexp"
	"testing"

	"purser"
)

// In a narrow window the filters are folded: the number beside them tells of every
// condition that is in force, also of those that the form has no field for.
func TestTheFoldedFiltersCountEveryConditionInForce(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	cookie, _, _ := session(t, a, purser.RoleAdmin)
	for query, want := range map[string]string{
		"/findings": "", "/findings?kind=unused_seat": "1", "/findings?application=" + p.of["applications"]: "1", "/findings?sort=age&n=25": "",
		"/findings?kind=unused_seat&kind=renewal_due&owner=me&account=acc_1&currency=EUR": "5", "/accounts?as_of=2026-11-01&active_days=8-14": "2",
	} {
		code, _, body := ask(t, a, h, request{path: query, header: map[string]string{"Cookie": "purser=" + cookie}})
		m := regexp.MustCompile(`data-fold-count="\d+">([^<]*)<`).FindStringSubmatch(body)
		if code != 200 || m == nil || m[1] != want {
			t.Errorf("%s: %d, %q, want %q", query, code, m, want)
		}
	}
}
