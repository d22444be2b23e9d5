package hook

// Pages returns what a named hook of a connector does to answers; nil if the name
// is empty or there is none. A connector of one's own (custom) never has code,
// also if it names that of a built-in one.
func Pages(all []Hook, connector, name string, custom bool) func(body []byte) ([]byte, error) {
	if name == "" || custom {
		return nil
	}
	for _, h := range all {
		if h.Connector == connector && h.Name == name {
			return h.Page
		}
	}
	return nil
}
