package draft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"

	"purser/internal/connectortest"
	"purser/internal/manifest"
)

// Fixture returns made-up answers to what the draft in folder asks, without the
// records that they give. Each list has one page.
func (d Draft) Fixture(folder fs.FS) (*connectortest.Fixture, error) {
	c, err := manifest.LoadConnector(folder)
	if err != nil {
		return nil, err
	}
	f := &connectortest.Fixture{Note: "Made up. Replace it with answers in the vendor's form, or record some with `purser connector record`.",
		Now: Now(), Settings: map[string]string{}, Tenant: map[string]string{"id": d.Name, "name": d.Title}}
	task := c.Task(Task)
	for i, s := range d.Streams {
		built, err := task.Streams[i].Requests[0].Build(func(string) (string, bool) { return "", false }, manifest.Added{})
		if err != nil {
			return nil, fmt.Errorf("ask for %s: %w", s.Name, err)
		}
		u, err := url.Parse(built.URL)
		if err != nil {
			return nil, err
		}
		e := connectortest.Exchange{Method: built.Method, Path: u.Path, Query: map[string]connectortest.Values{}, Answer: connectortest.Answer{Status: 200}}
		for name := range u.Query() {
			e.Query[name] = u.Query()[name]
		}
		paging := task.Streams[i].Paging
		first := map[string]int{"page": 1, "offset": 0}
		if n, ok := first[paging.Kind]; ok && paging.Param != "" {
			if paging.First != nil {
				n = *paging.First
			}
			e.Query[paging.Param] = connectortest.Values{fmt.Sprint(n)}
		}
		var body any = s.Items
		if s.At != "" {
			body = map[string]any{s.At: s.Items}
		}
		if e.Answer.Body, err = json.Marshal(body); err != nil {
			return nil, err
		}
		f.Exchanges = append(f.Exchanges, e)
	}
	return f, nil
}
