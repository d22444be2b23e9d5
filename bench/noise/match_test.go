package noise_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/bench/noise"
	"purser/internal/match"
	"purser/internal/store"
)

// quality is how well accounts were linked, against the generator's truth.
type quality struct {
	linked, right   int // links, and those that are right
	owned, found    int // accounts of people, and those that are linked to their person
	byRule, wrong   map[string]int
	missed          map[string]int // by what was done to the address
	kinds, kindsHit int            // robots, shared mailboxes and guests, and those that are known as such
}

func (q quality) precision() float64 { return 100 * float64(q.right) / float64(max(q.linked, 1)) }
func (q quality) recall() float64    { return 100 * float64(q.found) / float64(max(q.owned, 1)) }

// fill writes an organization into an empty database, as runs would have.
func fill(t testing.TB, db *store.DB, o noise.Organization) {
	t.Helper()
	rows := func(table, columns string, n int, row func(i int) []any) {
		for from := 0; from < n; from += 500 {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				var values []any
				marks := ""
				to := min(from+500, n)
				for i := from; i < to; i++ {
					r := row(i)
					values = append(values, r...)
					marks += ", (" + strings.TrimSuffix(strings.Repeat("?, ", len(r)), ", ") + ")"
				}
				_, err := tx.NewRaw("INSERT INTO "+table+" ("+columns+") VALUES "+marks[2:], values...).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	const every = "id, instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, gone_gen, removed_at, "
	rows(`"person"`, every+"employee_number, email, display_name, employment, started_on, ended_on", len(o.People), func(i int) []any {
		p := o.People[i]
		gone, removed := 0, int64(0)
		if p.Gone {
			left, _ := time.Parse(time.DateOnly, p.EndedOn)
			gone, removed = 2, left.UnixMicro()
		}
		return []any{i + 1, 1, p.External, 1, 1, 1, 1, 1, 1, 1, gone, removed, p.Number, p.Email, p.Name, p.Employment, p.StartedOn, blank(p.EndedOn)}
	})
	var former []any
	for i, p := range o.People {
		for _, f := range p.Former {
			former = append(former, []any{i + 1, f.Until, f.Address, p.Email})
		}
	}
	rows("change", "kind, run_no, field, row_id, at, before, after", len(former), func(i int) []any {
		return append([]any{"person", 1, "email"}, former[i].([]any)...)
	})
	rows(`"account"`, every+"email, user_name, display_name, kind, employee_id, aliases, created_at, status, admin", len(o.Accounts), func(i int) []any {
		a := o.Accounts[i]
		aliases, _ := json.Marshal(a.Aliases)
		admin, made := 0, any(nil)
		if a.Admin {
			admin = 1
		}
		if a.CreatedAt != 0 {
			made = a.CreatedAt
		}
		if a.Aliases == nil {
			aliases = []byte("[]")
		}
		return []any{i + 1, a.Instance, a.External, 1, 1, 1, 1, 1, 1, 1, 0, 0, blank(a.Email), blank(a.UserName), blank(a.Name), blank(a.Kind), blank(a.EmployeeID), string(aliases), made, a.Status, admin}
	})
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for name, value := range map[string]any{"organization": purser.Organization{MailDomains: []string{noise.Domain, noise.Second}},
			store.SettingMatching: purser.MatchRules{SameDomains: [][]string{{noise.Domain, noise.Second}}, SubDomains: true}} {
			text, err := json.Marshal(value)
			if err != nil {
				return err
			}
			if err := store.PutSetting(ctx, tx, name, string(text), 1); err != nil {
				return err
			}
		}
		return store.MarkEverybody(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func blank(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// matched generates an organization, matches it and holds it against the truth.
func matched(t testing.TB, m noise.Model) (q quality, cpu time.Duration, accounts int) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	o := noise.Generate(m)
	fill(t, db, o)
	began := spent(t)
	if err := match.New(db, time.Now).Derive(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	cpu = spent(t) - began
	var links []struct {
		Account int    `bun:"account_id"`
		Person  int    `bun:"person_id"`
		Rule    string `bun:"rule"`
	}
	if err := db.Read().NewRaw(`SELECT account_id, person_id, rule FROM account_person`).Scan(t.Context(), &links); err != nil {
		t.Fatal(err)
	}
	var kinds []struct {
		Account int    `bun:"id"`
		Kind    string `bun:"kind"`
	}
	if err := db.Read().NewRaw(`SELECT a.id, COALESCE(k.kind, a.kind, 'unknown') AS kind FROM "account" AS a LEFT JOIN account_kind k ON k.account_id = a.id`).Scan(t.Context(), &kinds); err != nil {
		t.Fatal(err)
	}
	q = quality{byRule: map[string]int{}, wrong: map[string]int{}, missed: map[string]int{}}
	whose := make([]int, len(o.Accounts))
	for _, l := range links {
		q.linked++
		q.byRule[l.Rule]++
		whose[l.Account-1] = l.Person
		if l.Person == o.Accounts[l.Account-1].Person+1 {
			q.right++
		} else {
			q.wrong[l.Rule+" on "+o.Accounts[l.Account-1].Noise]++
		}
	}
	for i, a := range o.Accounts {
		if a.Person < 0 {
			continue
		}
		q.owned++
		if whose[i] == a.Person+1 {
			q.found++
		} else if whose[i] == 0 {
			q.missed[a.Noise]++
		}
	}
	for _, k := range kinds {
		if truth := o.Accounts[k.Account-1].Truth; truth != "person" {
			q.kinds++
			if k.Kind == truth {
				q.kindsHit++
			}
		}
	}
	return q, cpu, len(o.Accounts)
}

// spent is the processor time of this process.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func lines(of map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return of[b] - of[a] })
	var out []string
	for _, k := range keys {
		out = append(out, fmt.Sprintf("%s %d", k, of[k]))
	}
	return strings.Join(out, ", ")
}

func TestMatchingIsAsGoodAsIsTold(t *testing.T) {
	q, _, n := matched(t, noise.Usual(1000))
	t.Logf("%d accounts: precision %.2f %%, recall %.2f %%; by rule: %s; wrong: %s; missed: %s; kinds %d of %d", n, q.precision(), q.recall(), lines(q.byRule), lines(q.wrong), lines(q.missed), q.kindsHit, q.kinds)
	if q.precision() < 99.5 || q.recall() < 97 {
		t.Errorf("precision %.2f %%, recall %.2f %%; wrong: %s; missed: %s", q.precision(), q.recall(), lines(q.wrong), lines(q.missed))
	}
}

// BenchmarkMatching matches the accounts of an organization of 20,000 people; at
// full size also of 210,000, which have a million accounts.
func BenchmarkMatching(b *testing.B) {
	sizes := []int{20_000}
	if os.Getenv("PURSER_BENCH") == "full" {
		sizes = append(sizes, 210_000)
	}
	for _, people := range sizes {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			for b.Loop() {
				q, cpu, n := matched(b, noise.Usual(people))
				b.ReportMetric(q.precision(), "precision-%")
				b.ReportMetric(q.recall(), "recall-%")
				b.ReportMetric(cpu.Seconds(), "cpu-s")
				b.ReportMetric(float64(n), "accounts")
				b.ReportMetric(100*float64(q.kindsHit)/float64(max(q.kinds, 1)), "kinds-%")
				b.Logf("by rule: %s; wrong: %s; missed: %s", lines(q.byRule), lines(q.wrong), lines(q.missed))
			}
		})
	}
}
