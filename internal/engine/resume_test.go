package engine_test

import (
	"net/url"
	"testing"

	"purser/internal/engine"
)

func TestAStreamThatWasReadToItsEndBeforeAStopIsNotReadAgain(t *testing.T) {
	asked := 0
	v, k := &vendor{answer: func(*url.URL, engine.Request) (string, string, error) { asked++; return list("a", "b"), "", nil }}, newShelf()
	s := stream(t, "emits: group\nfields: {external_id: id, name: id}")
	first := run(t, s, v, k)
	again := engine.Run(t.Context(), engine.Job{Stream: s, Now: now, Resume: k.checkpoint}, v, k)
	if asked != 1 || k.read != 2 || again.State != engine.Complete || again.Rows != first.Rows || again.Pages != first.Pages || again.Partitions != first.Partitions {
		t.Errorf("asked %d times, %d read: %+v, then %+v", asked, k.read, first, again)
	}
}
