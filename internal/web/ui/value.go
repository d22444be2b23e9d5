package ui

import "net/url"

func (f KV) reason() string {
	if f.Missing == "" {
		return "not known"
	}
	return f.Missing
}

// webAddress reports whether href is an absolute http or https address.
func webAddress(href string) bool {
	u, err := url.Parse(href)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
