package finding

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

// TestSentencesWithoutNamesReadAsSentences: who may see no names reads of an account,
// not of one whose name seems to be somebody.
func TestSentencesWithoutNamesReadAsSentences(t *testing.T) {
	for _, kind := range purser.FindingKinds() {
		got := sentence(store.FindingRow{Kind: string(kind), ApplicationName: "Slack", PlanName: "Plus", About: "3"}, "")
		if strings.Contains(got, "account somebody") || strings.Contains(got, "of somebody") || strings.Contains(got, "  ") || strings.HasPrefix(got, " ") || got[:1] != strings.ToUpper(got[:1]) {
			t.Errorf("%s: %q", kind, got)
		}
	}
}
