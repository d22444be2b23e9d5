package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"purser"
	"purser/internal/app"
	"purser/internal/egress"
	"purser/internal/httpd"
)

// socketName is the command line's socket in the data folder.
const socketName = app.SocketName

// client asks a server: over the socket in the data folder, or PURSER_URL.
type client struct {
	http  *http.Client
	base  string
	token string
	note  func(format string, args ...any) // beside what is printed
}

// refusal is what the server answered instead of what was asked for.
type refusal struct{ httpd.Told }

// Error returns it in words.
func (r *refusal) Error() string { return r.Detail }

func (s *session) client() (*client, error) {
	base, _ := s.lookup("PURSER_URL")
	if base == "" {
		path := filepath.Join(s.data, socketName)
		if _, err := os.Stat(path); err != nil {
			return nil, &purser.Problem{Kind: purser.ProblemNotFound, What: "no server runs on the data folder " + s.data,
				Hint: "Start it with `purser serve`, name its folder with --data, or set PURSER_URL and PURSER_TOKEN"}
		}
		return &client{http: &http.Client{Transport: &http.Transport{DialContext: egress.SocketTransport(path)}}, base: "http://purser", note: s.note}, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, &exit{code: exitUsage, err: purser.Invalid("PURSER_URL", "%q is not an address like https://purser.example.com", base)}
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, &exit{code: exitUsage, err: purser.Invalid("PURSER_URL", "plain HTTP would show the token to the network; use https://")}
	}
	token, _ := s.lookup("PURSER_TOKEN")
	if token == "" {
		return nil, &exit{code: exitUsage, err: purser.Invalid("PURSER_TOKEN", "PURSER_URL needs an API token in PURSER_TOKEN")}
	}
	transport := &http.Transport{DialContext: egress.Operator, Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	return &client{http: &http.Client{Transport: transport, CheckRedirect: noRedirect}, base: strings.TrimRight(base, "/"), token: token, note: s.note}, nil
}

// noRedirect keeps the token from going elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// do sends a request below /api/v1 and reads the answer into out, if out is not nil.
func (c *client) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	res, err := c.send(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("the server's answer to %s %s cannot be read: %w", method, path, err)
	}
	return nil
}

// send returns a good answer; what is not one becomes an error.
func (c *client) send(ctx context.Context, method, path string, query url.Values, in any) (*http.Response, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if in == nil {
		return c.sendBody(ctx, method, path, "", http.NoBody)
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	return c.sendBody(ctx, method, path, "application/json", bytes.NewReader(raw))
}

// octets is the content type of a file that is sent as it is.
const octets = "application/octet-stream"

// sendBody is send with a body as it is, of a content type; "" is none.
func (c *client) sendBody(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, body)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	return nil, refusalOf(res)
}

func (c *client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return &purser.Problem{Kind: purser.ProblemNotFound, What: "the server does not answer (" + err.Error() + ")",
			Hint: "See whether `purser serve` is running"}
	}
	return fmt.Errorf("asking the server: %w", err)
}

func refusalOf(res *http.Response) error {
	r := &refusal{}
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || json.Unmarshal(raw, &r.Told) != nil || r.Detail == "" && r.Title == "" {
		r.Detail = "the server answered " + strconv.Itoa(res.StatusCode)
		return r
	}
	var more struct {
		Errors []struct{ Message, Location string } `json:"errors"`
	}
	if json.Unmarshal(raw, &more) == nil && len(more.Errors) > 0 { // the description of the API was not met
		r.Field, r.Detail = strings.TrimPrefix(more.Errors[0].Location, "body."), more.Errors[0].Message
	}
	if r.Detail == "" {
		r.Detail = r.Title
	}
	return r
}

// pages asks for one page after the other and hands on each item; limit 0 means all.
func pages[T any](ctx context.Context, c *client, path string, query url.Values, limit int, fn func(T) error) error {
	if query == nil {
		query = url.Values{}
	}
	left := limit
	for {
		size := 1000
		if limit > 0 {
			size = min(size, left)
		}
		query.Set("limit", strconv.Itoa(size))
		var page struct {
			Items []T      `json:"items"`
			Next  string   `json:"next"`
			Notes []string `json:"notes"`
		}
		if err := c.do(ctx, http.MethodGet, path, query, nil, &page); err != nil {
			return err
		}
		if left == limit && query.Get("after") == "" { // once, beside what may be read by a program
			for _, note := range page.Notes {
				c.note("%s\n", note)
			}
		}
		for _, item := range page.Items {
			if err := fn(item); err != nil {
				return err
			}
		}
		if left -= len(page.Items); page.Next == "" || limit > 0 && left <= 0 {
			return nil
		}
		query.Set("after", page.Next)
	}
}
