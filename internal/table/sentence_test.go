package table

import (
	"slices"
	"testing"

	"purser"
)

// TestAFileOfFindingsSaysWhatEachIs: the page shows the sentence below each finding's
// kind; in a file without it fifty rows read the same.
func TestAFileOfFindingsSaysWhatEachIs(t *testing.T) {
	l := Findings()
	heads := Shown(l.Heads(), nil)
	cells := Cells(l, heads)(purser.Finding{Kind: purser.FindingUnusedSeat, Sentence: "Ada holds a seat of Plus."})
	if !slices.Contains(cells, "Ada holds a seat of Plus.") {
		t.Errorf("a row of the file is %q", cells)
	}
}
