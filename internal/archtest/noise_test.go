package archtest_test

import (
	"slices"
	"testing"
)

func TestTheMatcherDoesNotKnowTheNoiseThatItIsMeasuredBy(t *testing.T) {
	for _, p := range all(t) {
		if within(p.ImportPath, "bench") {
			continue
		}
		if slices.Contains(p.Imports, module+"/bench/noise") {
			t.Errorf("%s imports bench/noise: rules that know the noise measure nothing", p.ImportPath)
		}
	}
}
