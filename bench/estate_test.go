package bench_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to look whether everything is derived
	_ "modernc.org/sqlite"             // the same

	"purser"
	"purser/bench"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/library"
)

// estate is what figures of pages are of: 10,000 people, 300 applications, 1,000,000
// accounts with a seat each, 20,000,000 days of activity; or a tenth.
func estate() bench.Estate {
	users := scale().Users
	return bench.Estate{People: users / 10, Applications: 300, Accounts: 10 * users, Days: 20}
}

// BenchmarkEstate asks every page of an organization whose whole estate is known,
// and loads one more application into it: how long pages take on the server, how
// long until everything is derived from the new rows, and how much memory it takes.
func BenchmarkEstate(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { measureEstate(b, store.Options{Dir: b.TempDir()}) })
	b.Run("postgres", func(b *testing.B) {
		url := os.Getenv("PURSER_BENCH_POSTGRES") // a server as one runs it: that of the tests is in a hurry, and keeps no statistics by itself
		if url == "" {
			url = storetest.NewCluster(b).URL
		}
		measureEstate(b, store.Options{Dir: b.TempDir(), URL: url})
	})
}

func measureEstate(b *testing.B, o store.Options) {
	v := startVendor(b, sandbox.Scale{Users: 10, Apps: 1, Assignments: 1, Groups: 1, Memberships: 1})
	bin := build(b)
	plant(b, o)
	s := startServerIn(b, bin, v, o.Dir, serverURL(o)...)
	h := household{server: s, admin: s.signIn(b), o: o}
	for b.Loop() {
		b.ReportMetric(h.derived(b).Seconds(), "derived-whole-s")
		h.contracts(b, 200)
		h.pages(b)
		b.ReportMetric(h.oneMore(b).Seconds(), "derived-s")
		peak, err := bench.PeakMemory(s.cmd.Process.Pid)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		s.held(b)
	}
}

func serverURL(o store.Options) []string {
	if o.URL == "" {
		return nil
	}
	return []string{"--database-url", o.URL}
}

// kept is the folder in which the estate stays once it was planted on SQLite: at full
// size that takes longer than everything that is measured of it.
func kept() string { return os.Getenv("PURSER_BENCH_ESTATE") }

// plant puts the estate into an empty folder or database.
func plant(b *testing.B, o store.Options) {
	b.Helper()
	if kept() == "" || o.URL != "" {
		if o.URL == "" || !planted(b, o.URL) {
			plantAnew(b, o)
		}
		return
	}
	folder := filepath.Join(kept(), fmt.Sprint(estate().Accounts))
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		half := folder + ".half"
		if err := os.RemoveAll(half); err != nil {
			b.Fatal(err)
		}
		plantAnew(b, store.Options{Dir: half})
		if err := os.Rename(half, folder); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.CopyFS(o.Dir, os.DirFS(folder)); err != nil {
		b.Fatalf("copy the estate: %v", err)
	}
}

// planted reports whether the estate stands in a database of PostgreSQL already.
func planted(b *testing.B, url string) (is bool) {
	b.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var table sql.NullString
	if err := db.QueryRowContext(b.Context(), `SELECT to_regclass('account')`).Scan(&table); err != nil {
		b.Fatal(err)
	}
	if table.Valid {
		err = db.QueryRowContext(b.Context(), `SELECT EXISTS (SELECT 1 FROM account)`).Scan(&is)
	}
	if err != nil {
		b.Fatal(err)
	}
	return is
}

func plantAnew(b *testing.B, o store.Options) {
	b.Helper()
	lib, err := library.Load()
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, a := range lib.All() {
		names = append(names, a.Name)
	}
	o.Now, o.Log = time.Now, slog.New(slog.DiscardHandler)
	db, err := store.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	if err := estate().Plant(b.Context(), db, names, time.Now()); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// household is a server with an estate, and its admin's browser.
type household struct {
	*server
	admin *http.Client
	o     store.Options
}

// signIn makes an admin by the way that an operator on the host has.
func (s *server) signIn(b *testing.B) *http.Client {
	b.Helper()
	out, err := exec.Command(s.bin, "admin", "link", "--data", s.dir).Output()
	if err != nil {
		b.Fatalf("purser admin link: %v", err)
	}
	link, err := url.Parse(regexp.MustCompile(`http://\S+`).FindString(string(out)))
	if err != nil {
		b.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	form := url.Values{"token": {link.Query().Get("token")}, "name": {"Ada"}, "email": {"ada@example.com"}, "password": {"correct horse battery staple"}}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+link.Host+"/setup", strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+link.Host)
	res, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Request.URL.Path == "/setup" {
		b.Fatalf("nobody is signed in: %s %s", res.Status, res.Request.URL.Path)
	}
	s.url = "http://" + link.Host
	return c
}

// derived waits until nothing is left to derive, and returns how long that took.
func (h household) derived(b *testing.B) time.Duration {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+h.dir+"/purser.db?mode=ro")
	if h.o.URL != "" {
		db, err = sql.Open("pgx", h.o.URL)
	}
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) { // a benchmark may wait for a process
		var left int
		if err := db.QueryRowContext(b.Context(), `SELECT count(*) FROM derivation_due`).Scan(&left); err != nil {
			b.Fatal(err)
		}
		if left == 0 {
			return time.Since(began)
		}
		if time.Since(began) > 30*time.Minute {
			b.Fatalf("%d are still to be derived", left)
		}
	}
}

