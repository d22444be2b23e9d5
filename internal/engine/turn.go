package engine

import (
	"encoding/json"
	"hash/maphash"
	"strconv"
	"strings"

	"purser"
	"purser/internal/manifest"
	"purser/internal/mapping"
)

// added is what paging adds to the request: a token, a number of page, an offset.
func (r *reading) added() (manifest.Added, error) {
	var add manifest.Added
	p := &r.s.Paging
	if r.at.Next.Page == 0 && r.at.Since == "" && r.at.Next.Window == 0 {
		first, err := r.s.FirstParams(r.vars)
		if err != nil {
			return add, err
		}
		add.Query = first
	}
	if p.Kind == "offset" && r.at.Next.Token != "" {
		add.Query = append(add.Query, [2]string{p.Cursor, r.at.Next.Token})
		return add, nil
	}
	if p.Kind == "offset" && p.Cursor != "" && r.at.Next.Offset == 0 {
		return add, nil // a vendor that knows tokens only refuses an offset; without one it begins in its own way
	}
	value, ok := r.pagePlace()
	if !ok || p.TokenIn == "path" {
		return add, nil
	}
	switch p.TokenIn {
	case "json":
		m := manifest.Member{Name: p.Param, Value: value}
		if p.Kind == "page" || p.Kind == "offset" {
			m.Value, _ = strconv.Atoi(value)
		}
		if p.TokenAs == "json" && json.Valid([]byte(value)) {
			m.Value = json.RawMessage(value)
		}
		add.JSON = append(add.JSON, m)
	case "header":
		add.Header = append(add.Header, [2]string{p.Param, value})
	default:
		add.Query = append(add.Query, [2]string{p.Param, value})
	}
	return add, nil
}

// pagePlace is the value that asks for the page at which the checkpoint stands.
func (r *reading) pagePlace() (string, bool) {
	at, p := r.at.Next, &r.s.Paging
	switch p.Kind {
	case "page":
		return strconv.Itoa(*p.First + at.Page), true
	case "offset":
		return strconv.Itoa(*p.First + at.Offset), true
	case "cursor", "last_id":
		if at.Token == "" && p.Kind == "last_id" && p.TokenIn == "path" { // the text of a query needs a value from the beginning
			return strconv.Itoa(*p.First), true
		}
		return at.Token, at.Token != ""
	}
	return "", false
}

// link is the address to follow in place of the manifest's: the next page's, or
// the one that the last run kept.
func (r *reading) link() string {
	if strings.HasPrefix(r.s.Paging.Kind, "link_") && r.at.Next.Token != "" {
		return r.at.Next.Token
	}
	if c := r.s.Cursor; c != nil && c.Kind == "link" && r.at.Next.Page == 0 {
		return r.at.Since
	}
	return ""
}

// verdict is what one rule says about the end.
type verdict int

const (
	unsaid verdict = iota
	more
	end
)

// turn decides whether the page was the last, and where the next one is. An end
// needs proof, and so does going on: a token that comes back, a page that comes
// twice, or a page without records where more are promised is an error.
func (r *reading) turn(req Request, resp *Response, page *mapping.Page) (next position, evidence string, err error) {
	p := &r.s.Paging
	next = r.at.Next
	next.Page++
	next.Offset += page.Items
	token, err := r.token(resp, page)
	if err != nil {
		return next, "", err
	}
	next.Token = token
	if p.Kind == "none" {
		return next, "single", nil
	}
	if c := r.s.Cursor; c != nil && c.StopAt == "start" && r.at.From > 0 && page.Oldest > 0 && page.Oldest < r.at.From {
		return next, "stop_at", nil
	}
	said := unsaid
	ends := p.End
	if p.Kind == "offset" && token != "" { // more is promised
		ends, said = nil, more
	}
	for _, rule := range ends {
		if said = r.rule(rule, page, token, next); said != unsaid {
			if said == end {
				return next, rule, nil
			}
			break
		}
	}
	if said == more && page.Items == 0 && (p.Kind == "page" || p.Kind == "offset") {
		return next, "", invalid("page %d of %s is empty, although more records follow", next.Page, r.s.Name)
	}
	return next, "", r.goesOn(req, resp, page, token, said)
}

