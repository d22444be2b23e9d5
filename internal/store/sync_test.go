package store_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/engine"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// reader reads made-up pages into the store, a run each time.
type reader struct {
	t    *testing.T
	db   *store.DB
	run  int64
	info store.StreamInfo
}

func newReader(t *testing.T, db *store.DB, info store.StreamInfo) *reader {
	return &reader{t: t, db: db, info: info}
}

// account is a row of text "id email department", the last two may be left out.
func account(text string) engine.Row {
	id, rest, _ := strings.Cut(strings.TrimPrefix(text, "-"), " ")
	email, department, _ := strings.Cut(rest, " ")
	values := make([]purser.Value, len(purser.Fields(purser.KindAccount)))
	for i, f := range purser.Fields(purser.KindAccount) {
		switch {
		case f.Name == "external_id":
			values[i] = purser.TextValue(id)
		case f.Name == "email" && email != "":
			values[i] = purser.TextValue(email)
		case f.Name == "department" && department != "":
			values[i] = purser.TextValue(department)
		}
	}
	r := engine.Row{ExternalID: id, Values: values, Removed: strings.HasPrefix(text, "-")}
	copy(r.Digest[:], fmt.Sprintf("%08x", hash(rest)))
	return r
}

func hash(s string) (h uint32) {
	for _, b := range []byte(s) {
		h = h*31 + uint32(b) + 7
	}
	return h
}

// read reads pages of rows, separated by "|", and judges them.
func (r *reader) read(pages string) store.Judgment {
	r.t.Helper()
	r.run++
	s := r.db.NewSync(store.RunRow{No: r.run, ID: fmt.Sprintf("run_01JABCDEFGHJKMNPQRST%06d", r.run), InstanceNo: 1, Task: "application_roster"}, store.Guard{})
	if _, err := s.Begin(r.t.Context(), r.info); err != nil {
		r.t.Fatal(err)
	}
	n := 0
	all := strings.Split(pages, "|")
	for i, page := range all {
		part := engine.Part{Complete: i == len(all)-1}
		for text := range strings.SplitSeq(page, ",") {
			if text = strings.TrimSpace(text); text != "" {
				part.Rows = append(part.Rows, account(text))
				n++
			}
		}
		if err := s.Commit(r.t.Context(), engine.Commit{Stream: r.info.Name, Kind: r.info.Kind, Parts: []engine.Part{part}, Checkpoint: []byte("{}"), Pages: 1, Read: len(part.Rows)}); err != nil {
			r.t.Fatal(err)
		}
	}
	j, err := s.Finish(r.t.Context(), r.info.Name, engine.Result{State: engine.Complete, Full: r.info.Snapshot, Rows: n})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := s.Forget(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return j
}

func (r *reader) accounts() string {
	r.t.Helper()
	var rows []struct {
		Text string `bun:"text"`
		Gone bool   `bun:"gone"`
	}
	err := r.db.Read().NewRaw(`SELECT external_id || ' ' || COALESCE(email, '?') || ' ' || COALESCE(department, '?') AS text, gone_gen <> 0 AS gone
		FROM account ORDER BY external_id`).Scan(r.t.Context(), &rows)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, x := range rows {
		if x.Gone {
			x.Text = "(" + x.Text + ")"
		}
		out = append(out, x.Text)
	}
	return strings.Join(out, ", ")
}

func eachReader(t *testing.T, info store.StreamInfo, fn func(t *testing.T, r *reader)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newReader(t, db, info)) })
}

func TestARowThatComesTwiceIsItsLaterVersionAndOneRow(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		r.read("a a@1, b b@1, a a@2 | b b@2")
		if r.accounts() != "a a@2 ?, b b@2 ?" {
			t.Errorf("first reading: %s", r.accounts())
		}
		j := r.read("a a@3, a a@4, b b@2, b b@2 | c c@1, c c@2 | a a@5")
		if r.accounts() != "a a@5 ?, b b@2 ?, c c@2 ?" || j.Added != 1 || j.Changed != 1 {
			t.Errorf("second reading: %s %+v", r.accounts(), j)
		}
		var last string
		err := r.db.Read().NewRaw(`SELECT after FROM change WHERE field = 'email' AND row_id = (SELECT id FROM account WHERE external_id = 'a')
			ORDER BY no DESC LIMIT 1`).Scan(t.Context(), &last)
		if err != nil || last != "a@5" {
			t.Errorf("history ends with %q, %v", last, err)
		}
	})
}

func TestAnUnchangedReadingWritesNoRow(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		var list []string
		for i := range 300 {
			list = append(list, fmt.Sprintf("u%03d u%03d@example.com", i, i))
		}
		r.read(strings.Join(list, ","))
		j := r.read(strings.Join(list, ","))
		var n int
		if err := r.db.Read().NewRaw("SELECT count(*) FROM account WHERE changed_gen > 1").Scan(t.Context(), &n); err != nil || n != 0 || j != (store.Judgment{}) {
			t.Errorf("%d rows were written again, %+v, %v", n, j, err)
		}
	})
}

func TestHostileTextIsKeptButForNUL(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		long := strings.Repeat("ü", 5000)
		r.read("a ';--$1?\x00x, b " + long)
		if want := "a ';--$1?x ?, b " + long + " ?"; r.accounts() != want {
			t.Errorf("got %.60q", r.accounts())
		}
	})
}

func TestWhatTheSourceReportsAsGoneIsGoneAtOnce(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Removals: true}, func(t *testing.T, r *reader) {
		r.read("a, b, c, -x")
		j := r.read("-b, -never")
		if r.accounts() != "a ? ?, (b ? ?), c ? ?" || j.Removed != 1 || j.Confirm {
			t.Errorf("%s %+v", r.accounts(), j)
		}
	})
}

func TestADeltaInfersNothingFromAbsence(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount}, func(t *testing.T, r *reader) {
		r.read("a, b")
		for range 3 {
			r.read("a a@1")
		}
		if r.accounts() != "a a@1 ?, b ? ?" {
			t.Errorf("%s", r.accounts())
		}
	})
}

func TestEnrichingWritesItsFieldsOnRowsThatExistAndTheRosterLeavesThemAlone(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true, Fields: []string{"email"}}, func(t *testing.T, r *reader) {
		roster := r.info
		r.read("a a@1, b b@1")
		r.info = store.StreamInfo{Name: "details", Kind: purser.KindAccount, Snapshot: true, Enrich: true, Fields: []string{"department"}}
		j := r.read("a x Sales, nobody x Sales")
		if r.accounts() != "a a@1 Sales, b b@1 ?" || j.Changed != 1 || j.Added != 0 {
			t.Errorf("enriched: %s %+v", r.accounts(), j)
		}
		r.info = roster
		r.read("a a@2, b b@1")
		if r.accounts() != "a a@2 Sales, b b@1 ?" {
			t.Errorf("the roster took away what enriched it: %s", r.accounts())
		}
	})
}
