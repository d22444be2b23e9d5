package run_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// plug pulls the plug before certain commits: nothing more is written until it is in again.
type plug struct {
	at  []int // counted from 1, and from each pull anew
	n   int   // commits since the last pull
	all int
	out bool
}

var errPlug = errors.New("the plug is out")

func (p *plug) beforeCommit() error {
	if p.out {
		return errPlug
	}
	p.n++
	p.all++
	if len(p.at) > 0 && p.n == p.at[0] {
		p.at, p.n, p.out = p.at[1:], 0, true
		return errPlug
	}
	return nil
}

// change is what happens at the vendor between two runs: additions, changes, removals, groups.
func (h *house) change() {
	h.vendor.users = append(h.vendor.users[:2:2], h.vendor.users[4:]...)
	h.vendor.users[5].Status = "off"
	h.vendor.users = append(h.vendor.users, person{"u77", "u77@example.com", "on"})
	h.vendor.members["g1"] = []string{"u01", "u77"}
}

// snapshot is all that a person would see in the end.
func (h *house) snapshot() string {
	h.t.Helper()
	var changes []string
	err := h.db.Read().NewRaw(`SELECT c.kind || ' ' || c.field || ' ' || COALESCE(c.before, '') || '>' || CASE WHEN c.field = 'removed' THEN '' ELSE COALESCE(c.after, '') END
		FROM change c ORDER BY c.kind, c.row_id, c.field, c.no`).Scan(h.t.Context(), &changes)
	if err != nil {
		h.t.Fatal(err)
	}
	var stage int
	err = h.db.Read().NewRaw("SELECT (SELECT count(*) FROM stage_account) + (SELECT count(*) FROM stage_membership) + (SELECT count(*) FROM seen)").Scan(h.t.Context(), &stage)
	if err != nil {
		h.t.Fatal(err)
	}
	return fmt.Sprintf("%s\n%s\n%s\n%s\nleft over: %d", h.users(), h.rows(purser.KindGroup, "external_id || ':' || name"), h.members(), strings.Join(changes, "\n"), stage)
}

// finish works on whatever is due until nothing is, restarting Purser whenever the plug was pulled.
func (h *house) finish(p *plug) (killed int) {
	h.t.Helper()
	for range 20 {
		due := h.due()
		if len(due) == 0 {
			return killed
		}
		h.pass(31 * time.Minute)
		no, err := store.RunNo(h.t.Context(), h.db.Read(), due[0].ID)
		if err != nil {
			h.t.Fatal(err)
		}
		err = h.runner.Work(h.t.Context(), no)
		if p.out {
			killed++
			p.out = false
			h.runner = h.newRunner()
			continue
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	h.t.Fatal("the runs never end")
	return killed
}

// schedules lists when to kill a process that makes so many commits undisturbed:
// before each commit, then once more right at the first commit of the process
// after it, and for some at a later one, each time another.
func schedules(commits, step int) (all [][]int) {
	for at := 1; at <= commits; at += step {
		all = append(all, []int{at})
		all = append(all, []int{at, 1})
		if left := commits - at; left > 0 && at%4 == 1 {
			all = append(all, []int{at, 2 + at*7%left})
		}
	}
	return all
}

func TestKilledBeforeAnyCommitAndTwiceTheEndIsTheSame(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		p := &plug{}
		o.BeforeCommit = p.beforeCommit
		c := newClock()
		o.Now = c.now
		db := storetest.Open(t, o)
		play := func(at ...int) (end string, killed, commits int) {
			h := newHouse(t, db, c)
			defer h.erase()
			h.roster()
			h.change()
			start := func() {
				if _, err := h.runner.Start(t.Context(), h.id, purser.TriggerManual, purser.TaskApplicationRoster); err != nil {
					t.Fatal(err)
				}
			}
			start()
			*p = plug{at: at}
			killed = h.finish(p)
			commits, *p = p.all, plug{}
			return h.snapshot(), killed, commits
		}
		want, _, commits := play()
		if commits < 20 || !strings.Contains(want, "u77") || strings.Count(want, "(") != 4 {
			t.Fatalf("%d commits, end state:\n%s", commits, want)
		}
		step := 1
		if o.URL != "" {
			step = 5
		}
		all, twice := schedules(commits, step), 0
		if wrong := sweep(t, all, want, func(at ...int) (string, int) {
			got, killed, _ := play(at...)
			if killed == 2 {
				twice++
			}
			return got, killed
		}); len(wrong) > 0 {
			t.Fatalf("of %d commits: %s\nwant:\n%s", commits, wrong[0], want)
		}
		// What is left to do after a kill may be less than what the second one counts to.
		if len(all) > 200 || twice < len(all)/3 {
			t.Errorf("of %d schedules %d killed twice", len(all), twice)
		}
	})
}

