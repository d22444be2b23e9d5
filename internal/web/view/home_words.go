package view

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"purser/internal/inventory"
	"purser/internal/web/ui"
)

func needs(all []inventory.Need) []ui.Need {
	out := make([]ui.Need, 0, len(all))
	for _, n := range all {
		need := ui.Need{Tone: ui.Tone(n.Tone), Text: n.Sentence, Action: ui.Button{Label: n.Button, Href: n.URL}}
		if sentence, ok := strings.CutPrefix(n.Sentence, n.Subject+": "); ok && n.Subject != "" {
			need.Text, need.Detail = n.Subject, strings.ToUpper(sentence[:1])+sentence[1:]
			need.Action.Attrs = templ.Attributes{"aria-label": n.Button + ": " + n.Subject}
		}
		out = append(out, need)
	}
	return out
}

// instances is how many there are in all.
func instances(all []inventory.StandCount) (n int64) {
	for _, c := range all {
		n += c.Count
	}
	return n
}

// useSentence is the finding of the bar, for those who hear it.
func useSentence(h inventory.Home) string {
	all := h.Active + h.Inactive + h.Never + h.Unknown
	if all == 0 {
		return "No account has been read yet."
	}
	return fmt.Sprintf("%d %% of accounts were used in the last %d days; of %d %% no source says.", h.Active*100/all, h.Threshold, h.Unknown*100/all)
}

// nothingNeeded says why nothing needs anybody: of nothing that is connected nothing is known.
func nothingNeeded(instances int) string {
	if instances == 0 {
		return "Nothing is connected, so nothing is known of accounts. No contract waits for a decision."
	}
	return "Every instance is read as planned and nothing waits for a decision."
}
