package sandbox_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"purser/internal/sandbox"
)

// today is the day on which the company of the tests lives.
var today = time.Date(2026, 11, 2, 15, 0, 0, 0, time.UTC)

// sharedKey is one key pair for all tests: making one takes a while.
var sharedKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// start serves a company at noon of a fixed day.
func start(t *testing.T, o sandbox.Options) *client {
	t.Helper()
	o.Key = sharedKey()
	if o.Now == nil {
		o.Now = func() time.Time { return today }
	}
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	hosts := s.Map()
	tr := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		var d net.Dialer
		return d.DialContext(ctx, network, strings.TrimPrefix(hosts[host], "http://"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, Sandbox: s, creds: s.Credentials(), http: &http.Client{Transport: tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// client is a plain net/http client that dials the sandbox under the vendors' names.
type client struct {
	*sandbox.Sandbox
	t     *testing.T
	creds sandbox.Credentials
	http  *http.Client
}

// reply is an answer that was read whole.
type reply struct {
	Status int
	Header http.Header
	Body   []byte
}

func (c *client) do(method, target string, header map[string]string, body string) (reply, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, strings.Replace(target, "https://", "http://", 1), strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, raw}, err
}

// ask sends a request that must be answered with the status.
func (c *client) ask(status int, method, target string, header map[string]string, body string) reply {
	c.t.Helper()
	r, err := c.do(method, target, header, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, target, err)
	}
	if r.Status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %.300s", method, target, r.Status, status, r.Body)
	}
	return r
}

func (c *client) get(status int, target string, header map[string]string) reply {
	c.t.Helper()
	return c.ask(status, http.MethodGet, target, header, "")
}

func (c *client) form(status int, target string, header map[string]string, f url.Values) reply {
	c.t.Helper()
	h := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for k, v := range header {
		h[k] = v
	}
	return c.ask(status, http.MethodPost, target, h, f.Encode())
}

func (r reply) list(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	if err := json.Unmarshal(r.Body, &out); err != nil {
		t.Fatalf("not a list: %v: %.200s", err, r.Body)
	}
	return out
}

func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(r.Body, &out); err != nil {
		t.Fatalf("not an object: %v: %.200s", err, r.Body)
	}
	return out
}

// next is the next line of a Link header.
func (r reply) next() string {
	for _, l := range r.Header.Values("Link") {
		if strings.HasSuffix(l, `rel="next"`) {
			return strings.Trim(strings.TrimSuffix(l, `; rel="next"`), "<>")
		}
	}
	return ""
}

func (c *client) ssws() map[string]string {
	return map[string]string{"Authorization": "SSWS " + c.creds.Okta.APIToken, "Accept": "application/json"}
}

func bearer(token string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + token, "Accept": "application/json"}
}

func basic(user, password string) map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)), "Accept": "application/json"}
}

// all follows next links to the end, at most that many pages.
func (c *client) all(target string, header map[string]string, pages int) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	for target != "" {
		if pages--; pages < 0 {
			c.t.Fatalf("paging does not end: %s", target)
		}
		r := c.get(http.StatusOK, target, header)
		out = append(out, r.list(c.t)...)
		target = r.next()
	}
	return out
}

// at reads a dotted path; nil where there is nothing.
func at(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func distinct(t *testing.T, rows []map[string]any, path string) int {
	t.Helper()
	seen := map[any]bool{}
	for _, r := range rows {
		seen[at(r, path)] = true
	}
	return len(seen)
}
