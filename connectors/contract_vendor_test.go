package connectors_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"purser/internal/manifest"
)

// reply is one answer of a played vendor.
type reply struct {
	status int
	header map[string]string
	body   []byte
	stall  bool                                     // headers, half of the body, and then nothing
	serve  func(http.ResponseWriter, *http.Request) // instead of all that
}

// vendor plays one stream of a vendor on loopback: the replies in their order,
// the last one again and again. Beside it stands a host that must never be asked.
type vendor struct {
	*httptest.Server
	foreign *httptest.Server

	mu      sync.Mutex
	replies []reply
	asked   int
	strays  int
}

func playVendor(t *testing.T, replies ...reply) *vendor {
	t.Helper()
	v := &vendor{replies: replies}
	v.Server = httptest.NewServer(http.HandlerFunc(v.answer))
	v.foreign = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.strays++
	}))
	t.Cleanup(v.foreign.Close)
	t.Cleanup(func() {
		v.CloseClientConnections() // a stalled answer would hold Close
		v.Close()
	})
	return v
}

func (v *vendor) answer(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	re := v.replies[min(v.asked, len(v.replies)-1)]
	v.asked++
	v.mu.Unlock()
	re.write(w, r)
}

// write sends the reply.
func (re reply) write(w http.ResponseWriter, r *http.Request) {
	if re.serve != nil {
		re.serve(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	for name, value := range re.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(re.status)
	if re.stall {
		_, _ = w.Write(re.body[:len(re.body)/2])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	_, _ = w.Write(re.body)
}

func (v *vendor) counts() (asked, strays int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.asked, v.strays
}

// answerOf is a stream's answer that is taken apart to be changed.
type answerOf struct {
	t      *testing.T
	stream *manifest.CompiledStream
	body   []byte // of a whole answer
}

// items returns a copy of the answer and its items: a list, or an object of entries.
func (a answerOf) items() (root, items any) {
	a.t.Helper()
	if a.stream.Body == "csv" || a.stream.Body == "ndjson" {
		items = a.lines()
		return items, items
	}
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	if err := dec.Decode(&root); err != nil {
		a.t.Fatal(err)
	}
	items = root
	for _, step := range steps(a.stream.At) {
		o, ok := items.(object)
		if !ok {
			a.t.Fatalf("%s: the fixture's answer has nothing at %s", a.stream.Name, a.stream.At)
		}
		items = o[step]
	}
	return root, items
}

// with returns the answer with other items.
func (a answerOf) with(items any) any {
	root, _ := a.items()
	path := steps(a.stream.At)
	if len(path) == 0 {
		return items
	}
	put(root, path, items)
	return root
}

// empty returns the answer without items; ok is false where an answer is one record.
func (a answerOf) empty() (any, bool) {
	switch a.stream.As {
	case "one":
		return nil, false
	case "entries":
		return a.with(object{}), true
	}
	return a.with([]any{}), true
}

// at returns what stands at a path, nil if nothing does.
func at(root any, path []string) any {
	for _, step := range path {
		o, _ := root.(object)
		root = o[step]
	}
	return root
}

func put(root any, path []string, value any) {
	o := root.(object)
	for _, step := range path[:len(path)-1] {
		next, ok := o[step].(object)
		if !ok {
			next = object{}
			o[step] = next
		}
		o = next
	}
	o[path[len(path)-1]] = value
}

// page is page n of a list with so many pages, as this vendor tells it.
func (a answerOf) page(root any, n, of int, link string) reply {
	p := a.stream.Paging
	header := map[string]string{}
	switch p.Kind {
	case "link_header":
		if n < of || p.End[0] == "empty" {
			header["Link"] = fmt.Sprintf(`<%s>; rel="%s"`, link, p.Rel)
		}
	case "link_body":
		if put(root, steps(p.Next), nil); n < of {
			put(root, steps(p.Next), link)
		}
	case "cursor":
		if name, ok := p.NextHeader(); ok {
			if n < of {
				header[name] = "token-" + strconv.Itoa(n)
			}
			break
		}
		if put(root, steps(firstOf(p.Next)), ""); n < of {
			put(root, steps(firstOf(p.Next)), "token-"+strconv.Itoa(n))
		} else if p.End[0] == "same_token" { // the end is told by telling it once more
			put(root, steps(firstOf(p.Next)), "token-last")
		}
	case "last_id":
		renumber(root, a.stream, n)
	case "page":
		if p.Pages != "" {
			put(root, steps(p.Pages), of)
		}
	}
	items, _ := at(root, steps(a.stream.At)).([]any)
	if p.Total != "" {
		put(root, steps(p.Total), of*len(items))
	}
	if byLength(a.stream) {
		for _, item := range items {
			if o, ok := item.(object); ok {
				o["page of the test"] = n // else it would be the page before, come twice
			}
		}
	}
	if strings.Trim(p.Flag, ".abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && p.Flag != "" {
		put(root, steps(p.Flag), n < of)
	}
	if total, _, ok := strings.Cut(p.Flag, " > len("); ok { // what is left of a search that begins where the last page ended
		left := len(items)
		if n < of {
			left++
		}
		put(root, steps(total), left)
	}
	return reply{status: 200, header: header, body: a.written(root)}
}

// firstOf returns the path that an expression looks at first: of coalesce(a, b) it is a.
func firstOf(expression string) string {
	rest, ok := strings.CutPrefix(expression, "coalesce(")
	if !ok {
		return expression
	}
	path, _, _ := strings.Cut(rest, ",")
	return path
}

// renumber gives each item of a page an id of its own: the next page is asked for by the last.
func renumber(root any, s *manifest.CompiledStream, page int) {
	items := root
	for _, step := range steps(s.At) {
		items = items.(object)[step]
	}
	for i, item := range list(items) {
		o, ok := item.(object)
		if id := o[s.Paging.Next]; ok && id != nil {
			number := strconv.Itoa(page*100_000 + i + 1)
			if _, err := time.Parse(time.RFC3339, fmt.Sprint(id)); err == nil {
				number = time.Unix(int64(page*100_000+i), 0).UTC().Format(time.RFC3339)
			}
			if o[s.Paging.Next] = number; fmt.Sprintf("%T", id) == "json.Number" {
				o[s.Paging.Next] = json.Number(number)
			}
		}
	}
}

// vendorMap leads a connector's hosts to the played vendor, and another to a host that must never be asked.
func vendorMap(hosts []string, to string, foreign string) string {
	var entries []string
	for _, h := range hosts {
		h = strings.Replace(h, "*", "tenant", 1) // of a pattern, one host
		entries = append(entries, h+"="+to)
	}
	return strings.Join(append(entries, "elsewhere.example="+foreign), ",")
}
