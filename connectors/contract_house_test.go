package connectors_test

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"purser/connectors"
	"purser/internal/connectortest"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/hook"
	"purser/internal/manifest"
	"purser/internal/source"
	"purser/internal/vendorhttp"
)

// clock is the time of a test: it passes only while somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(d, 0))
	return ctx.Err()
}

// tally is an engine.Sink that counts what is handed over.
type tally struct {
	parent  engine.Parent
	names   map[string][]connectortest.Record // what earlier streams gave, by stream
	rows    int
	ids     []string
	rejects []string
	parts   []engine.Part
}

func (s *tally) Commit(_ context.Context, c engine.Commit) error {
	for _, p := range c.Parts {
		s.rows += len(p.Rows)
		for _, row := range p.Rows {
			s.ids = append(s.ids, strings.Clone(row.ExternalID))
		}
		for _, r := range p.Rejects {
			s.rejects = append(s.rejects, strings.Clone(r.Reason))
		}
		p.Rows, p.Rejects = nil, nil
		s.parts = append(s.parts, p)
	}
	return nil
}

func (s *tally) Parents(_ context.Context, _, after string) iter.Seq2[engine.Parent, error] {
	return func(yield func(engine.Parent, error) bool) {
		if s.parent.ExternalID > after {
			yield(s.parent, nil)
		}
	}
}

func (s *tally) Lookup(stream, id string) (string, bool) {
	for _, r := range s.names[stream] {
		if r["external_id"] == id {
			name, ok := r["name"].(string)
			return name, ok
		}
	}
	return "", false
}

// subject is one stream of one connector, ready to be read over loopback.
type subject struct {
	manifest *manifest.Manifest
	task     *manifest.CompiledTask
	stream   *manifest.CompiledStream
	fixture  *connectortest.Fixture
	settings map[string]string
	hosts    []string
	parent   engine.Parent // one parent, where the stream is read for each
	body     []byte        // of the stream's first answer in the fixture
	link     string        // an address for links to a next page
	since    string        // where the last reading ended
}

// known keeps the subjects: each part of the suite needs them all.
type known struct {
	once sync.Once
	all  map[string]subject
}

var every known

// subjects lists every stream of every built-in connector.
func subjects(t *testing.T) map[string]subject {
	t.Helper()
	every.once.Do(func() { every.all = readSubjects(t) })
	if every.all == nil {
		t.Fatal("the connectors cannot be read; an earlier test says why")
	}
	return every.all
}

