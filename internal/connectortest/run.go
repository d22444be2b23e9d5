package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"purser/internal/engine"
	"purser/internal/hook"
	"purser/internal/manifest"
)

// Report says whether a connector makes of its own answers what its author expects.
type Report struct {
	Connector string         `json:"connector"`
	Streams   []StreamReport `json:"streams"`
	Problems  []string       `json:"problems,omitempty"` // of the fixtures as a whole
}

// StreamReport is one stream of one task.
type StreamReport struct {
	Task     string         `json:"task"`
	Stream   string         `json:"stream"`
	State    engine.State   `json:"state"`
	Records  int            `json:"records"`
	Problems []string       `json:"problems,omitempty"`
	Drift    map[string]int `json:"drift,omitempty"` // members of answers that the manifest does not name
	Got      []Record       `json:"got,omitempty"`   // what was read, where it differs

	all    []Record
	failed string // why the stream did not end well
}

// OK reports whether there is nothing to mend.
func (r Report) OK() bool {
	return len(r.Problems) == 0 && !slices.ContainsFunc(r.Streams, func(s StreamReport) bool { return len(s.Problems) > 0 })
}

// Run tests the connector in the folder name of fsys: each task that has a
// fixture is read through the engine. The error is for what cannot be run at
// all; what differs stands in the report. hooks is the code that its manifest may name.
func Run(ctx context.Context, fsys fs.FS, name string, hooks ...hook.Hook) (Report, error) {
	report := Report{Connector: name}
	folder, err := fs.Sub(fsys, name)
	if err != nil {
		return report, err
	}
	data, err := manifest.ReadManifest(folder)
	if err != nil {
		return report, fmt.Errorf("connector %s: %w", name, err)
	}
	m, err := manifest.Decode(data)
	if err != nil {
		return report, err
	}
	plan, err := manifest.Compile(m, folder)
	if err != nil {
		return report, err
	}
	for _, task := range plan.Tasks {
		f, err := ReadFixture(fsys, name, task.Name)
		if errors.Is(err, fs.ErrNotExist) {
			report.Problems = append(report.Problems, fmt.Sprintf("there is no testdata/%s.json for the task %s", task.Name, task.Name))
			continue
		}
		if err != nil {
			return report, err
		}
		streams, problems := runTask(ctx, m, task, f, hooks)
		report.Streams = append(report.Streams, streams...)
		report.Problems = append(report.Problems, problems...)
	}
	return report, nil
}

func runTask(ctx context.Context, m *manifest.Manifest, task *manifest.CompiledTask, f *Fixture, hooks []hook.Hook) ([]StreamReport, []string) {
	settings, _, err := m.CheckSettings(f.Settings)
	if err != nil {
		return nil, []string{fmt.Sprintf("testdata/%s.json: %v", task.Name, err)}
	}
	vendor, sink := newAnswers(f, m), NewKept(task)
	var out []StreamReport
	for _, s := range task.Streams {
		job := engine.Job{Stream: s, Vars: f.vars(settings), Now: vendor.now, Drift: true, Rewrite: hook.Pages(hooks, m.Name, s.Hook, false)}
		res := engine.Run(ctx, job, vendor, sink)
		out = append(out, judge(task.Name, s, res, sink, f))
	}
	var problems []string
	for _, asked := range vendor.unknown {
		problems = append(problems, fmt.Sprintf("testdata/%s.json has no answer to %s", task.Name, asked))
	}
	for _, unasked := range vendor.unasked() {
		problems = append(problems, fmt.Sprintf("testdata/%s.json: %s", task.Name, unasked))
	}
	for _, stream := range slices.Sorted(maps.Keys(f.Records)) {
		if task.Stream(stream) == nil {
			problems = append(problems, fmt.Sprintf("testdata/%s.json expects records of %s, which is no stream of the task", task.Name, stream))
		}
	}
	return out, problems
}

func judge(task string, s *manifest.CompiledStream, res engine.Result, sink *Kept, f *Fixture) StreamReport {
	got := sink.records[s.Name]
	out := StreamReport{Task: task, Stream: s.Name, State: res.State, Records: len(got), Drift: res.Drift, all: got}
	if res.Err != nil {
		out.failed = fmt.Sprintf("the stream is %s: %v", res.State, res.Err)
		out.Problems = append(out.Problems, out.failed)
	}
	for _, reject := range sink.rejects[s.Name] {
		out.Problems = append(out.Problems, "a record was refused: "+reject)
	}
	if d := differences(f.Records[s.Name], got); len(d) > 0 {
		out.Problems, out.Got = append(out.Problems, d...), got
	}
	return out
}
