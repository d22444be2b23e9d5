package httpd_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/metric"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

const password = "correct horse battery"

// house is a running server with one admin.
type house struct {
	t      *testing.T
	url    string
	socket string
	login  *login.Service
	cookie string
	stop   func()
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") // short: the path of a socket may not be long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, o httpd.Options, site httpd.Site) *house {
	t.Helper()
	dir := folder(t)
	storetest.Migrated(t, dir)
	db := storetest.Open(t, store.Options{Dir: dir, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	service, err := login.New(login.Options{DB: db, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	o.Log, o.Now, o.Socket = slog.New(slog.DiscardHandler), time.Now, filepath.Join(dir, "s")
	s, err := httpd.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	site.Login = service
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, site, login.Table()) }()
	h := &house{t: t, url: "http://" + s.Address(), socket: o.Socket, login: service}
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	t.Cleanup(h.stop)
	path, err := service.FirstAdminLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(path)
	if h.cookie, err = service.Redeem(t.Context(), u.Query().Get("token"), "Ada", "ada@example.com", password, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	return h
}

type request struct {
	method, path, body, host string
	header                   map[string]string
	cookie                   bool
	client                   *http.Client
}

func (h *house) do(r request) (*http.Response, string) {
	h.t.Helper()
	if r.method == "" {
		r.method = "GET"
	}
	req, err := http.NewRequestWithContext(h.t.Context(), r.method, h.url+r.path, strings.NewReader(r.body))
	if err != nil {
		h.t.Fatal(err)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	if r.host != "" {
		req.Host = r.host
	}
	if r.cookie {
		req.AddCookie(&http.Cookie{Name: "purser", Value: h.cookie})
	}
	client := r.client
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	res, err := client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res, string(body)
}

// who answers with the actor that the server found.
func who(w http.ResponseWriter, r *http.Request) {
	a, ok := purser.ActorFrom(r.Context())
	_, _ = fmt.Fprintf(w, "%t %s %s from %s csrf=%s", ok, a.Kind, a.Name, httpd.Origin(r.Context()), httpd.CSRF(r.Context()))
}

func site() httpd.Site {
	return httpd.Site{Routes: []httpd.Route{
		{Method: "GET", Pattern: "/open", Public: true, Handler: http.HandlerFunc(who)},
		{Method: "POST", Pattern: "/open", Public: true, Handler: http.HandlerFunc(who)},
		{Method: "GET", Pattern: "/page", Operation: purser.OpAccountRead, Handler: http.HandlerFunc(who)},
		{Method: "POST", Pattern: "/page", Operation: purser.OpInstanceWrite, Handler: http.HandlerFunc(who)},
		{Method: "GET", Pattern: "/api/v1/thing", Operation: purser.OpAccountRead, Handler: http.HandlerFunc(who)},
		{Method: "POST", Pattern: "/api/v1/thing", Operation: purser.OpInstanceWrite, MaxBody: 100, Handler: http.HandlerFunc(read)},
		{Method: "GET", Pattern: "/panic", Public: true, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary") })},
	}, Meters: metric.New("test").Handler(), Meter: metric.New("test")}
}

func read(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(httpd.Status(err))
	}
}

func overSocket(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: egress.SocketTransport(path)}}
}

func token(t *testing.T, h *house, scopes ...purser.Operation) string {
	t.Helper()
	host := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorHost, ID: "uid:0", Role: purser.RoleAdmin})
	secret, _, err := h.login.CreateToken(host, "t", scopes, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}
