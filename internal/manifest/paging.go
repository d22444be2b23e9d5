package manifest

import "strings"

// NextHeader returns the name of the header in which the next token stands, where
// it does not stand in the body.
func (p *Page) NextHeader() (name string, ok bool) {
	name, ok = strings.CutPrefix(p.Next, "header:")
	return name, ok && p.Kind == "cursor"
}

// paging returns the stream's page rules, or those of all requests, with all defaults.
func (s *Stream) paging(common *Page) Page {
	p := Page{Kind: "none"}
	switch {
	case s.Page != nil:
		p = *s.Page
	case common != nil:
		p = *common
	}
	if p.Kind == "" {
		p.Kind = "none"
	}
	if p.Rel == "" {
		p.Rel = "next"
	}
	if p.TokenIn == "" {
		p.TokenIn = "query"
	}
	if p.First == nil {
		first := 0
		if p.Kind == "page" {
			first = 1
		}
		p.First = &first
	}
	if len(p.End) == 0 {
		p.End = p.defaultEnd()
	}
	return p
}

func (p *Page) defaultEnd() Strings {
	switch p.Kind {
	case "link_header", "link_body", "cursor":
		return Strings{"no_next"}
	case "none":
		return nil
	}
	var out Strings
	for _, end := range []struct{ name, given string }{{"pages", p.Pages}, {"total", p.Total}, {"flag", p.Flag}} {
		if end.given != "" {
			out = append(out, end.name)
		}
	}
	if p.Size > 0 {
		out = append(out, "short")
	}
	return append(out, "empty")
}

// paging says whether a list can be paged to an end.
func (c *planner) paging(at string, p *Page) {
	at += ".page"
	need := func(given bool, key, hint string) {
		if !given {
			c.fail(at, hint, "%s is missing for pages of kind %s", key, p.Kind)
		}
	}
	switch p.Kind {
	case "cursor", "link_body":
		need(p.Next != "", "next", "the path of the next token or address in the answer")
	case "last_id":
		need(p.Next != "", "next", "the path of the id in a record, such as id")
	}
	switch p.Kind {
	case "cursor", "page", "offset", "last_id":
		need(p.Param != "" || p.TokenIn == "path", "param", "the name of the parameter that is sent")
	}
	if p.Kind == "offset" {
		need(p.Size > 0 || p.Total != "" || p.Flag != "", "size", "how many records a full page has, or total: the path of the number of all")
	}
	for _, end := range p.End {
		switch end {
		case "short":
			need(p.Size > 0, "size", "how many records a full page has")
		case "total":
			need(p.Total != "", "total", "the path of the number of all records")
		case "pages":
			need(p.Pages != "", "pages", "the path of the number of pages")
			if p.Kind != "page" {
				c.fail(at, "", "end: pages is for pages of kind page")
			}
		case "flag":
			need(p.Flag != "", "flag", "a condition that is true while there is more")
		case "no_next", "same_token":
			if p.Kind == "page" || p.Kind == "offset" {
				c.fail(at, "use pages, total, flag, short or empty", "end: %s is for links and tokens", end)
			}
		}
	}
}

// more makes the request of the pages after the first, where they have an address of their own.
func (c *planner) more(at string, s *Stream, p Page) *CompiledRequest {
	if p.More == "" {
		return nil
	}
	if p.Kind != "cursor" {
		c.fail(at+".page.more", "kind: cursor", "another address of later pages is for pages of kind cursor")
		return nil
	}
	r := Request{Headers: s.Headers}
	if s.Post != "" {
		r.Post = p.More
	} else {
		r.Get = Strings{p.More}
	}
	if all := c.requests(at+".page", &r, task); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (c *planner) cursor(at string, s *Stream) {
	at += ".cursor"
	cur := s.Cursor
	if cur == nil {
		if s.Mode == "delta" || s.Mode == "events" {
			c.fail(at, "say where the next run goes on, such as cursor: {kind: time, from: published}", "a stream of mode %s needs a cursor", s.Mode)
		}
		return
	}
	if s.Mode == "snapshot" {
		c.fail(at, "mode: delta or events, or no cursor", "a snapshot reads everything each time")
	}
	if cur.From == "" && cur.Kind != "link" {
		c.fail(at, "the expression of its moment, the path of its token, or the name of its header", "from is missing")
	}
	if cur.StopAt != "" && cur.Order != "descending" {
		c.fail(at, "order: descending", "stop_at needs records that come newest first")
	}
	if cur.Window > 0 && cur.Kind != "time" && cur.Kind != "epoch" {
		c.fail(at, "", "window is for cursors of kind time or epoch")
	}
}
