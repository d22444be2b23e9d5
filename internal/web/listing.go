package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"purser"
	"purser/internal/web/ui"
)

// listing is where a list stands: all of it is in the address, so that every
// view can be linked, reloaded and opened without script.
type listing struct {
	path  string
	query url.Values
	page  purser.Page
}

// pageSizes are the numbers of rows that a page may have.
func pageSizes() []int { return []int{25, 50, 100, 200} }

// list reads the state of a list from the address. Unknown values fall back to
// the defaults: an old link still opens.
func list(r *http.Request) listing {
	l := listing{path: r.URL.Path, query: r.URL.Query()}
	l.query.Del("done")
	n, err := strconv.Atoi(l.query.Get("n"))
	if err != nil || !slices.Contains(pageSizes(), n) {
		n = 50
	}
	l.page = purser.Page{After: l.query.Get("after"), Limit: n, Sort: l.query.Get("sort"), Desc: l.query.Get("desc") == "1"}
	return l
}

// with returns the address with one parameter changed; "" removes it. Any change
// but the cursor's own starts the list anew.
func (l listing) with(name, value string) string {
	q := url.Values{}
	for k, v := range l.query {
		q[k] = slices.Clone(v)
	}
	q.Del("after")
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	return l.address(q)
}

// without returns the address with one value of a parameter taken out.
func (l listing) without(name, value string) string {
	q := url.Values{}
	for k, v := range l.query {
		q[k] = slices.Clone(v)
	}
	q.Del("after")
	q[name] = slices.DeleteFunc(q[name], func(s string) bool { return s == value })
	if len(q[name]) == 0 {
		q.Del(name)
	}
	return l.address(q)
}

func (l listing) address(q url.Values) string {
	if len(q) == 0 {
		return l.path
	}
	return l.path + "?" + q.Encode()
}

// cleared is the list without any filter.
func (l listing) cleared() string { return l.path }

// export is the address of the same rows as a file.
func (l listing) export(kind string) string {
	q := url.Values{}
	for k, v := range l.query {
		if k != "after" && k != "n" {
			q[k] = v
		}
	}
	q.Set("as", kind)
	return l.path + "/export?" + q.Encode()
}

// column is a head that sorts where the list can.
func (l listing) column(label, sort string, numeric bool) ui.Column {
	c := ui.Column{Label: label, Numeric: numeric}
	if sort == "" {
		return c
	}
	q := url.Values{}
	for k, v := range l.query {
		q[k] = slices.Clone(v)
	}
	q.Del("after")
	q.Set("sort", sort)
	q.Del("desc")
	if l.page.Sort == sort {
		c.Sorted = "ascending"
		if l.page.Desc {
			c.Sorted = "descending"
		} else {
			q.Set("desc", "1")
		}
	}
	c.SortURL = l.address(q)
	return c
}

// pager is the line beneath the table. A cursor knows the way on; the way back
// is the browser's, and a link to the start.
func (l listing) pager(shown int, next string, total int64, more bool) ui.PagerData {
	p := ui.PagerData{Shown: ui.Int(int64(shown)) + " of " + totalText(total, more)}
	if l.page.After != "" {
		p.Prev = l.with("after", "")
	}
	if next != "" {
		p.Next = l.at(next)
	}
	for _, n := range pageSizes() {
		s := strconv.Itoa(n)
		p.Sizes = append(p.Sizes, ui.Tab{Label: s, Href: l.with("n", s), Current: n == l.page.Limit})
	}
	return p
}

func (l listing) at(after string) string {
	q := url.Values{}
	for k, v := range l.query {
		q[k] = v
	}
	q.Set("after", after)
	return l.address(q)
}

// totalText writes a total: exact up to 10,000.
func totalText(n int64, more bool) string {
	if more {
		return "more than " + ui.Int(n)
	}
	return ui.Int(n)
}

// counted is a total of things: "1 account", "more than 10,000 accounts".
func counted(n int64, more bool, one, many string) string {
	if more {
		return totalText(n, more) + " " + many
	}
	return ui.Count(n, one, many)
}

// menu is a filter of several values.
func (l listing) menu(label, name string, options ...ui.FilterOption) ui.FilterMenu {
	for i := range options {
		options[i].Checked = slices.Contains(l.query[name], options[i].Value)
	}
	return ui.FilterMenu{Label: label, Name: name, Options: options}
}

// chips are the filters that are set, each with the list without it.
func (l listing) chips(menus ...ui.FilterMenu) []ui.Chip {
	var out []ui.Chip
	if q := l.query.Get("q"); q != "" {
		out = append(out, ui.Chip{Label: "“" + q + "”", RemoveURL: l.with("q", "")})
	}
	for _, m := range menus {
		for _, o := range m.Options {
			if o.Checked {
				out = append(out, ui.Chip{Label: m.Label + ": " + o.Label, RemoveURL: l.without(m.Name, o.Value)})
			}
		}
	}
	return out
}

// keep are the parameters that a new filter leaves as they are.
func (l listing) keep() url.Values {
	out := url.Values{}
	for _, name := range []string{"sort", "desc", "n", "groups"} {
		if v := l.query.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return out
}

// filters is the bar above the list.
func (l listing) filters(placeholder string, exports bool, menus ...ui.FilterMenu) ui.Filters {
	f := ui.Filters{Action: l.path, Placeholder: placeholder, Query: l.query.Get("q"), Menus: menus, Keep: l.keep()}
	if exports {
		f.Exports = []ui.Link{{Label: "CSV", Href: l.export("csv")}, {Label: "Excel", Href: l.export("xlsx")}, {Label: "JSON", Href: l.export("json")}}
	}
	return f
}
