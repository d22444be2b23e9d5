package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

type runScan struct {
	RunRow
	InstanceName string `bun:"instance_name"`
	Connector    string `bun:"connector"`
	Pages        int64  `bun:"pages"`
	Items        int64  `bun:"items"`
	Added        int64  `bun:"added"`
	Changed      int64  `bun:"changed"`
	Removed      int64  `bun:"removed"`
	Rejected     int64  `bun:"rejected"`
	HasLog       bool   `bun:"has_log"`
}

const runSelect = "SELECT " + runColumns + `, COALESCE(i.name, '') AS instance_name, COALESCE(i.connector, '') AS connector,
	COALESCE(c.pages, 0) AS pages, COALESCE(c.items, 0) AS items, COALESCE(c.added, 0) AS added, COALESCE(c.changed, 0) AS changed,
	COALESCE(c.removed, 0) AS removed, COALESCE(c.rejected, 0) AS rejected,
	EXISTS (SELECT 1 FROM run_log l WHERE l.run_no = r.no) AS has_log
	FROM run r LEFT JOIN instance i ON i.id = r.instance_id LEFT JOIN (SELECT run_no, sum(pages) AS pages, sum(items) AS items,
	sum(added) AS added, sum(changed) AS changed, sum(removed) AS removed, sum(rejected) AS rejected FROM run_stream
	WHERE run_no IN (SELECT r.no FROM run r WHERE `

// RunList returns runs, the newest first, without their streams.
func RunList(ctx context.Context, db bun.IDB, f RunFilter) ([]purser.Run, error) {
	where, args := f.where()
	if f.BeforeNo > 0 {
		where, args = where+" AND r.no < ?", append(args, f.BeforeNo)
	}
	page := where + " ORDER BY r.no DESC LIMIT ?"
	args = append(args, f.Limit)
	var rows []runScan
	err := db.NewRaw(runSelect+page+") GROUP BY run_no) c ON c.run_no = r.no WHERE "+page, append(args, args...)...).Scan(ctx, &rows)
	out := make([]purser.Run, 0, len(rows))
	for _, x := range rows {
		out = append(out, x.run())
	}
	return out, err
}

// RunNo returns the number of a run, 0 if there is none.
func RunNo(ctx context.Context, db bun.IDB, id string) (int64, error) {
	r, _, err := RunByID(ctx, db, id)
	return r.No, err
}

// RunDetail returns one run with its streams.
func RunDetail(ctx context.Context, db bun.IDB, id string) (purser.Run, error) {
	var x runScan
	err := db.NewRaw(runSelect+"r.id = ?) GROUP BY run_no) c ON c.run_no = r.no WHERE r.id = ?", id, id).Scan(ctx, &x)
	if _, ok, err := found(x, err); err != nil {
		return purser.Run{}, err
	} else if !ok {
		return purser.Run{}, purser.NotFound("run", id)
	}
	run := x.run()
	run.Streams, err = RunStreams(ctx, db, x.No)
	return run, err
}

func (x runScan) run() purser.Run {
	return purser.Run{ID: x.ID, InstanceID: x.InstanceID, InstanceName: x.InstanceName, Connector: x.Connector,
		Task: purser.TaskName(x.Task), State: purser.RunState(x.State), Held: x.Held != 0, Trigger: purser.Trigger(x.Cause),
		QueuedAt: x.QueuedAt.Time(), StartedAt: x.StartedAt.Time(), EndedAt: x.EndedAt.Time(), WaitUntil: x.WaitUntil.Time(),
		WaitReason: x.WaitReason, Pages: x.Pages, Requests: x.Requests, Class: purser.Class(x.Class), Message: x.Message,
		Hint: x.Hint, Attempt: int(x.Attempt), Full: x.Whole != 0, Since: x.Since.Time(), HasLog: x.HasLog, Counts: purser.Counts{Read: x.Items, Added: x.Added,
			Changed: x.Changed, Removed: x.Removed, Rejected: x.Rejected}}
}

// RunStreams returns what a run said of each stream, in the order in which they were read.
func RunStreams(ctx context.Context, db bun.IDB, runNo int64) ([]purser.StreamState, error) {
	of, err := streamsOfRuns(ctx, db, []int64{runNo})
	return append([]purser.StreamState{}, of[runNo]...), err
}

// streamsOfRuns is RunStreams of several runs, by their number.
func streamsOfRuns(ctx context.Context, db bun.IDB, runNos []int64) (map[int64][]purser.StreamState, error) {
	var rows []struct {
		RunNo    int64  `bun:"run_no"`
		Name     string `bun:"name"`
		Phase    string `bun:"phase"`
		State    string `bun:"state"`
		Scope    string `bun:"scope"`
		Message  string `bun:"message"`
		Hint     string `bun:"hint"`
		Items    int64  `bun:"items"`
		Added    int64  `bun:"added"`
		Changed  int64  `bun:"changed"`
		Removed  int64  `bun:"removed"`
		Rejected int64  `bun:"rejected"`
	}
	err := db.NewRaw(`SELECT x.run_no, s.name, x.phase, x.state, x.scope, x.message, x.hint, x.items, x.added, x.changed, x.removed, x.rejected
		FROM run_stream x JOIN stream s ON s.no = x.stream_no WHERE x.run_no IN (?) ORDER BY x.run_no, s.no`, bun.List(runNos)).Scan(ctx, &rows)
	out := make(map[int64][]purser.StreamState, len(runNos))
	for _, r := range rows {
		out[r.RunNo] = append(out[r.RunNo], purser.StreamState{Stream: r.Name, State: r.State, Scope: r.Scope, Message: r.Message, Hint: r.Hint,
			Counts: purser.Counts{Read: r.Items, Added: r.Added, Changed: r.Changed, Removed: r.Removed, Rejected: r.Rejected}})
	}
	return out, err
}

// LastRunOf returns the last run of a task that was begun, with its streams; nil if there is none.
func LastRunOf(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName) (*purser.Run, error) {
	var id string
	err := db.NewRaw("SELECT id FROM run WHERE instance_no = (SELECT no FROM instance WHERE id = ?) AND task = ? AND (started_at > 0 OR ended_at = 0) ORDER BY no DESC LIMIT 1",
		instanceID, string(task)).Scan(ctx, &id)
	if _, ok, err := found(id, err); err != nil || !ok {
		return nil, err
	}
	run, err := RunDetail(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &run, nil
}
