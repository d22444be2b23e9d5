package run

import (
	"context"

	"purser"
	"purser/internal/store"
)

// LogFilter selects lines of a log; zero fields select every one.
type LogFilter = store.LogFilter

// Log returns lines of a run's log after a number, at most limit.
func (r *Runner) Log(ctx context.Context, runID string, afterSeq int64, limit int) ([]purser.LogLine, error) {
	return r.LogLines(ctx, runID, LogFilter{}, afterSeq, limit)
}

// LogLines is Log with a filter.
func (r *Runner) LogLines(ctx context.Context, runID string, f LogFilter, afterSeq int64, limit int) ([]purser.LogLine, error) {
	no, err := r.number(ctx, runID)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 1000
	}
	return store.RunLog(ctx, r.DB.Read(), no, f, afterSeq, limit)
}

// LogStreams returns the streams that a run's log names.
func (r *Runner) LogStreams(ctx context.Context, runID string) ([]string, error) {
	no, err := r.number(ctx, runID)
	if err != nil {
		return nil, err
	}
	return store.LogStreams(ctx, r.DB.Read(), no)
}

// Rejects returns the records of a run that could not be read, with the reasons.
func (r *Runner) Rejects(ctx context.Context, runID string) ([]purser.Reject, error) {
	no, err := r.number(ctx, runID)
	if err != nil {
		return nil, err
	}
	return store.Rejects(ctx, r.DB.Read(), no)
}

// number looks a run up for who may see runs.
func (r *Runner) number(ctx context.Context, runID string) (int64, error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return 0, err
	}
	no, err := store.RunNo(ctx, r.DB.Read(), runID)
	if err == nil && no == 0 {
		err = purser.NotFound("run", runID)
	}
	return no, err
}
