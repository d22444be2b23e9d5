package bench_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/store"
)

// BenchmarkDeletion deletes an instance with 200,000 accounts and 2 million rows of
// activity, and asks for pages of the list of accounts as fast as they are answered
// meanwhile: half of them of everything, half of a search.
func BenchmarkDeletion(b *testing.B) {
	accounts := 2 * scale().Users
	v := startVendor(b, sandbox.Scale{Users: 10, Apps: 1, Assignments: 1, Groups: 1, Memberships: 1})
	bin := build(b)
	for b.Loop() {
		srv := startServer(b, bin, v)
		srv.connect(b, v, "application_roster")
		if err := srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
		_ = srv.cmd.Wait()
		grow(b, srv.dir, accounts)
		srv = startServerIn(b, bin, v, srv.dir)
		var alone, took pages
		for range 100 {
			alone.ask(b, srv)
		}
		alone.report(b, "-alone")
		var d purser.Deletion
		srv.ask(b, "POST", "/instances/Acme/deletions", `{"scope":"instance","i_understand":true}`, &d)
		for began := time.Now(); !d.Ended(); {
			if time.Since(began) > 30*time.Minute {
				b.Fatalf("the deletion does not end: %+v", d)
			}
			if took.ask(b, srv); len(took.list)%10 == 0 {
				srv.ask(b, "GET", "/deletions/"+d.ID, "", &d)
			}
		}
		b.ReportMetric(float64(d.Removed), "rows")
		b.ReportMetric(d.EndedAt.Sub(d.BegunAt).Seconds(), "deletion-s")
		took.report(b, "")
		srv.held(b)
	}
}

// pages is how long pages of the list of accounts took.
type pages struct{ list, search []time.Duration }

// ask asks for a page of everything, then for one of a search.
func (p *pages) ask(b *testing.B, s *server) {
	b.Helper()
	for query, took := range map[string]*[]time.Duration{"": &p.list, "&q=person77": &p.search} {
		at := time.Now()
		s.ask(b, "GET", "/accounts?limit=50"+query, "", &struct{}{})
		*took = append(*took, time.Since(at))
	}
}

func (p *pages) report(b *testing.B, when string) {
	for name, took := range map[string][]time.Duration{"page": p.list, "search": p.search} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+when+"-p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, name+when+"-p95-ms")
	}
	b.ReportMetric(float64(len(p.list)), "pages"+when)
}

// grow gives the instance that many accounts with ten days of activity each, and
// puts another instance with a quarter of them beside it.
func grow(b *testing.B, dir string, accounts int) {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Dir: dir, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) `
	err = db.Write(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		acme, err := store.Instance(ctx, tx, "Acme")
		if err != nil {
			return err
		}
		other := acme
		other.ID, other.Name = acme.ID[:len(acme.ID)-1]+"_", "Other"
		if other.No, err = store.InsertInstance(ctx, tx, other); err != nil {
			return err
		}
		for no, n := range map[int64]int{acme.No: accounts, other.No: accounts / 4} {
			for _, stmt := range []string{
				numbers + `INSERT INTO account (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, display_name, status)
					SELECT ?, 'g' || i, (SELECT no FROM stream WHERE kind = 'account' LIMIT 1), 0, i, 1, 1, 1, 1, 'person' || i || '@example.com', 'Person ' || i, 'active' FROM n`,
				numbers + `INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at)
					SELECT ?, 999000, 'g' || n.i, '', 20000 + d.i, 1, 1, 1 FROM n, (SELECT i FROM n LIMIT 10) d`,
			} {
				if no == other.No {
					stmt = strings.ReplaceAll(stmt, "999000", "999001")
				}
				if _, err := tx.NewRaw(stmt, n, no).Exec(ctx); err != nil {
					return err
				}
			}
			_, err := tx.NewRaw(`INSERT INTO account_use (account_id, instance_no, used_at) SELECT id, instance_no, 1 FROM account WHERE instance_no = ? AND external_id LIKE 'g%'`, no).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// ask sends a request over the server's socket.
func (s *server) ask(b *testing.B, method, path, in string, out any) {
	b.Helper()
	if s.http == nil {
		s.http = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", filepath.Join(s.dir, "purser.sock"))
		}}}
	}
	r, err := http.NewRequestWithContext(b.Context(), method, "http://purser/api/v1"+path, strings.NewReader(in))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := s.http.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		b.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		b.Fatal(err)
	}
}
