package httpd_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/httpd"
	"purser/internal/login"
)

func TestARouteWithoutAnEntryInTheTableKeepsTheServerFromStarting(t *testing.T) {
	handler := http.HandlerFunc(who)
	for name, route := range map[string]httpd.Route{
		"no operation":         {Method: "GET", Pattern: "/x", Handler: handler},
		"an unknown operation": {Method: "GET", Pattern: "/x", Operation: "x.read", Handler: handler},
		"public and not":       {Method: "GET", Pattern: "/x", Operation: purser.OpExport, Public: true, Handler: handler},
		"no method":            {Pattern: "/x", Operation: purser.OpExport, Handler: handler},
		"no handler":           {Method: "GET", Pattern: "/x", Operation: purser.OpExport},
	} {
		if httpd.Check([]httpd.Route{route}, login.Table()) == nil {
			t.Errorf("a route with %s was taken", name)
		}
	}
	if err := httpd.Check(site().Routes, login.Table()); err != nil {
		t.Error(err)
	}
}

func TestWhoIsNotSignedInIsLedToSignInAndProgramsAreTold(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	res, _ := h.do(request{path: "/page?a=b"})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/sign-in?next=%2Fpage%3Fa%3Db" {
		t.Errorf("got %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	res, body := h.do(request{path: "/api/v1/thing"})
	if res.StatusCode != http.StatusUnauthorized || res.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"hint"`) {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if res, body = h.do(request{path: "/page", cookie: true}); res.StatusCode != 200 || !strings.HasPrefix(body, "true user ada@example.com from 127.0.0.1 csrf=") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if res, _ = h.do(request{path: "/nowhere"}); res.StatusCode != http.StatusNotFound {
		t.Errorf("got %d for no page", res.StatusCode)
	}
}

func TestAChangeNeedsTheSessionsTokenAndComesFromOurOwnPages(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	_, body := h.do(request{path: "/page", cookie: true})
	_, csrf, _ := strings.Cut(body, "csrf=")
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	with := func(more ...string) map[string]string {
		header := map[string]string{"X-CSRF-Token": csrf}
		for i := 0; i < len(more); i += 2 {
			header[more[i]] = more[i+1]
		}
		return header
	}
	for name, c := range map[string]struct {
		r    request
		want int
	}{
		"no token":               {request{path: "/page", cookie: true}, 403},
		"a wrong token":          {request{path: "/page", cookie: true, header: map[string]string{"X-CSRF-Token": "x"}}, 403},
		"the token as header":    {request{path: "/page", cookie: true, header: with()}, 200},
		"the token as field":     {request{path: "/page", cookie: true, header: form, body: "csrf=" + csrf}, 200},
		"from another site":      {request{path: "/page", cookie: true, header: with("Sec-Fetch-Site", "cross-site")}, 403},
		"from a sister site":     {request{path: "/page", cookie: true, header: with("Sec-Fetch-Site", "same-site")}, 403},
		"another origin":         {request{path: "/page", cookie: true, header: with("Origin", "https://evil.example.com")}, 403},
		"no origin at all":       {request{path: "/page", cookie: true, header: with("Origin", "null")}, 403},
		"our origin":             {request{path: "/page", cookie: true, header: with("Origin", h.url)}, 200},
		"a forged sign-in":       {request{path: "/open", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
		"a sign-in":              {request{path: "/open", header: map[string]string{"Sec-Fetch-Site": "same-origin"}}, 200},
		"the API with a cookie":  {request{path: "/api/v1/thing", cookie: true}, 403},
		"the API with the token": {request{path: "/api/v1/thing", header: map[string]string{"Authorization": "Bearer " + token(t, h, purser.OpInstanceWrite)}}, 200},
	} {
		c.r.method = "POST"
		if res, body := h.do(c.r); res.StatusCode != c.want {
			t.Errorf("%s: got %d %s, want %d", name, res.StatusCode, body, c.want)
		}
	}
}

func TestWhatIsTooLargeIsNotCalledForged(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	large := strings.Repeat("x", 2<<20)
	for kind, body := range map[string]string{
		"application/x-www-form-urlencoded": "file=" + large,
		"multipart/form-data; boundary=b":   "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + large + "\r\n--b--\r\n",
	} {
		res, said := h.do(request{method: "POST", path: "/page", cookie: true, header: map[string]string{"Content-Type": kind}, body: body})
		if res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(said, "KiB") {
			t.Errorf("%s: %d %.200s", kind, res.StatusCode, said)
		}
	}
}

func TestAnAPITokenReachesWhatItsScopesSay(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	bearer := map[string]string{"Authorization": "Bearer " + token(t, h, purser.OpAccountRead)}
	if res, body := h.do(request{path: "/api/v1/thing", header: bearer}); res.StatusCode != 200 || !strings.HasPrefix(body, "true token t ") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if res, _ := h.do(request{method: "POST", path: "/api/v1/thing", header: bearer}); res.StatusCode != http.StatusForbidden {
		t.Errorf("beyond its scope: got %d", res.StatusCode)
	}
	for _, header := range []string{"Bearer pur_unknown", "Basic YTpi", "Bearer "} {
		res, _ := h.do(request{path: "/open", header: map[string]string{"Authorization": header}})
		if res.StatusCode == 200 {
			t.Errorf("%q was let through as if nobody had asked", header)
		}
	}
}

func TestOverTheSocketTheUserOfTheHostAsks(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	info, err := os.Stat(h.socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the socket has mode %v (%v), want 0600", info.Mode(), err)
	}
	res, body := h.do(request{method: "POST", path: "/page", client: overSocket(h.socket)})
	if res.StatusCode != 200 || !strings.HasPrefix(body, "true host ") || !strings.Contains(body, "from socket") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	h.stop()
	if _, err := os.Stat(h.socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestANameThatIsNotOursIsRefused(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	for host, want := range map[string]int{"evil.example.com": 403, "evil.example.com:80": 403, "": 200} {
		if res, _ := h.do(request{path: "/open", host: host}); res.StatusCode != want {
			t.Errorf("Host %q: got %d, want %d", host, res.StatusCode, want)
		}
	}
	if res, _ := h.do(request{path: "/healthz", host: "10.0.0.1"}); res.StatusCode != 200 {
		t.Errorf("a load balancer gets %d", res.StatusCode)
	}
}

func TestPlainHTTPOffLoopbackAndHalfConfigurationsAreRefused(t *testing.T) {
	for name, o := range map[string]httpd.Options{
		"plain HTTP for everybody":  {Listen: "0.0.0.0:0", PublicURL: "https://purser.example.com"},
		"a name off loopback":       {Listen: "example.com:0", PublicURL: "https://purser.example.com"},
		"all addresses":             {Listen: ":0"},
		"a proxy but no address":    {Listen: "0.0.0.0:0", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		"a certificate, no key":     {Listen: "127.0.0.1:0", TLSCert: "x"},
		"a public address in plain": {Listen: "127.0.0.1:0", PublicURL: "http://purser.example.com"},
		"a public address and path": {Listen: "127.0.0.1:0", PublicURL: "https://purser.example.com/x"},
		"no port":                   {Listen: "127.0.0.1"},
	} {
		o.Log, o.Now = slog.New(slog.DiscardHandler), time.Now
		s, err := httpd.Listen(o)
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field == "" {
			t.Errorf("%s: got %v, want a problem that names the setting", name, err)
		}
		if s != nil {
			_ = s.Close()
		}
	}
}

func TestEveryAnswerCarriesTheHeadersThatProtectIt(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	for _, path := range []string{"/open", "/nowhere", "/page", "/healthz"} {
		res, _ := h.do(request{path: path})
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
				"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if !strings.HasPrefix(res.Header.Get("X-Request-Id"), "req_") {
			t.Errorf("%s has no request id", path)
		}
	}
}

func TestAPanicIsAnAnswerWithAnIdAndNothingOfItsCause(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	res, body := h.do(request{path: "/panic"})
	if res.StatusCode != 500 || strings.Contains(body, "canary") || !strings.Contains(body, res.Header.Get("X-Request-Id")) {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

func TestABodyThatIsTooLongIsCut(t *testing.T) {
	h := start(t, httpd.Options{}, site())
	bearer := map[string]string{"Authorization": "Bearer " + token(t, h, purser.OpInstanceWrite)}
	res, _ := h.do(request{method: "POST", path: "/api/v1/thing", header: bearer, body: strings.Repeat("x", 101)})
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", res.StatusCode)
	}
}

func TestOnlyTheNamedProxySaysForWhomItAsks(t *testing.T) {
	claims := map[string]string{"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
	h := start(t, httpd.Options{}, site())
	if _, body := h.do(request{path: "/open", header: claims}); !strings.Contains(body, "from 127.0.0.1 ") {
		t.Errorf("without a proxy: %s", body)
	}
	h = start(t, httpd.Options{PublicURL: "https://purser.example.com", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, site())
	if _, body := h.do(request{path: "/open", header: claims, host: "purser.example.com"}); !strings.Contains(body, "from 198.51.100.4 ") {
		t.Errorf("behind the proxy: %s", body)
	}
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	all := site()
	all.Routes = append(all.Routes, httpd.Route{Method: "GET", Pattern: "/stream", Public: true, Stream: true,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("data: 1\n\n"))
			w.(http.Flusher).Flush()
			close(begun)
			<-r.Context().Done()
			close(ended)
		})})
	h := start(t, httpd.Options{}, all)
	go func() {
		<-begun
		h.stop()
	}()
	_, body := h.do(request{path: "/stream"})
	<-ended
	if body != "data: 1\n\n" {
		t.Errorf("got %q", body)
	}
}

func TestAFailureWhileTheDatabaseIsAwayIsToldAsThat(t *testing.T) {
	all := site()
	all.Healthy = func(context.Context) error {
		return &purser.Problem{Kind: purser.ProblemPaused, What: "the database does not answer", Hint: "Look at its server"}
	}
	h := start(t, httpd.Options{}, all)
	res, body := h.do(request{path: "/panic"})
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "the database does not answer") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

// seen notes the methods that were counted.
type seen struct {
	mu      sync.Mutex
	methods []string
}

func (s *seen) Request(_, method string, _ int, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.methods = append(s.methods, method)
}

func TestAStrangersWordNeverBecomesALabel(t *testing.T) {
	all, meter := site(), &seen{}
	all.Meter = meter
	h := start(t, httpd.Options{}, all)
	h.do(request{method: "MADEUP", path: "/open"})
	h.do(request{path: "/open"})
	h.stop()
	if !slices.Equal(meter.methods, []string{"any", "GET"}) {
		t.Errorf("counted %v", meter.methods)
	}
}

func TestHealthTellsWhatIsWrongAndMetricsCount(t *testing.T) {
	all := site()
	all.Healthy = func(context.Context) error {
		return &purser.Problem{Kind: purser.ProblemPaused, What: "the disk is full", Hint: "Free some space"}
	}
	h := start(t, httpd.Options{}, all)
	if res, body := h.do(request{path: "/healthz"}); res.StatusCode != 503 || !strings.Contains(body, "the disk is full") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if res, _ := h.do(request{path: "/readyz"}); res.StatusCode != 200 {
		t.Errorf("ready: got %d", res.StatusCode)
	}
	if res, body := h.do(request{path: "/metrics"}); res.StatusCode != 200 || !strings.Contains(body, `purser_info{version="test"} 1`) {
		t.Errorf("metrics: got %d %.200s", res.StatusCode, body)
	}
}