// rule asks one rule about the end.
func (r *reading) rule(rule string, page *mapping.Page, token string, next position) verdict {
	p := &r.s.Paging
	when := func(yes bool, otherwise verdict) verdict {
		if yes {
			return end
		}
		return otherwise
	}
	switch rule {
	case "no_next":
		return when(token == "", unsaid)
	case "same_token":
		return when(token != "" && token == r.at.Next.Token, unsaid)
	case "empty":
		return when(page.Items == 0, unsaid)
	case "short":
		return when(page.Items < p.Size, unsaid)
	case "total":
		if total, ok := page.Answer.Int(manifest.AnswerTotal); ok {
			return when(int64(next.Offset) >= total, more)
		}
	case "pages":
		if pages, ok := page.Answer.Int(manifest.AnswerPages); ok {
			return when(int64(next.Page) >= pages, more)
		}
	case "flag":
		switch page.Answer.Is(manifest.AnswerFlag) {
		case purser.Yes:
			return more
		case purser.No:
			return end
		}
	}
	return unsaid
}

// token finds the token or address of the next page, "" if there is none.
func (r *reading) token(resp *Response, page *mapping.Page) (string, error) {
	switch p := &r.s.Paging; p.Kind {
	case "link_header":
		return resolve(resp.URL, linkHeader(resp.Header("Link"), p.Rel))
	case "link_body":
		s, _ := page.Answer.Text(manifest.AnswerNext)
		if p.Param != "" && s != "" && !strings.ContainsAny(s, "/?") {
			return withParam(resp.URL, p.Param, s)
		}
		return resolve(resp.URL, s)
	case "cursor":
		if name, ok := p.NextHeader(); ok {
			return strings.TrimSpace(strings.Join(resp.Header(name), "")), nil
		}
		s, _ := page.Answer.Text(manifest.AnswerNext)
		return strings.Clone(s), nil
	case "last_id":
		return strings.Clone(page.LastID), nil
	case "offset":
		if p.Cursor != "" { // a vendor that pages by offsets or by tokens, as it likes
			s, _ := page.Answer.Text(manifest.AnswerNext)
			return strings.Clone(s), nil
		}
	}
	return "", nil
}

// maxToken is the longest token or link: a chain of relative links may grow for ever.
const maxToken = 8 << 10

// hash stands for a token in seen; it means nothing outside this reading.
func (r *reading) hash(token string) uint64 { return maphash.String(r.seed, token) }

// goesOn refuses to go on where nothing new can come.
func (r *reading) goesOn(req Request, resp *Response, page *mapping.Page, token string, said verdict) error {
	p := &r.s.Paging
	if r.at.Next.Page+1 >= r.s.MaxPages {
		return invalid("%s has more than %d pages", r.s.Name, r.s.MaxPages)
	}
	if token == "" && (p.Kind == "page" || p.Kind == "offset") {
		if said == unsaid && !canTell(p.End) {
			return invalid("the answer for %s does not say how much there is", r.s.Name)
		}
		if page.Items > 0 && r.fingerprint(resp.Body) == r.last {
			return invalid("page %d of %s came twice", r.at.Next.Page+1, r.s.Name)
		}
		return nil
	}
	if token == "" {
		return invalid("the answer for %s proves neither its end nor where it goes on", r.s.Name)
	}
	if len(token) > maxToken {
		return invalid("the token or link to the next page of %s is longer than %d bytes", r.s.Name, maxToken)
	}
	if len(r.seen) == 0 {
		r.seen[r.hash(req.URL)], r.seen[r.hash(r.at.Next.Token)] = true, true
	}
	if r.seen[r.hash(token)] {
		return invalid("the answer for %s leads back to a page that was read", r.s.Name)
	}
	r.seen[r.hash(token)] = true
	return nil
}

// canTell reports whether a rule tells the end by the records alone.
func canTell(rules []string) bool {
	for _, rule := range rules {
		if rule == "short" || rule == "empty" {
			return true
		}
	}
	return false
}
