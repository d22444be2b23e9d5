package ui

func (e Event) icon() string {
	if e.Icon == "" {
		return "circle-dot"
	}
	return e.Icon
}

// shown writes an empty value as a word: nothing was there before, or is now.
func (e Event) shown(v string) string {
	if v == "" {
		return "nothing"
	}
	return v
}