func readSubjects(t *testing.T) map[string]subject {
	t.Helper()
	out := map[string]subject{}
	for _, name := range vendors(t) {
		m := decoded(t, name)
		oneOfEach(m)
		plan, err := manifest.Compile(m, folder(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range plan.Tasks {
			f, err := connectortest.ReadFixture(connectors.Files(), name, task.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range task.Streams {
				if s.Rows != nil {
					continue // nobody is asked
				}
				out[name+"/"+task.Name+"/"+s.Name] = newSubject(t, m, task, s, f)
			}
		}
	}
	return out
}

// oneOfEach leaves one partition to each stream that is asked once a value.
func oneOfEach(m *manifest.Manifest) {
	for _, t := range m.Tasks {
		for i := range t.Streams {
			if v := t.Streams[i].Vary; v != nil {
				v.Values = v.Values[:1]
			}
		}
	}
}

func newSubject(t *testing.T, m *manifest.Manifest, task *manifest.CompiledTask, s *manifest.CompiledStream, f *connectortest.Fixture) subject {
	t.Helper()
	settings, _, err := m.CheckSettings(f.Settings)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range settings { // one partition is enough
		settings[name], _, _ = strings.Cut(value, ",")
	}
	hosts, err := m.HostsFor(settings)
	if err != nil {
		t.Fatal(err)
	}
	x := subject{manifest: m, task: task, stream: s, fixture: f, settings: settings, hosts: hosts}
	if s.ForEach != nil {
		x.parent = parentOf(f.Records[s.ForEach.Stream][0])
	}
	x.body, x.link = x.firstAnswer(t)
	if byLength(s) { // every page here is full
		_, items := answerOf{t: t, stream: s, body: x.body}.items()
		s.Paging.Size = len(list(items))
	}
	return x
}

// parentOf is a record of an earlier stream as a later one sees it.
func parentOf(r connectortest.Record) engine.Parent {
	id, _ := r["external_id"].(string)
	return engine.Parent{ExternalID: id, Field: func(name string) (string, bool) {
		text, ok := r[name].(string)
		return text, ok
	}}
}

// firstAnswer finds the stream's first answer in its fixture: a vendor that
// refuses everything gives away what is asked for.
func (x subject) firstAnswer(t *testing.T) (body []byte, link string) {
	t.Helper()
	v := playVendor(t, reply{serve: func(w http.ResponseWriter, r *http.Request) {
		link = "https://" + r.Host + r.URL.Path + "?after=next"
		sent, _ := readAll(r)
		for _, e := range x.fixture.Exchanges {
			if body == nil && e.Asks(r.Method, r.URL, r.Header, sent) {
				if next, to := x.fixture.Follow(e); to != nil && next >= 0 {
					e = x.fixture.Exchanges[next]
				}
				body = e.Answer.Body
			}
		}
		w.WriteHeader(http.StatusForbidden)
	}})
	x.read(t, v, vendorhttp.Caps{})
	if body == nil {
		t.Fatalf("%s: the fixture has no answer to its first request %s", x.stream.Name, link)
	}
	return body, link
}

func readAll(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	_, err := b.ReadFrom(r.Body)
	return b.Bytes(), err
}

// read reads the stream from a played vendor, through all that a running product has between them.
func (x subject) read(t *testing.T, v *vendor, caps vendorhttp.Caps) (engine.Result, *tally, *clock) {
	t.Helper()
	sink := &tally{parent: x.parent, names: x.fixture.Records}
	c := &clock{now: x.fixture.Now}
	return x.readAt(t, v, caps, sink, c), sink, c
}

// readInto reads the stream into a sink of the test's own.
func (x subject) readInto(t *testing.T, v *vendor, caps vendorhttp.Caps, sink engine.Sink) engine.Result {
	t.Helper()
	return x.readAt(t, v, caps, sink, &clock{now: x.fixture.Now})
}

func (x subject) readAt(t *testing.T, v *vendor, caps vendorhttp.Caps, sink engine.Sink, c *clock) engine.Result {
	t.Helper()
	mapped, err := egress.ParseVendorMap(vendorMap(x.hosts, v.URL, v.foreign.URL))
	if err != nil {
		t.Fatal(err)
	}
	client := vendorhttp.New(vendorhttp.Options{Transport: egress.New(egress.Options{VendorMap: mapped}).Transport(), UserAgent: "Purser/test",
		Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0 }, Caps: caps})
	src := source.HTTP{Caller: client.Caller(vendorhttp.Instance{ID: "ins_test", Pins: x.hosts, HTTP: &x.manifest.HTTP}), Limits: source.StreamLimits(x.manifest)}
	return engine.Run(t.Context(), engine.Job{Stream: x.stream, Vars: x.vars, Since: x.since, Lookback: x.oneWindow(), Now: c.Now, Drift: true,
		Rewrite: hook.Pages(connectors.Hooks(), x.manifest.Name, x.stream.Hook, false)}, src, sink)
}

// oneWindow is how far back a first reading goes where it is asked in slices of
// time: just one, so that what is played is asked for once.
func (x subject) oneWindow() time.Duration {
	if c := x.stream.Cursor; c != nil {
		return c.Window.Std()
	}
	return 0
}

func (x subject) vars(name string) (string, bool) {
	root, rest, _ := strings.Cut(name, ".")
	values := map[string]map[string]string{"settings": x.settings, "tenant": x.fixture.Tenant}[root]
	v, ok := values[rest]
	return v, ok
}
