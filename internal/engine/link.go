package engine

import (
	"net/url"
	"strings"
)

// resolve makes a link absolute.
func resolve(base, link string) (string, error) {
	if link == "" {
		return "", nil
	}
	from, err := url.Parse(base)
	if err != nil {
		return "", invalid("the answer's own address cannot be read")
	}
	to, err := from.Parse(link)
	if err != nil || to.Host == "" || to.User != nil {
		return "", invalid("the link to the next page cannot be read")
	}
	return to.String(), nil
}

// withParam is the address of a page with another token: some vendors write an
// address in one list and a bare token in the next.
func withParam(base, name, token string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", invalid("the answer's own address cannot be read")
	}
	q := u.Query()
	q.Set(name, token)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// linkHeader finds the address of a relation in Link headers (RFC 8288).
func linkHeader(values []string, rel string) string {
	for _, v := range values {
		for v != "" {
			_, rest, ok := strings.Cut(v, "<")
			if !ok {
				break
			}
			target, params, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			params, v = cutLink(params)
			if hasRel(params, rel) {
				return strings.TrimSpace(target)
			}
		}
	}
	return ""
}

// cutLink cuts at the comma that ends a link, outside quotes.
func cutLink(s string) (params, rest string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func hasRel(params, rel string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for word := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(word, rel) {
				return true
			}
		}
	}
	return false
}
