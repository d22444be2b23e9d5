package connectortest

import (
	"context"
	"iter"
	"slices"
	"strings"

	"purser/internal/engine"
	"purser/internal/manifest"
)

// Kept is an engine.Sink in memory. It keeps records as people write them.
type Kept struct {
	task    *manifest.CompiledTask
	records map[string][]Record // by stream
	rejects map[string][]string
}

// NewKept returns a sink for one reading of a task.
func NewKept(t *manifest.CompiledTask) *Kept {
	return &Kept{task: t, records: map[string][]Record{}, rejects: map[string][]string{}}
}

// Commit keeps the rows.
func (k *Kept) Commit(_ context.Context, c engine.Commit) error {
	fields := k.task.Stream(c.Stream).Kind
	for _, p := range c.Parts {
		for _, row := range p.Rows {
			k.records[c.Stream] = append(k.records[c.Stream], Written(fields, row))
		}
		for _, reject := range p.Rejects {
			k.rejects[c.Stream] = append(k.rejects[c.Stream], strings.TrimSpace(reject.ExternalID+" "+reject.Reason))
		}
	}
	return nil
}

// Parents yields the records of an earlier stream in the order of their ids.
func (k *Kept) Parents(_ context.Context, stream, after string) iter.Seq2[engine.Parent, error] {
	parents := slices.Clone(k.records[stream])
	slices.SortStableFunc(parents, func(a, b Record) int { return strings.Compare(idOf(a), idOf(b)) })
	return func(yield func(engine.Parent, error) bool) {
		for _, r := range parents {
			if idOf(r) <= after {
				continue
			}
			field := func(name string) (string, bool) {
				s, ok := r[name].(string)
				return s, ok
			}
			if !yield(engine.Parent{ExternalID: idOf(r), Field: field}, nil) {
				return
			}
		}
	}
}

// Lookup returns a name from a lookup stream.
func (k *Kept) Lookup(stream, id string) (string, bool) {
	for _, r := range k.records[stream] {
		if idOf(r) == id {
			name, ok := r["name"].(string)
			return name, ok
		}
	}
	return "", false
}

// Put adds a record as if a stream had given it, such as a parent.
func (k *Kept) Put(stream string, r Record) { k.records[stream] = append(k.records[stream], r) }

// Records returns what a stream gave, in the order of reading.
func (k *Kept) Records(stream string) []Record { return k.records[stream] }

// Rejects returns why records of a stream were refused.
func (k *Kept) Rejects(stream string) []string { return k.rejects[stream] }

func idOf(r Record) string {
	id, _ := r["external_id"].(string)
	return id
}
