package connectors_test

import (
	"testing"

	"purser/connectors"
	"purser/internal/connectortest"
)

func TestFixturesGiveTheRecordsThatTheirAuthorsExpect(t *testing.T) {
	for _, name := range vendors(t) {
		t.Run(name, func(t *testing.T) {
			report, err := connectortest.Run(t.Context(), connectors.Files(), name, connectors.Hooks()...)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range report.Problems {
				t.Error(p)
			}
			for _, s := range report.Streams {
				for _, p := range s.Problems {
					t.Errorf("%s %s: %s", s.Task, s.Stream, p)
				}
			}
		})
	}
}
