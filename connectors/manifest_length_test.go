package connectors_test

import (
	"slices"
	"strings"
	"testing"

	"purser/connectors"
	"purser/internal/manifest"
)

// A manifest is read by the person who decides whether to trust it: half of them
// fit on two screens.
func TestMedianManifestHasFewerThanAHundredAndFortyLines(t *testing.T) {
	var lines []int
	for _, name := range connectors.Names() {
		data, err := connectors.Manifest(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Count(string(data), "\n"))
	}
	slices.Sort(lines)
	n := len(lines)
	if median := float64(lines[(n-1)/2]+lines[n/2]) / 2; median >= 140 {
		t.Errorf("the median manifest has %.1f lines of %v", median, lines)
	}
}

func TestEveryManifestMeansTheSameWhenItIsWrittenOut(t *testing.T) {
	for _, name := range connectors.Names() {
		data, err := connectors.Manifest(name)
		if err != nil {
			t.Fatal(err)
		}
		long, err := manifest.Expand(data)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Decode(long)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m.Digest() != decoded(t, name).Digest() {
			t.Errorf("%s, written out, is another connector", name)
		}
	}
}