// sweep plays a reading once for each schedule of kills, and says which did not
// end like the one that nothing disturbed.
func sweep(t *testing.T, all [][]int, want string, play func(at ...int) (end string, killed int)) (wrong []string) {
	t.Helper()
	for _, at := range all {
		got, killed := play(at...)
		if killed == 0 || killed > len(at) {
			t.Fatalf("schedule %v killed %d times", at, killed)
		}
		if got != want {
			wrong = append(wrong, fmt.Sprintf("killed before commits %v:\n%s", at, got))
		}
	}
	return wrong
}

// erase empties the database for the next schedule.
func (h *house) erase() {
	h.t.Helper()
	for _, table := range []string{"account", `"group"`, "membership", "stage_account", "stage_group", "stage_membership", "run", "run_stream",
		"run_log", "stream", "part", "seen", "leaving", "change", "hold", "instance_task", "instance", "reject"} {
		if _, err := h.db.Read().ExecContext(h.t.Context(), "SELECT 1"); err != nil {
			h.t.Fatal(err)
		}
		if err := h.exec("DELETE FROM " + table); err != nil {
			h.t.Fatal(err)
		}
	}
}

// early is a sink that notes the checkpoint of a page before its rows are stored:
// the mistake that the sweep must catch.
type early struct{ *store.Sync }

func (e early) Commit(ctx context.Context, c engine.Commit) error {
	rows := c.Parts
	c.Parts = nil
	if err := e.Sync.Commit(ctx, c); err != nil {
		return err
	}
	c.Parts = rows
	return e.Sync.Commit(ctx, c)
}

func TestTheSweepCatchesAPlantedWrongOrderOfCommits(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		p := &plug{}
		o.BeforeCommit = p.beforeCommit
		db := storetest.Open(t, o)
		row := store.RunRow{No: 1, ID: "run_01JABCDEFGHJKMNPQRSTVWXYZ", InstanceNo: 1, Task: "application_roster"}
		info := store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}
		page := func(n int) engine.Commit {
			values := make([]purser.Value, len(purser.Fields(purser.KindAccount)))
			return engine.Commit{Stream: "users", Kind: purser.KindAccount, Checkpoint: fmt.Appendf(nil, "%d", n), Pages: 1,
				Parts: []engine.Part{{Rows: []engine.Row{{ExternalID: fmt.Sprint("u", n), Values: values, Digest: [16]byte{byte(n)}}}}}}
		}
		// life reads from the last checkpoint to the end of six pages, or to its death.
		life := func(sink func(*store.Sync) engine.Sink) error {
			s := db.NewSync(row, store.Guard{})
			begun, err := s.Begin(t.Context(), info)
			if err != nil {
				return err
			}
			from := 1
			if begun.Checkpoint != nil {
				from = int(begun.Checkpoint[0]-'0') + 1
			}
			for n := from; n <= 6; n++ {
				if err := sink(s).Commit(t.Context(), page(n)); err != nil {
					return errors.Join(err, s.Close())
				}
			}
			return s.Close()
		}
		play := func(sink func(*store.Sync) engine.Sink, at ...int) (end string, killed, commits int) {
			for _, table := range []string{"account", "run_stream", "stream", "part"} {
				err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.ExecContext(ctx, "DELETE FROM "+table)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			*p = plug{at: at}
			for err := life(sink); err != nil; err = life(sink) {
				if !p.out {
					t.Fatal(err)
				}
				p.out = false
				killed++
			}
			commits, *p = p.all, plug{}
			var ids []string
			if err := db.Read().NewRaw("SELECT external_id FROM account ORDER BY external_id").Scan(t.Context(), &ids); err != nil {
				t.Fatal(err)
			}
			return strings.Join(ids, " "), killed, commits
		}
		for name, x := range map[string]struct {
			sink   func(*store.Sync) engine.Sink
			caught bool
		}{
			"as it is": {func(s *store.Sync) engine.Sink { return s }, false},
			"planted":  {func(s *store.Sync) engine.Sink { return early{s} }, true},
		} {
			want, _, commits := play(x.sink)
			wrong := sweep(t, schedules(commits, 1), want, func(at ...int) (string, int) {
				end, killed, _ := play(x.sink, at...)
				return end, killed
			})
			if want != "u1 u2 u3 u4 u5 u6" || (len(wrong) > 0) != x.caught {
				t.Errorf("%s: undisturbed it ends with %s; of %d commits these kills change that: %v", name, want, commits, wrong)
			}
		}
	})
}
