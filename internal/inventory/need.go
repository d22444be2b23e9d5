package inventory

import (
	"unicode"
	"unicode/utf8"

	"purser"
)

// InstanceNeed is what the home page says of an instance that needs somebody: the
// sentence and the button of its own page. ok is false if it needs nobody, or if
// what it needs is told elsewhere on the page.
func InstanceNeed(p purser.Placed) (n Need, ok bool) {
	st := p.Standing
	if !st.Urgent() && st.Status != purser.StatusDraft || st.Action == "holds" {
		return Need{}, false
	}
	n = Need{Subject: p.Name, Sentence: p.Name + ": " + lower(st.Sentence), Button: st.Button, URL: st.URL, Tone: st.Tone}
	if n.Button == "" {
		n.Button = "Open it"
	}
	return n, true
}

// lower begins a sentence with a small letter, as it follows a colon.
func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

// StandCount is how many instances stand alike.
type StandCount struct {
	Tone  string `json:"tone"`
	Count int64  `json:"count"`
	URL   string `json:"url"` // opens exactly these
}

// standCounts counts the instances by how they stand, the most urgent first.
func standCounts(all []purser.Placed) (out []StandCount) {
	for _, p := range all {
		if n := len(out); n > 0 && out[n-1].Tone == p.Standing.Tone {
			out[n-1].Count++
			continue
		}
		out = append(out, StandCount{Tone: p.Standing.Tone, Count: 1, URL: "/integrations?stands=" + p.Standing.Tone})
	}
	return out
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
