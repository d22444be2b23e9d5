package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/web/assets"
)

// otherNumbers are pages whose numbers rest on nothing that was read from a vendor
// as it is now, and what they are.
func otherNumbers() map[string]string {
	return map[string]string{
		"/runs": "of runs, each with its time", "/runs/{id}": "of one run, with its time", "/runs/{id}/log": "of one run, with its time",
		"/runs/{id}/rejects": "of one run, with its time",
		"/actions":           "of what was planned, each with its time", "/actions/{id}": "of what was planned, with its time",
		"/holds/{id}":       "of what one reading missed, with its time",
		"/loads/{id}":       "of one load, with its time",
		"/deletions/{id}":   "of one deletion, with its time",
		"/contracts":        "of contracts, as people entered them",
		"/contracts/cost":   "of contracts, as people entered them",
		"/contracts/import": "of a file",
		"/catalog":          "of connectors", "/catalog/matrix": "of connectors", "/catalog/{connector}": "of connectors",
		"/credentials": "of credentials, as they are", "/views": "of views, as they are",
		"/settings/users": "of Purser itself", "/settings/tokens": "of Purser itself", "/settings/audit": "of Purser itself",
		"/settings/notifications": "of Purser itself", "/settings/notifications/log": "of Purser itself", "/settings/upkeep": "of Purser itself",
		"/settings/about": "of Purser itself", "/settings/network": "of Purser itself",
	}
}

// numbersOf finds one number each in the places of a page where numbers stand: tiles,
// columns of numbers, above lists, the line below the title.
func numbersOf(page string) (found []string) {
	for _, part := range []string{`class="tile-value">([^<]*\d[^<]*)<`, `(?s)<td[^>]*class="[^"]*\bnum\b[^"]*"[^>]*>\s*<div class="cell">\s*([\d][^<]*)<`,
		`class="rows-count"[^>]*>([^<]*\d[^<]*)<`, `(?s)class="pagehead-sub">\s*<span>([\d][^<]*)<`} {
		if m := regexp.MustCompile(part).FindStringSubmatch(page); m != nil {
			found = append(found, strings.TrimSpace(m[1]))
		}
	}
	return found
}

// Every page is opened over rows of every kind. Where its numbers rest on what was
// read, the page says of when that is, in the kit's one mark: "data as of".
func TestEveryNumberOfWhatWasReadSaysTheTimeOfItsData(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	at := time.Now().Add(-3 * time.Hour)
	for _, instance := range []string{"ins_HR", "ins_Chat"} {
		for _, task := range purser.TaskNames() {
			p.exec(`INSERT INTO instance_task (instance_id, task, enabled, every_us, data_as_of) VALUES (?, ?, TRUE, 86400000000, ?)`, instance, string(task), at.UnixMicro())
		}
	}
	mark := regexp.MustCompile(`(?s)class="asof[ "].*?<time datetime="` + regexp.QuoteMeta(at.UTC().Format(time.RFC3339)))
	routes, _ := a.Routes(assets.Fake())
	cookie, csrf, _ := session(t, a, purser.RoleAdmin)
	dated, excepted := 0, otherNumbers()
	for _, r := range routes {
		if r.Method != http.MethodGet || r.Stream || r.Public || strings.HasPrefix(r.Pattern, "/assets") || strings.HasPrefix(r.Pattern, "/api/") {
			continue
		}
		for _, path := range p.paths(r.Pattern) {
			if strings.Contains(path, "?") { // what a search leaves says no more
				continue
			}
			_, _, body := ask(t, a, h, request{path: path, header: map[string]string{"Cookie": "purser=" + cookie, "X-CSRF-Token": csrf}})
			_, page, whole := strings.Cut(body, `<main id="main"`)
			numbers := numbersOf(page)
			why := excepted[r.Pattern]
			switch has := mark.MatchString(page); {
			case !whole || strings.Contains(page, `class="failure`):
			case has:
				dated++
				if why != "" {
					t.Errorf("%s says of when its data is, and is an exception: %s", path, why)
				}
			case len(numbers) > 0 && why == "":
				t.Errorf("%s shows %s, and says nowhere of when that is", path, fmt.Sprintf("%q", numbers))
			}
		}
	}
	if dated < 25 {
		t.Errorf("%d pages say of when their data is: the walk shows little", dated)
	}
}
