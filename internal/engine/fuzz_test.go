package engine_test

import (
	"net/url"
	"strings"
	"testing"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
)

// FuzzPage answers every request alike. Whatever the answer is, the reading ends
// after a few requests: with proof of the end, or with a classified error.
func FuzzPage(f *testing.F) {
	f.Add(`[{"id":"a"}]`, `https://api.acme.example/list?after=1`)
	f.Add(`{"list":[{"id":"a"}],"meta":{"next":"x","pages":3,"more":true,"total":9}}`, "")
	f.Add(`{"list":[],"meta":{"next":"","pages":"2"}}`, `a>; rel="next", <b`)
	streams := map[string]*manifest.CompiledStream{}
	for _, p := range kinds() {
		streams[p.name] = stream(f, p.stream)
	}
	f.Fuzz(func(t *testing.T, body, link string) {
		for _, p := range kinds() {
			v, k := &vendor{}, newShelf()
			v.answer = func(*url.URL, engine.Request) (string, string, error) {
				if len(v.asked) > 20 { // relative links may lead on and on
					return "", "", &purser.Error{Class: purser.ClassInvalidResponse}
				}
				return body, link, nil
			}
			res := run(t, streams[p.name], v, k)
			switch {
			case len(v.asked) > 6 && !strings.HasPrefix(p.name, "link_"):
				t.Fatalf("%s: %d requests", p.name, len(v.asked))
			case res.State == engine.Complete && k.complete[""] == "":
				t.Fatalf("%s: complete without proof", p.name)
			case res.State == engine.Failed && res.Err.Class != purser.ClassInvalidResponse:
				t.Fatalf("%s: %v", p.name, res.Err)
			}
		}
	})
}
