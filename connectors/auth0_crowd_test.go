package connectors_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/source"
	"purser/internal/vendorhttp"
)

// A search at Auth0 ends at 1,000 results. The played one refuses to go past them
// and answers, as the vendor does, sorted by the moment of making.
func TestAnAuth0ConnectionOfMoreThanAThousandUsersIsReadToItsEnd(t *testing.T) {
	const people = 1350
	moment := func(n int) string {
		return time.Date(2024, 1, 1, 0, 0, n/3, 0, time.UTC).Format("2006-01-02T15:04:05.000Z") // three at once
	}
	from := regexp.MustCompile(`created_at:\[(\S+) TO \*\]$`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		page, _ := strconv.Atoi(q.Get("page"))
		size, _ := strconv.Atoi(q.Get("per_page"))
		m := from.FindStringSubmatch(q.Get("q"))
		if m == nil || q.Get("sort") != "created_at:1" || (page+1)*size > 1000 {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"errorCode":"invalid_paging","message":"no more than 1,000"}`)
			return
		}
		total, users := 0, []map[string]string{}
		for n := range people {
			if moment(n) < m[1] {
				continue
			}
			if total >= page*size && len(users) < size {
				users = append(users, map[string]string{"user_id": fmt.Sprintf("auth0|%d", n), "created_at": moment(n)})
			}
			total++
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"total": total, "start": page * size, "limit": size, "length": len(users), "users": users})
	}))
	defer server.Close()
	plan, err := manifest.Compile(decoded(t, "auth0"), folder(t, "auth0"))
	if err != nil {
		t.Fatal(err)
	}
	led, err := egress.ParseVendorMap("acme.eu.auth0.com=" + server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	client := vendorhttp.New(vendorhttp.Options{Transport: egress.New(egress.Options{VendorMap: led}).Transport(), UserAgent: "Purser/test", Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0 }})
	asks := source.HTTP{Caller: client.Caller(vendorhttp.Instance{ID: "ins_auth0", Pins: []string{"acme.eu.auth0.com"}, HTTP: &plan.Manifest.HTTP})}
	vars := func(name string) (string, bool) {
		v, ok := map[string]string{"settings.domain": "acme.eu.auth0.com", "settings.connections": "corp"}[name]
		return v, ok
	}
	sink := &tally{}
	res := engine.Run(t.Context(), engine.Job{Stream: plan.Task("application_roster").Stream("users"), Vars: vars, Now: c.Now}, asks, sink)
	slices.Sort(sink.ids) // the last of a page is the first of the next
	if got := len(slices.Compact(sink.ids)); res.State != engine.Complete || got != people || len(sink.rejects) > 0 {
		t.Errorf("%s (%v): %d people of %d, refused %v", res.State, res.Err, got, people, sink.rejects)
	}
}
