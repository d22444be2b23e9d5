package assets_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"purser/internal/web/assets"
)

func gz(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t *testing.T) *assets.Assets {
	t.Helper()
	a, err := assets.Load(fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"app.css": "app-AB12.css", "f.woff2": "f-CD34.woff2"}`)},
		"app-AB12.css":    {Data: []byte("body{}")},
		"app-AB12.css.gz": {Data: gz(t, "body{}")},
		"app-AB12.css.br": {Data: []byte("brotli")},
		"f-CD34.woff2":    {Data: []byte("font")},
		"left-over.html":  {Data: []byte("<script>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ask(a *assets.Assets, method, path, encoding string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestABinaryWithoutAssetsSaysWhatToDo(t *testing.T) {
	_, err := assets.Load(fstest.MapFS{".keep": {}})
	if !errors.Is(err, assets.ErrNotBuilt) {
		t.Fatalf("got %v", err)
	}
}

func TestHashedFilesMayBeKeptForAYear(t *testing.T) {
	a := set(t)
	path := a.Path("app.css")
	if path != "/assets/app-AB12.css" {
		t.Fatalf("path is %s", path)
	}
	for encoding, want := range map[string]string{"": "", "gzip": "gzip", "gzip, br": "br", "br;q=0, gzip": "gzip", "br; q=0.5": "br", "zstd": ""} {
		r := ask(a, "GET", path, encoding)
		if r.StatusCode != 200 || r.Header.Get("Content-Encoding") != want {
			t.Errorf("Accept-Encoding %q: %d %q", encoding, r.StatusCode, r.Header.Get("Content-Encoding"))
		}
		for name, want := range map[string]string{"Cache-Control": "public, max-age=31536000, immutable",
			"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", "Content-Type": "text/css; charset=utf-8"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
	}
	if r := ask(a, "GET", a.Path("f.woff2"), "br, gzip"); r.Header.Get("Content-Encoding") != "" || r.Header.Get("Content-Type") != "font/woff2" {
		t.Errorf("the font came as %q %q", r.Header.Get("Content-Encoding"), r.Header.Get("Content-Type"))
	}
	if r := ask(a, "HEAD", path, ""); r.ContentLength != 6 && r.Header.Get("Content-Length") != "6" {
		t.Errorf("HEAD says %q", r.Header.Get("Content-Length"))
	}
}

func TestOnlyFilesOfTheManifestAreServed(t *testing.T) {
	a := set(t)
	for _, path := range []string{"/assets/manifest.json", "/assets/left-over.html", "/assets/app-AB12.css.gz", "/assets/app.css",
		"/assets/", "/assets/../assets.go", a.Path("no-such.js")} {
		r := ask(a, "GET", path, "")
		if r.StatusCode != 404 || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q", path, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	if r := ask(a, "POST", a.Path("app.css"), ""); r.StatusCode != 405 {
		t.Errorf("POST answered %d", r.StatusCode)
	}
}

func TestASetWithAForeignTypeIsRefused(t *testing.T) {
	_, err := assets.Load(fstest.MapFS{"manifest.json": {Data: []byte(`{"x.html": "x-1.html"}`)}, "x-1.html": {}})
	if err == nil {
		t.Fatal("a type that is not in the table was taken")
	}
}

func TestTheBuiltSetHoldsAllThatPagesName(t *testing.T) {
	a, err := assets.Open()
	if errors.Is(err, assets.ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, n := range assets.Fake().Names() {
		r := ask(a, "GET", a.Path(n), "br")
		body, err := io.ReadAll(r.Body)
		if r.StatusCode != 200 || err != nil {
			t.Errorf("%s: %d %v", n, r.StatusCode, err)
		}
		if n != "notices.txt" {
			sent += len(body)
		}
	}
	if sent > 120_000 {
		t.Errorf("a first page loads %d bytes, more than 120 kB", sent)
	}
}