// contracts writes n contracts down, one for each of the first n applications.
func (h household) contracts(b *testing.B, n int) {
	b.Helper()
	var apps struct{ Items []purser.Application }
	h.ask(b, http.MethodGet, fmt.Sprintf("/applications?limit=%d", n), "", &apps)
	for i, a := range apps.Items {
		end := time.Now().AddDate(0, 0, i*2).Format(time.DateOnly)
		h.ask(b, http.MethodPost, "/contracts", fmt.Sprintf(`{"name":%q,"vendor":"Vendor %d","applications":[%q],"terms":{"start":"2025-01-01","end":%q,
			"plans":[{"name":"Plan 1","per":"user","quantity":100,"price":{"minor":1200,"currency":"EUR"},"billing":"monthly"}]}}`, a.Name+" contract", i%90, a.ID, end), &struct{}{})
	}
}

// oneMore loads one more application's accounts and returns how long it took, from
// the finish of their file, until they were written and everything derived from them.
func (h household) oneMore(b *testing.B) time.Duration {
	b.Helper()
	e := estate()
	var file bytes.Buffer
	file.WriteString("id,email,status,last login\n")
	for i := range e.Accounts / e.Applications {
		fmt.Fprintf(&file, "n%d,person%d@example.com,active,2026-11-01T10:00:00Z\n", i, i+1)
	}
	var i purser.Instance
	var l purser.Load
	h.ask(b, http.MethodPost, "/instances", `{"connector":"file","name":"One more","settings":{"application":"One more"}}`, &i)
	h.ask(b, http.MethodPost, "/instances/"+i.ID+"/loads", `{"kind":"account","file":"accounts.csv"}`, &l)
	h.ask(b, http.MethodPut, "/loads/"+l.ID+"/file", file.String(), &l)
	finished := time.Now()
	h.ask(b, http.MethodPost, "/loads/"+l.ID+"/finish", `{}`, &l)
	for ; l.State == purser.LoadQueued; time.Sleep(20 * time.Millisecond) {
		if time.Since(finished) > 10*time.Minute {
			b.Fatalf("the load does not end: %+v", l)
		}
		h.ask(b, http.MethodGet, "/loads/"+l.ID, "", &l)
	}
	h.derived(b)
	return time.Since(finished)
}

// pages opens every page some times, and reports the one that takes longest.
func (h household) pages(b *testing.B) {
	b.Helper()
	took := map[string]time.Duration{}
	for _, p := range h.paths(b) {
		var each []time.Duration
		for n := 0; n < 20 && (n < 5 || each[0] < time.Second); n++ { // what is slow is seen sooner
			each = append(each, h.open(b, p))
		}
		slices.Sort(each)
		took[p] = each[len(each)*95/100]
	}
	by := slices.SortedFunc(maps.Keys(took), func(x, y string) int { return int(took[y] - took[x]) })
	for _, p := range by[:12] {
		b.Logf("%8.1f ms %s", float64(took[p].Microseconds())/1000, p)
	}
	b.ReportMetric(float64(took["/"].Microseconds())/1000, "home-p95-ms")
	slowest := slices.DeleteFunc(by, func(p string) bool { return p == "/" })[0]
	b.ReportMetric(float64(took[slowest].Microseconds())/1000, "slowest-page-p95-ms")
	b.ReportMetric(float64(len(took)), "pages")
}

func (h household) open(b *testing.B, path string) time.Duration {
	b.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.Context()), http.MethodGet, h.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now()
	res, err := h.admin.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v", path, res.Status, err)
	}
	return time.Since(at)
}

// paths are the pages of every list and of one thing of each kind: the plain list,
// the second page, each order, and what people filter by.
func (h household) paths(b *testing.B) []string {
	b.Helper()
	paths := []string{"/", "/access", "/access?sort=department&cols=department,employment,manager,location", "/accounts/sso", "/accounts/unmatched", "/applications/overlap", "/catalog", "/catalog/matrix", "/contracts/calendar", "/credentials",
		"/holds", "/integrations", "/leavers", "/runs", "/spend", "/views", "/actions", "/settings", "/settings/audit", "/settings/matching", "/settings/sources",
		"/accounts?status=active&status=suspended", "/accounts?q=person777%40example.com", "/accounts?use=inactive", "/accounts?use=never", "/accounts?use=unknown", "/accounts?kind=guest",
		"/accounts?q=person77", "/findings?q=person777", "/findings?q=person77", "/licenses?seats=idle", "/people?employment=ended", "/people?q=777", "/palette?q=777"}
	sortable := regexp.MustCompile(`href="(/[a-z]+\?[^"]*(?:sort|after)=[^"]*)"`)
	for _, list := range []string{"/accounts", "/applications", "/people", "/devices", "/findings", "/licenses", "/contracts"} {
		paths = append(paths, list)
		for _, m := range sortable.FindAllStringSubmatch(h.text(b, list), -1) {
			paths = append(paths, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	for list, tabs := range map[string][]string{
		"applications": {"", "/use", "/use?days=30", "/accounts", "/activity", "/licenses", "/integration", "/history"}, "people": {""}, "accounts": {""}, "contracts": {"", "/sheet"}, "licenses": {""},
		"instances": {"", "/runs", "/history", "/calls", "/permissions", "/loads", "/settings"},
	} {
		from := map[string]string{"instances": "/integrations"}[list]
		if from == "" {
			from = "/" + list
		}
		m := regexp.MustCompile(`href="(/` + list + `/[a-z]+_[^"/?#]+)"`).FindStringSubmatch(h.text(b, from))
		if m == nil {
			b.Fatalf("%s leads to nothing", from)
		}
		for _, tab := range tabs {
			paths = append(paths, m[1]+tab)
		}
		if plan, is := strings.CutPrefix(m[1], "/licenses/"); is {
			paths = append(paths, "/seats?plan="+plan, "/seats?use=inactive&use=never&sort=name&plan="+plan)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func (h household) text(b *testing.B, path string) string {
	b.Helper()
	res, err := h.admin.Get(h.url + path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v", path, res.Status, err)
	}
	return string(text)
}
