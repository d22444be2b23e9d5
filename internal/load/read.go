package load

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/columns"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/source"
	"purser/internal/store"
)

// Access opens an instance to which records are handed over for a run. A stream
// reads the oldest load of its kind that waits. Where none waits, the last load
// is read again if it was all there is: that is the second reading before
// something counts as removed. A stream with neither is left out.
func (s *Service) Access(_ context.Context, i purser.Instance, record func(purser.LogLine)) (run.Access, error) {
	loads := &source.Loads{Parts: s.DB, Record: record}
	pick := func(ctx context.Context, runNo int64, st *manifest.CompiledStream) (*manifest.CompiledStream, error) {
		row, ok, err := s.take(ctx, i.No, runNo, st.Emits)
		if err != nil || !ok {
			return nil, err
		}
		h := source.Handed{No: row.No, Name: row.Name, Form: row.Form, Bytes: row.Bytes, Pages: row.Pages, FinishedAt: row.FinishedAt.Time()}
		var fields []string
		if row.Form != "pages" {
			if err := json.Unmarshal([]byte(row.Mapping), &h.Mapping); err != nil {
				return nil, fmt.Errorf("read the mapping of load %s: %w", row.ID, err)
			}
			fields = h.Mapping.Names()
		}
		loads.Set(st.Name, h)
		if record != nil {
			record(purser.LogLine{Kind: "note", Stream: st.Name, Bytes: row.Bytes, Message: "reads " + words(row)})
		}
		return st.ForLoad(purser.LoadMode(row.Mode), fields), nil
	}
	return run.Access{Source: loads, Vars: func(string) (string, bool) { return "", false }, Pick: pick, AsOf: loads.AsOf, Close: loads.Close}, nil
}

func words(row store.LoadRow) string {
	what := "a file"
	if row.Form == "pages" {
		what = fmt.Sprintf("%d pages that a program sent", row.Pages)
	}
	return what + " (" + map[string]string{"snapshot": "all there is", "delta": "what changed"}[row.Mode] + "), load " + row.ID
}

// take finds the load that a run reads for a kind of record.
func (s *Service) take(ctx context.Context, instanceNo, runNo int64, kind purser.Kind) (row store.LoadRow, ok bool, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if row, ok, err = store.LoadOfRun(ctx, tx, runNo, kind); err != nil || ok {
			return err // a run that goes on
		}
		if ok, err = store.TakeLoad(ctx, tx, instanceNo, runNo, kind); err != nil || !ok {
			return err
		}
		row, ok, err = store.LoadOfRun(ctx, tx, runNo, kind)
		return err
	})
	if err != nil || ok {
		return row, ok, err
	}
	row, ok, err = store.LastLoad(ctx, s.DB.Read(), instanceNo, kind)
	return row, ok && row.Mode == string(purser.LoadSnapshot), err
}

// Settled notes how the loads of a run ended, in the transaction in which it
// ends. again asks for another run: more loads wait.
func (s *Service) Settled(ctx context.Context, tx bun.Tx, r store.RunRow, state purser.RunState, what string) (again bool, err error) {
	switch state {
	case purser.RunSucceeded, purser.RunPartial:
		err = store.EndLoads(ctx, tx, r.No, purser.LoadDone, what, purser.MicrosOf(s.Now()))
	case purser.RunAbandoned:
		return false, store.FreeLoads(ctx, tx, r.No)
	case purser.RunCanceled:
		err = store.EndLoads(ctx, tx, r.No, purser.LoadCanceled, what, purser.MicrosOf(s.Now()))
	default:
		err = store.EndLoads(ctx, tx, r.No, purser.LoadFailed, what, purser.MicrosOf(s.Now()))
	}
	if err != nil || state == purser.RunCanceled {
		return false, err
	}
	var kinds []purser.Kind
	for _, k := range columns.Kinds() {
		if purser.TaskOf(k) == purser.TaskName(r.Task) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		return false, nil
	}
	n, err := store.WaitingLoads(ctx, tx, r.InstanceNo, kinds)
	return n > 0, err
}
