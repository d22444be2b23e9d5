package connectors_test

import (
	"testing"

	"purser/connectors"
	connecting "purser/internal/connect"
)

func TestTheCatalogSaysForEveryActionWhichReadingProvesIt(t *testing.T) {
	for _, name := range connectors.Names() {
		e := connecting.Entry(decoded(t, name))
		for i, action := range e.Actions {
			if len(e.Proofs) != len(e.Actions) || e.Proofs[i] == "" {
				t.Errorf("%s %s: nothing proves it: %q", name, action, e.Proofs)
			}
		}
	}
}
