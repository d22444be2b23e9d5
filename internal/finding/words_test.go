package finding

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

func TestAPersonIsCalledByNameWhereTheAccountIs(t *testing.T) {
	for account, want := range map[string]string{"Ada Byron": "Ada Byron has left and still", "ada": "The person of ada has left and still"} {
		r := store.FindingRow{Kind: string(purser.FindingUndeprovision), ApplicationName: "Slack", PlanName: "Plus", AccountName: account, PersonName: "Ada Byron"}
		if got := sentence(r, account); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

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
