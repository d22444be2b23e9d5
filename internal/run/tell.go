package run

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// tellEnd lets people know what the end of a run changed: of the instance as a
// whole, never of each run, and of new holds.
func (r *Runner) tellEnd(ctx context.Context, tx bun.Tx, row store.RunRow) error {
	if r.Tell == nil {
		return nil
	}
	i, err := store.InstanceByNo(ctx, tx, row.InstanceNo) // with the health and the status that the run gave it
	if err != nil {
		return err
	}
	if err := r.tellHolds(ctx, tx, i, row.ID); err != nil {
		return err
	}
	if i.Status != purser.StatusLive {
		return nil // what revoking told, it told itself
	}
	tasks, err := store.TaskRows(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	rows, err := store.LastRuns(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	last := make(map[purser.TaskName]store.RunRow, len(rows))
	for _, l := range rows {
		last[purser.TaskName(l.Task)] = l
	}
	told, err := store.Told(ctx, tx, i.No)
	if err != nil {
		return err
	}
	since := told.At.Time()
	kind, told := tellOn(told, see(i, tasks, last))
	if kind == "" {
		return nil
	}
	e := r.event(kind, i, told.Seq)
	e.RunID = row.ID
	switch kind {
	case purser.EventInitialCompleted:
		e.What = fmt.Sprintf("The first sync of %s is complete", i.Name)
	case purser.EventSyncRecovered:
		e.What = fmt.Sprintf("%s is synced again; it had failed since %s", i.Name, moment(since))
	case purser.EventInitialFailed:
		e.What = fmt.Sprintf("The first sync of %s failed", i.Name)
		e.Path = "/runs/" + row.ID
	default:
		e.What = fmt.Sprintf("The sync of %s failed; the one before had succeeded", i.Name)
		e.Path = "/runs/" + row.ID
	}
	if err := r.addRuns(ctx, tx, &e, tasks, last); err != nil {
		return err
	}
	return r.tellTold(ctx, tx, told, e)
}

// addRuns adds what the last run of each task said.
func (r *Runner) addRuns(ctx context.Context, tx bun.Tx, e *purser.Event, tasks []store.TaskRow, last map[purser.TaskName]store.RunRow) error {
	for _, t := range tasks {
		l, ok := last[purser.TaskName(t.Task)]
		if !ok || !t.Enabled {
			continue
		}
		title := purser.TaskName(t.Task).Title()
		detail, err := store.RunDetail(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		e.Counts = e.Counts.Add(detail.Counts)
		switch {
		case l.State == string(purser.RunFailed):
			if e.Why == "" {
				e.Why, e.Hint = title+": "+l.Message, l.Hint
			}
			e.Fields = append(e.Fields, title+" failed: "+l.Message)
		case t.NotOffered != "":
			e.Fields = append(e.Fields, title+": "+t.NotOffered)
		case l.State == string(purser.RunPartial):
			e.Fields = append(e.Fields, fmt.Sprintf("%s: %d read, but not everything: %s", title, detail.Counts.Read, l.Message))
		default:
			e.Fields = append(e.Fields, fmt.Sprintf("%s: %d read", title, detail.Counts.Read))
		}
	}
	return nil
}

// tellRevoked tells of an instance that was live until now.
func (r *Runner) tellRevoked(ctx context.Context, tx bun.Tx, i purser.Instance, why string) error {
	if r.Tell == nil {
		return nil
	}
	told, err := store.Told(ctx, tx, i.No)
	if err != nil {
		return err
	}
	told.State, told.Seq = string(seenRevoked), told.Seq+1
	e := r.event(purser.EventInstanceRevoked, i, told.Seq)
	e.What = fmt.Sprintf("%s is revoked: its vendor no longer accepts the credential, and nothing is synced any more", i.Name)
	e.Why = why
	e.Hint = "Mend the permission at the vendor and check again, or authorize anew. Data and settings stay as they are."
	e.Path = "/instances/" + i.ID + "/credential"
	return r.tellTold(ctx, tx, told, e)
}

func (r *Runner) tellHolds(ctx context.Context, tx bun.Tx, i purser.Instance, runID string) error {
	holds, err := store.TellHolds(ctx, tx, i.No, r.now())
	if err != nil || len(holds) == 0 {
		return err
	}
	e := r.event(purser.EventRemovalsHeld, i, 0)
	e.Key = string(e.Kind) + "/" + holds[0].ID
	e.RunID = runID
	var parts []string
	for _, h := range holds {
		word := "removals"
		if h.What == "change" {
			word = "changes"
		}
		parts = append(parts, fmt.Sprintf("%d %s", h.Count, word))
		e.Fields = append(e.Fields, h.Why)
	}
	e.What = fmt.Sprintf("%s from %s wait for a decision", strings.Join(parts, " and "), i.Name)
	e.Why = "More was missing or changed at once than usual, which may be a mistake of the vendor or of a permission"
	e.Hint = "Look at them, then let them happen or not. Until then nothing of it happens."
	e.Path = "/instances/" + i.ID + "/holds"
	return r.Tell(ctx, tx, e)
}

// event begins an event of an instance. seq tells it from others of its kind.
func (r *Runner) event(kind purser.EventKind, i purser.Instance, seq int64) purser.Event {
	return purser.Event{Kind: kind, At: r.Now(), InstanceID: i.ID, InstanceName: i.Name, Connector: i.Connector,
		Key: fmt.Sprintf("%s/%s/%d", kind, i.ID, seq), Path: "/instances/" + i.ID}
}

func (r *Runner) tellTold(ctx context.Context, tx bun.Tx, told store.ToldRow, e purser.Event) error {
	told.At = r.now()
	if err := store.PutTold(ctx, tx, told); err != nil {
		return err
	}
	return r.Tell(ctx, tx, e)
}

// moment is a time in a text that is read anywhere.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
