package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"purser"
	"purser/internal/mapping"
)

// Plan is a manifest that can be run. It is safe for concurrent use.
type Plan struct {
	Manifest *Manifest
	Digest   string // of the manifest's meaning: comments and layout do not count
	Tasks    []*CompiledTask
	Tenant   *CompiledTenant // nil if the manifest names none
	Probe    *CompiledProbe  // nil if the manifest has none
	Actions  []*CompiledAction
}

// CompiledTask is a task that can be run.
type CompiledTask struct {
	*Task
	Streams []*CompiledStream
}

// CompiledStream is a stream that can be run.
type CompiledStream struct {
	*Stream
	Task     *Task
	Kind     []purser.Field // of what it emits
	Named    []bool         // fields that the manifest names, as Kind
	Requests []*CompiledRequest
	More     *CompiledRequest // of the pages after the first, nil if they are asked as the first one is
	First    []compiledPair   // first_query
	Paging   Page             // with all defaults
	MaxPages int
	Records  *mapping.Program
	Rows     []byte // of the table that stands in place of an answer; nil without one
	vary     []mapping.Template
}

// Names under which a stream's program keeps the answer's own values.
const (
	AnswerNext   = "page.next"
	AnswerTotal  = "page.total"
	AnswerPages  = "page.pages"
	AnswerFlag   = "page.flag"
	AnswerCursor = "cursor.from"
)

