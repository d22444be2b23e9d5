package view

import "purser"

// sureWords says how sure a link is; "" where there is none.
func sureWords(s purser.Sureness, byHand bool) string {
	switch {
	case byHand:
		return "certain: a person decided it"
	case s == purser.Certain:
		return "certain"
	case s == purser.Likely:
		return "likely"
	case s == purser.Possible:
		return "possible"
	}
	return ""
}

// kindChoice is what was chosen by hand, "" if vendor and rules say it.
func kindChoice(a purser.Account) string {
	if a.KindByHand {
		return a.Kind
	}
	return ""
}

func anySuggestion(items []purser.Unmatched) bool {
	for _, x := range items {
		if len(x.Suggestions) > 0 {
			return true
		}
	}
	return false
}
