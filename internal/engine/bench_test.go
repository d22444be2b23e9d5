package engine_test

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"testing"

	"purser/internal/engine"
)

// drain takes everything and keeps nothing.
type drain struct{ rows int }

func (d *drain) Parents(context.Context, string, string) iter.Seq2[engine.Parent, error] {
	return func(func(engine.Parent, error) bool) {}
}
func (d *drain) Lookup(string, string) (string, bool) { return "", false }
func (d *drain) Commit(_ context.Context, c engine.Commit) error {
	d.rows += c.Rows()
	return nil
}

// BenchmarkMemberships reads pages of users of whom only the id is wanted: half
// of the work of a large sync.
func BenchmarkMemberships(b *testing.B) {
	var users []string
	for i := range 200 {
		users = append(users, fmt.Sprintf(`{"id":"00u%08d","status":"ACTIVE","profile":{"login":"u%d@example.com","firstName":"A","lastName":"%s"},"_links":{"self":{"href":"https://acme.example.com/api/v1/users/00u%08d"}}}`, i, i, strings.Repeat("x", 1000), i))
	}
	body := "[" + strings.Join(users, ",") + "]"
	s := stream(b, "emits: membership\nfields: {group: '\"g1\"', account: id}\npage: {kind: link_header}")
	v := &vendor{}
	pages := 0
	v.answer = func(*url.URL, engine.Request) (string, string, error) {
		if pages++; pages%20 == 0 {
			return body, "", nil
		}
		return body, fmt.Sprintf("https://api.acme.example/list?after=%d", pages), nil
	}
	b.ReportAllocs()
	for b.Loop() {
		d := &drain{}
		if res := engine.Run(b.Context(), engine.Job{Stream: s, Now: now}, v, d); res.State != engine.Complete || d.rows != 4000 {
			b.Fatalf("%+v %v", res, res.Err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4000, "ns/record")
}
