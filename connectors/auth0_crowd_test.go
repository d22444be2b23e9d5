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
	res, sink := readAuth0(t, "application_roster", "users", func(w http.ResponseWriter, r *http.Request) {
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
	})
	slices.Sort(sink.ids) // the last of a page is the first of the next
	if got := len(slices.Compact(sink.ids)); res.State != engine.Complete || got != people || len(sink.rejects) > 0 {
		t.Errorf("%s (%v): %d people of %d, refused %v", res.State, res.Err, got, people, sink.rejects)
	}
}

// Neither does the log: a played tenant with a sign-in each second gives 100 of
// them to a search, and the rest from an entry on.
func TestAuth0sLogIsReadPastTheEndOfASearch(t *testing.T) {
	const entries = 4000
	first := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	searched := 0
	res, sink := readAuth0(t, "application_access", "logs", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		from, err := strconv.Atoi(q.Get("from"))
		if err != nil {
			if searched++; q.Get("q") == "" || q.Get("sort") != "date:1" || q.Get("page") != "" {
				t.Errorf("the search is %s", r.URL.RawQuery)
			}
			from = 9_000_000 - 1
		}
		log := []map[string]string{}
		for n := from + 1 - 9_000_000; n < entries && len(log) < 100; n++ {
			kind := "s"
			if n%10 == 9 {
				kind = "sapi" // the log has more than sign-ins
			}
			log = append(log, map[string]string{"log_id": strconv.Itoa(9_000_000 + n), "date": first.Add(time.Duration(n) * time.Second / 4).Format("2006-01-02T15:04:05.000Z"),
				"type": kind, "user_id": "auth0|1", "client_id": "c1"})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(log)
	})
	if res.State != engine.Complete || sink.rows != entries*9/10 || len(sink.rejects) > 0 || searched != 1 {
		t.Errorf("%s (%v): %d sign-ins of %d, %d searches, refused %v", res.State, res.Err, sink.rows, entries*9/10, searched, sink.rejects)
	}
}

// readAuth0 reads one list of a played tenant.
func readAuth0(t *testing.T, task, stream string, answer http.HandlerFunc) (engine.Result, *tally) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
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
	res := engine.Run(t.Context(), engine.Job{Stream: plan.Task(task).Stream(stream), Vars: vars, Now: c.Now}, asks, sink)
	return res, sink
}