// Task returns a task by name, nil if there is none.
func (p *Plan) Task(name string) *CompiledTask {
	i := slices.IndexFunc(p.Tasks, func(t *CompiledTask) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return p.Tasks[i]
}

// Stream returns a stream of the task by name, nil if there is none.
func (t *CompiledTask) Stream(name string) *CompiledStream {
	i := slices.IndexFunc(t.Streams, func(s *CompiledStream) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return t.Streams[i]
}

// Compile makes a plan of a manifest. All that is wrong is told at once, as Problems.
// folder is the connector's own; it may be nil if no stream has a table.
func Compile(m *Manifest, folder fs.FS) (*Plan, error) {
	c := &planner{m: m, files: folder}
	p := &Plan{Manifest: m, Digest: m.Digest()}
	for i := range m.Tasks {
		t := &m.Tasks[i]
		task := &CompiledTask{Task: t}
		for j := range t.Streams {
			task.Streams = append(task.Streams, c.stream(t, &t.Streams[j], task.Streams))
		}
		p.Tasks = append(p.Tasks, task)
	}
	p.Tenant, p.Probe = c.tenant(), c.probe()
	for i := range m.Actions {
		p.Actions = append(p.Actions, c.action(&m.Actions[i]))
	}
	if len(c.problems) > 0 {
		return nil, c.problems.sorted()
	}
	p.Digest = c.withTables(p.Digest)
	return p, nil
}

type planner struct {
	m        *Manifest
	files    fs.FS  // the connector's folder; nil if there is none
	tables   []byte // of all streams, one after the other
	problems Problems
}

func (c *planner) fail(path, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: c.m.Line(path), Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *planner) stream(t *Task, s *Stream, earlier []*CompiledStream) *CompiledStream {
	at := "tasks." + t.Name + ".streams." + s.Name
	if c.m.HandedOver() {
		s = handedOver(s)
	}
	out := &CompiledStream{Stream: s, Task: t, Kind: purser.Fields(s.Emits), Paging: s.paging(c.m.HTTP.Page), MaxPages: c.m.HTTP.MaxPages}
	if out.MaxPages == 0 {
		out.MaxPages = 100_000
	}
	if s.Emits == "" || out.Kind == nil {
		c.fail(at, "say what kind of record it gives, such as emits: account", "emits is missing")
		return out
	}
	if s.Mode == "" {
		c.fail(at, "snapshot for all there is, delta for changes, events for dated facts", "mode is missing")
	}
	if s.Table != "" {
		c.table(at, s, out)
	} else {
		out.Requests = c.requests(at, &s.Request, task)
	}
	out.First = c.pairs(at+".first_query", s.FirstQuery)
	c.partitions(at, s, earlier, out)
	c.paging(at, &out.Paging)
	out.More = c.more(at, s, out.Paging)
	c.cursor(at, s)
	c.body(at, s, out)
	out.Named = make([]bool, len(out.Kind))
	spec := c.spec(at, s, out)
	program, err := mapping.Compile(spec)
	if e, ok := errors.AsType[*mapping.SpecError](err); ok {
		c.fail(at+"."+e.Part, "", "%v", e.Err)
		return out
	}
	out.Records = program
	return out
}

func (c *planner) partitions(at string, s *Stream, earlier []*CompiledStream, out *CompiledStream) {
	if s.ForEach != nil && s.Vary != nil {
		c.fail(at+".vary", "", "for_each and vary cannot stand together")
	}
	if s.ForEach != nil && !slices.ContainsFunc(earlier, func(e *CompiledStream) bool { return e.Name == s.ForEach.Stream }) {
		c.fail(at+".for_each", "streams are read in the order of the file", "there is no stream %q before this one in the task", s.ForEach.Stream)
	}
	if s.Vary == nil {
		return
	}
	for _, v := range s.Vary.Values {
		t, err := mapping.ParseTemplate(v)
		if err != nil {
			c.fail(at+".vary", "", "%v", err)
		}
		out.vary = append(out.vary, t)
	}
}

// Values returns the values of a stream with vary; a setting that is a list is
// split at its commas.
func (s *CompiledStream) Values(v Vars) ([]string, error) {
	var out []string
	for _, t := range s.vary {
		text, err := t.Expand(v)
		if err != nil {
			return nil, err
		}
		if t.Constant() {
			out = append(out, text)
			continue
		}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out, nil
}

// FirstParams returns the parameters of the first request.
func (s *CompiledStream) FirstParams(v Vars) ([][2]string, error) { return expandPairs(s.First, v) }

// spec gathers what makes records of the stream's answers.
func (c *planner) spec(at string, s *Stream, out *CompiledStream) mapping.Spec {
	spec := mapping.Spec{Kind: out.Kind, Enrich: s.Enrich, Body: out.Form(), At: s.At, As: s.As, Unwrap: s.Unwrap, Explode: s.Explode,
		Absent: s.Absent == "empty", Keep: s.Keep, Removed: s.Removals, Answer: map[string]string{}}
	for _, f := range s.Fields {
		i := slices.IndexFunc(out.Kind, func(k purser.Field) bool { return k.Name == f.Name })
		if i < 0 {
			c.fail(at+".fields."+f.Name, suggestion(f.Name, fieldNames(out.Kind)), "%s has no field %q", s.Emits, f.Name)
			continue
		}
		out.Named[i] = true
		spec.Fields = append(spec.Fields, c.field(at+".fields."+f.Name, f, out.Kind[i]))
	}
	for i, k := range out.Kind {
		if k.Mandatory && !out.Named[i] && (i == 0 || !s.Enrich) {
			c.fail(at+".fields", "a record without it would be refused", "the field %s of %s is missing", k.Name, s.Emits)
		}
	}
	p := out.Paging
	for name, src := range map[string]string{AnswerTotal: p.Total, AnswerPages: p.Pages, AnswerFlag: p.Flag} {
		if src != "" {
			spec.Answer[name] = src
		}
	}
	switch p.Kind {
	case "offset":
		if p.Cursor != "" {
			spec.Answer[AnswerNext] = p.Next
		}
	case "cursor", "link_body":
		if _, header := p.NextHeader(); !header {
			spec.Answer[AnswerNext] = p.Next
		}
	case "last_id":
		spec.LastID = p.Next
	}
	if s.Cursor != nil {
		switch s.Cursor.Kind {
		case "time", "epoch":
			spec.Moment = s.Cursor.From
		case "opaque":
			spec.Answer[AnswerCursor] = s.Cursor.From
		}
	}
	return spec
}

func (c *planner) field(at string, f Field, k purser.Field) mapping.FieldSpec {
	out := mapping.FieldSpec{Field: k, From: f.From, Never: f.Never}
	if f.From == "" {
		c.fail(at, "such as name: profile.name, or {from: status, map: {…}}", "the expression is missing")
		out.From = "nil"
	}
	if f.Map != nil {
		out.Map = map[string]string{}
	}
	for _, p := range f.Map {
		out.Map[p.Name] = p.Value()
		if k.Type == purser.Enum && !slices.Contains(k.Values, p.Value()) {
			c.fail(at, suggestion(p.Value(), k.Values), "%q is no value of %s", p.Value(), k.Name)
		}
	}
	if f.Map != nil && k.Type != purser.Enum && k.Type != purser.Text {
		c.fail(at+".map", "", "map is for texts and closed lists, %s is neither", k.Name)
	}
	if f.Never != nil && k.Type != purser.UseDate {
		c.fail(at+".never", "", "never is for dates of use, %s is none", k.Name)
	}
	return out
}

func fieldNames(fields []purser.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}
