package demo_test

import (
	"net/http"
	"strings"
	"testing"

	"purser/internal/web/assets"
)

// withoutNumbers says of pages why nothing on them is compared with the company.
func withoutNumbers() map[string]string {
	const (
		file      = "the rows of its list as a file; package table and the walks compare files with lists"
		form      = "a form: it shows what was entered, and counts nothing"
		reading   = "tells how readings went; what they brought is compared where it is listed"
		own       = "about this Purser and those who use it, not about the company"
		catalog   = "about what can be connected, not about the company"
		one       = "one row of a list that is compared, with what stands in it"
		none      = "the demo's company has none: the package that makes them compares them"
		elsewhere = "leads to a page elsewhere, or back from there"
	)
	return map[string]string{
		"/assets/": "files of pages", "/palette": "finds pages by name, and counts nothing",
		"/applications/export": file, "/accounts/export": file, "/people/export": file, "/licenses/export": file, "/seats/export": file, "/contracts/cost/export": file, "/spend/export": file, "/devices/export": file,
		"/findings/export": file, "/suspicious/export": file, "/accounts/unmatched/export": file, "/accounts/sso/export": file, "/leavers/export": file,
		"/access/export": file, "/changes/export": file, "/runs/export": file, "/contracts/export": file, "/contracts/import/export": file, "/instances/{id}/devices/export": file,
		"/accounts/{id}/link": form, "/people/{id}/merge": form, "/contracts/new": form, "/contracts/{id}/edit": form, "/contracts/{id}/renew": form, "/contracts/{id}/amend": form,
		"/contracts/import": form, "/catalog/{connector}/connect": form, "/instances/{id}/setup": form, "/instances/{id}/authorize": form, "/instances/{id}/test": form,
		"/views/new": form, "/views/{id}/edit": form, "/sign-in": form, "/sign-in/again": form, "/setup": form, "/settings/notifications/add": form,
		"/contracts/{id}/sheet": "a renewal sheet; package contract compares its sums with contracts, seats and use", "/contracts/calendar": "the days of the contracts that are compared on their list", "/contracts/cost": "the contracts by name; package contract compares their sum with the chart's",
		"/instances/{id}": reading, "/instances/{id}/runs": reading, "/instances/{id}/calls": reading, "/instances/{id}/holds": reading, "/instances/{id}/result": reading,
		"/instances/{id}/history": reading, "/instances/{id}/loads": reading, "/instances/{id}/permissions": reading, "/instances/{id}/actions": reading,
		"/instances/{id}/settings": reading, "/instances/{id}/credential": own, "/runs": reading, "/runs/{id}": reading, "/runs/{id}/log": reading, "/runs/{id}/log.jsonl": reading,
		"/runs/{id}/rejects": reading, "/runs/{id}/live": reading, "/integrations": reading, "/credentials": own, "/actions": none, "/actions/{id}": none, "/actions/{id}/live": none,
		"/integrated/{id}": one, "/applications/{id}/compare": none, "/devices/{id}": none, "/instances/{id}/devices": none, "/leavers/{id}": none, "/holds/{id}": none,
		"/contracts/{id}/sheet/{no}": none, "/contracts/{id}/documents/{document}": none, "/contract-imports/{id}": none, "/loads/{id}": none, "/deletions/{id}": none,
		"/deletions/{id}/live": none, "/instances/{id}/delete/{scope}": none, "/instances/{id}/deletion": none, "/views": none, "/views/{id}": none,
		"/catalog": catalog, "/catalog/matrix": catalog, "/catalog/{connector}": catalog, "/catalog/own": catalog, "/help/troubleshooting": "help", "/loads/{id}/rejects": none, "/holds": none,
		"/calendar/{secret}": "the same days as on the calendar of contracts, for other programs",
		"/settings":          own, "/settings/you": own, "/settings/you/second-factor": own, "/settings/sign-in": own, "/settings/users": own, "/settings/tokens": own,
		"/settings/network": own, "/settings/audit": own, "/settings/about": own, "/settings/actions": own, "/settings/matching": own, "/settings/sources": own,
		"/settings/notifications": own, "/settings/notifications/log": own, "/settings/notifications/log/{id}": own, "/settings/organization": own, "/settings/upkeep": own,
		"/delegate": elsewhere, "/delegate/connection": elsewhere, "/delegate/authorize": elsewhere, "/oauth/callback": elsewhere, "/instances/{id}/authorize/go": elsewhere,
		"/sign-in/provider": elsewhere, "/setup/provider": elsewhere, "/sign-in/again/provider": elsewhere, "/sign-in/callback": elsewhere,
	}
}

// everyPage says of every page whether what it shows is compared with the company or
// why there is nothing to compare: a new page is one or the other.
func everyPage(t *testing.T, s *screen, all company) {
	t.Helper()
	set, err := assets.Open()
	if err != nil {
		t.Fatal(err)
	}
	routes, _ := all.Routes(set)
	pages, mux := map[string]bool{}, http.NewServeMux()
	for _, r := range routes {
		if r.Method == http.MethodGet && !strings.HasPrefix(r.Pattern, "/api/") && !pages[r.Pattern] {
			pages[r.Pattern] = true
			mux.Handle("GET "+r.Pattern, http.NotFoundHandler())
		}
	}
	compared := map[string]bool{}
	for path := range s.opened {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(r)
		compared[strings.TrimPrefix(pattern, "GET ")] = true
	}
	why := withoutNumbers()
	for page := range pages {
		switch reason := why[page]; {
		case reason != "" && compared[page]:
			t.Errorf("%s is compared with the company, and said not to be: %s", page, reason)
		case reason == "" && !compared[page]:
			t.Errorf("%s is not compared with the company, and nothing says why not", page)
		}
	}
	for page := range why {
		if !pages[page] {
			t.Errorf("%s is no page", page)
		}
	}
}
