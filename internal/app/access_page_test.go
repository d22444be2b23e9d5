package app_test

import (
	"regexp"
	"strings"
	"testing"

	"purser"
)

// The page of the access matrix shows the columns of its address, then the applications,
// and what it shows can be saved. Who may not see names has no column that tells them.
func TestThePageOfTheAccessMatrixShowsItsColumnsAndCanBeSaved(t *testing.T) {
	a, h, _ := aged(t)
	plant(t, a)
	head := regexp.MustCompile(`(?s)<th[^>]*scope="col"[^>]*>\s*(?:<a class="sort" href="([^"]*)">)?\s*([^<]*?)\s*<`)
	order := regexp.MustCompile(`sort=\w+`)
	for role, want := range map[purser.Role]string{
		purser.RoleAdmin:   "Person sort=name|Department sort=department|Employment|Manager|Chat",
		purser.RoleFinance: "Person sort=name|Department sort=department|Employment|Chat",
	} {
		root, _, _ := session(t, a, role)
		const address = "/access?any1.department=Sales&any2.employment=employed&application=app_2&cols=department,employment,manager"
		code, _, body := ask(t, a, h, request{path: address, header: map[string]string{"Cookie": "purser=" + root}})
		var got []string
		for _, m := range head.FindAllStringSubmatch(body, -1) {
			got = append(got, strings.TrimSpace(m[2]+" "+order.FindString(m[1])))
		}
		if heads := strings.Join(got, "|"); code != 200 || heads != want {
			t.Errorf("%s: %d %s", role, code, heads)
		}
		for _, part := range []string{`name="any1.department"`, `name="any2.employment"`, `href="/views/new?list=access-matrix&amp;any1.department=Sales`} {
			if !strings.Contains(body, part) {
				t.Errorf("%s: the page has no %s", role, part)
			}
		}
	}
}
