package store_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/engine"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// event reads dated use once and returns the window that is known afterwards.
func event(t *testing.T, db *store.DB, run int64, info store.StreamInfo, res engine.Result) (from, until int64) {
	t.Helper()
	s := db.NewSync(store.RunRow{No: run, ID: "run_x", InstanceNo: 1, Task: "application_access"}, store.Guard{})
	if _, err := s.Begin(t.Context(), info); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Finish(t.Context(), info.Name, res); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	var w struct {
		From  int64 `bun:"from_at"`
		Until int64 `bun:"until_at"`
	}
	if err := db.Read().NewRaw(`SELECT COALESCE(max(from_at), 0) AS from_at, COALESCE(max(until_at), 0) AS until_at FROM use_window`).Scan(t.Context(), &w); err != nil {
		t.Fatal(err)
	}
	return w.From, w.Until
}

func TestDatedUseIsKnownWithoutAGapOrBeginsAnew(t *testing.T) {
	const day = int64(24 * time.Hour / time.Microsecond)
	complete := func(from, began int64) engine.Result {
		return engine.Result{State: engine.Complete, From: from * day, Began: began * day, Full: from == 0}
	}
	info := store.StreamInfo{Name: "sign_ins", Kind: purser.KindActivity}
	kept := store.StreamInfo{Name: "sign_ins", Kind: purser.KindActivity, Oldest: 20 * 24 * time.Hour}
	late := store.StreamInfo{Name: "sign_ins", Kind: purser.KindActivity, Lag: 3 * 24 * time.Hour}
	token := func(began int64) engine.Result { return engine.Result{State: engine.Complete, Began: began * day} }
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for n, step := range []struct {
			name        string
			info        store.StreamInfo
			res         engine.Result
			from, until int64 // days
		}{
			{"the first reading goes back as far as it asked", info, complete(70, 100), 70, 100},
			{"the next one meets it", info, complete(99, 101), 70, 101},
			{"a failed one changes nothing", info, engine.Result{State: engine.Partial, From: 90 * day, Began: 130 * day}, 70, 101},
			{"one that went further back widens it", info, complete(60, 102), 60, 102},
			{"after a gap it begins anew", info, complete(110, 112), 110, 112},
			{"a token goes on where it was", kept, token(120), 110, 120},
			{"unless the vendor has forgotten meanwhile", kept, token(160), 140, 160},
			{"what comes late is not known yet", late, complete(159, 170), 140, 167},
		} {
			if from, until := event(t, db, int64(n+1), step.info, step.res); from != step.from*day || until != step.until*day {
				t.Errorf("%s: known from day %d to %d, want %d to %d", step.name, from/day, until/day, step.from, step.until)
			}
		}
	})
}

func TestAListWithoutDatesTellsOfNothingBeforeItsFirstReading(t *testing.T) {
	const day = int64(24 * time.Hour / time.Microsecond)
	info := store.StreamInfo{Name: "use", Kind: purser.KindActivity}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for n, step := range [][3]int64{{100, 100, 100}, {101, 100, 101}, {120, 120, 120}} {
			from, until := event(t, db, int64(n+1), info, engine.Result{State: engine.Complete, Full: true, Began: step[0] * day})
			if from != step[1]*day || until != step[2]*day {
				t.Errorf("read on day %d: known from %d to %d", step[0], from/day, until/day)
			}
		}
	})
}
