package app_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/store"
	"purser/internal/web/assets"
)

// shownWords is what of a page people read: no markup, nothing in an element for
// code, a log or a value that is written by its user.
func shownWords(page string) string {
	_, page, _ = strings.Cut(page, "<body")
	for _, element := range []string{"code", "script", "textarea", "pre", "svg"} {
		page = regexp.MustCompile(`(?s)<`+element+`[ >].*?</`+element+`>`).ReplaceAllString(page, " ")
	}
	return regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(page, " ")
}

func TestNoPageShowsRawNames(t *testing.T) {
	snake := regexp.MustCompile(`\b[a-z]+(_[a-z]+)+\b`)
	o := options(store.Options{}, folder(t))
	a, err := app.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h, err := a.Handler(assets.Fake())
	if err != nil {
		t.Fatal(err)
	}
	bearer := token(t, a, purser.RoleAdmin)
	r := request{method: "POST", path: "/api/v1/instances", bearer: bearer, body: `{"connector":"okta","name":"Acme","settings":{"domain":"acme.okta.com"}}`}
	if code, _, body := ask(t, a, h, r); code != http.StatusCreated {
		t.Fatalf("%d %s", code, body)
	}
	instances, err := store.Instances(t.Context(), a.DB.Read(), store.InstanceFilter{})
	if err != nil || len(instances) != 1 {
		t.Fatal(err)
	}
	routes, _ := a.Routes(assets.Fake())
	walked := 0
	for _, route := range routes {
		if route.Method != http.MethodGet || route.Stream || route.Public || strings.HasPrefix(route.Pattern, "/api/") || strings.Contains(route.Pattern, "export") {
			continue
		}
		path := strings.NewReplacer("/instances/{id}", "/instances/"+instances[0].ID, "/catalog/{connector}", "/catalog/okta", "{scope}", "instance", "{$}", "").Replace(route.Pattern)
		if strings.Contains(path, "{") {
			continue
		}
		code, header, body := ask(t, a, h, request{path: path, bearer: bearer})
		if code != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			continue
		}
		walked++
		words := shownWords(body)
		for _, raw := range snake.FindAllString(words, -1) {
			if !strings.HasPrefix(raw, "okta_") { // a value of a setting, as the vendor writes it
				t.Errorf("%s shows the raw name %q", path, raw)
			}
		}
		for _, op := range purser.Operations() {
			if strings.Contains(string(op), ".") && slices.Contains(strings.Fields(words), string(op)) {
				t.Errorf("%s shows the operation %q", path, op)
			}
		}
	}
	if walked < 25 {
		t.Errorf("only %d pages were walked", walked)
	}
}
