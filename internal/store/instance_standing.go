package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// TaskKey names a task of an instance.
type TaskKey struct {
	InstanceNo int64
	Task       purser.TaskName
}

// LastRunsOf returns the last run of each task that was begun, with its streams, for
// many instances in a few statements: the home page asks for all of them.
func LastRunsOf(ctx context.Context, db bun.IDB, instanceNos []int64) (map[TaskKey]purser.Run, error) {
	out := map[TaskKey]purser.Run{}
	if len(instanceNos) == 0 {
		return out, nil
	}
	var nos []int64
	err := db.NewRaw(`SELECT n.no FROM (SELECT (SELECT r.no FROM run r WHERE r.instance_no = i.no AND r.task = t.task
		AND (r.started_at > 0 OR r.ended_at = 0) ORDER BY r.no DESC LIMIT 1) AS no
		FROM instance i JOIN instance_task t ON t.instance_id = i.id WHERE i.no IN (?)) n WHERE n.no IS NOT NULL`,
		bun.List(instanceNos)).Scan(ctx, &nos)
	if err != nil || len(nos) == 0 {
		return out, err
	}
	var rows []runScan
	err = db.NewRaw(runSelect+"r.no IN (?)) GROUP BY run_no) c ON c.run_no = r.no WHERE r.no IN (?)", bun.List(nos), bun.List(nos)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	streams, err := streamsOfRuns(ctx, db, nos)
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		run := x.run()
		run.Streams = streams[x.No]
		out[TaskKey{InstanceNo: x.InstanceNo, Task: run.Task}] = run
	}
	return out, nil
}

// HeldByTask counts the removals and changes that wait for a person.
func HeldByTask(ctx context.Context, db bun.IDB) (map[TaskKey]int64, error) {
	var rows []struct {
		InstanceNo int64  `bun:"instance_no"`
		Task       string `bun:"task"`
		N          int64  `bun:"n"`
	}
	err := db.NewRaw(`SELECT h.instance_no, s.task, sum(h.count) AS n FROM hold h JOIN stream s ON s.no = h.stream_no
		WHERE h.decided_at = 0 GROUP BY h.instance_no, s.task`).Scan(ctx, &rows)
	out := make(map[TaskKey]int64, len(rows))
	for _, r := range rows {
		out[TaskKey{InstanceNo: r.InstanceNo, Task: purser.TaskName(r.Task)}] = r.N
	}
	return out, err
}
