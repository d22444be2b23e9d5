package connectors_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

// recorded is an exchange as it went over the wire.
type recorded struct {
	Request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
	Response struct {
		Status  int                 `json:"status"`
		Headers map[string][]string `json:"headers"`
		Body    json.RawMessage     `json:"body"`
	} `json:"response"`
}

func readRecording(t *testing.T, file string) []recorded {
	t.Helper()
	data, err := os.ReadFile(vendorData(t, "recordings", "okta", file))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Interactions []recorded `json:"interactions"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all.Interactions
}

// listed picks the recorded lists of a path.
func listed(t *testing.T, file, path string) []recorded {
	t.Helper()
	var out []recorded
	for _, r := range readRecording(t, file) {
		u, err := url.Parse(r.Request.URL)
		if err != nil {
			t.Fatal(err)
		}
		if r.Request.Method == http.MethodGet && u.Path == path && r.Response.Status == 200 && strings.HasPrefix(string(r.Response.Body), "[") {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s has no list of %s", file, path)
	}
	return out
}

// replayed answers with recorded lists in their order, as they came. Where the
// recording stops in the middle of a list, an empty page ends it.
func replayed(t *testing.T, lists []recorded, asked *[]string) *vendor {
	t.Helper()
	n := 0
	return playVendor(t, reply{serve: func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, "https://"+r.Host+r.URL.RequestURI())
		w.Header().Set("Content-Type", "application/json")
		if n == len(lists) {
			_, _ = w.Write([]byte("[]"))
			return
		}
		for name, values := range lists[n].Response.Headers {
			for _, v := range values {
				w.Header().Add(name, v)
			}
		}
		w.WriteHeader(lists[n].Response.Status)
		_, _ = w.Write(lists[n].Response.Body)
		n++
	}})
}

// subjectOf makes a stream ready for recorded answers.
func subjectOf(t *testing.T, connector, task, stream, parent string, settings map[string]string) subject {
	t.Helper()
	m := decoded(t, connector)
	plan, err := manifest.Compile(m, folder(t, connector))
	if err != nil {
		t.Fatal(err)
	}
	settings, _, err = m.CheckSettings(settings)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := m.HostsFor(settings)
	if err != nil {
		t.Fatal(err)
	}
	return subject{manifest: m, task: plan.Task(task), stream: plan.Task(task).Stream(stream), settings: settings, hosts: hosts, parent: engine.Parent{ExternalID: parent},
		fixture: &connectortest.Fixture{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
}

// replay reads a stream from recorded lists.
func replay(t *testing.T, x subject, lists []recorded) (engine.Result, []connectortest.Record, []string) {
	t.Helper()
	var asked []string
	k := connectortest.NewKept(x.task)
	if x.stream.ForEach != nil {
		k.Put(x.stream.ForEach.Stream, connectortest.Record{"external_id": x.parent.ExternalID})
	}
	res := x.readInto(t, replayed(t, lists, &asked), vendorhttp.Caps{}, k)
	return res, k.Records(x.stream.Name), asked
}

// items decodes the recorded items themselves.
func items(t *testing.T, lists []recorded) []object {
	t.Helper()
	var out []object
	for _, l := range lists {
		var page []object
		if err := json.Unmarshal(l.Response.Body, &page); err != nil {
			t.Fatal(err)
		}
		out = append(out, page...)
	}
	return out
}

func text(o object, path string) any {
	all := steps(path)
	v := child(o, all[:len(all)-1]...)[all[len(all)-1]]
	return v
}

// sameMoment compares a recorded moment with a record's.
func sameMoment(recordedText, got any) bool {
	a, err1 := time.Parse(time.RFC3339, asText(recordedText))
	b, err2 := time.Parse(time.RFC3339, asText(got))
	return err1 == nil && err2 == nil && a.Equal(b)
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}
