package credential

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OAuth1 is what one request is signed with (RFC 5849).
type OAuth1 struct {
	Method         string // HMAC-SHA256 or HMAC-SHA1
	Realm          string // "" for none
	ConsumerKey    string
	ConsumerSecret string
	Token          string
	TokenSecret    string
	Nonce          string // letters and digits, never the same twice
	At             time.Time
	Version        string // 1.0, or "" to leave it out
}

// sign puts a signature on the request. Each attempt gets its own nonce and
// moment: vendors refuse one that comes twice.
func (s *Session) sign(ctx context.Context, r *http.Request, refused string) (string, error) {
	s.mu.Lock()
	o := s.last
	s.mu.Unlock()
	if o == nil || refused != "" { // it may have been replaced meanwhile
		var err error
		if o, err = s.broker.open(ctx, s); err != nil {
			return "", err
		}
	}
	nonce := make([]byte, 16)
	if _, err := io.ReadFull(s.broker.Rand, nonce); err != nil {
		return "", errors.New("no randomness for a signature")
	}
	with := OAuth1{Method: "HMAC-SHA256", ConsumerKey: o.secret["consumer_key"], ConsumerSecret: o.secret["consumer_secret"],
		Token: o.secret["token"], TokenSecret: o.secret["token_secret"], Nonce: hex.EncodeToString(nonce), At: s.broker.Now(), Version: "1.0"}
	if rule := s.use.Auth.OAuth1; rule != nil {
		realm, err := s.values(o).expand(rule.Realm)
		if err != nil {
			return "", err
		}
		with.Method, with.Realm = orElse(rule.Method, with.Method), realm
	}
	header, err := with.Header(r)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", header)
	return fmt.Sprintf("%s/%d", o.record.ID, o.record.Generation), nil
}

// Header returns the value of the Authorization header of a request.
func (a OAuth1) Header(r *http.Request) (string, error) {
	base, err := a.Base(r)
	if err != nil {
		return "", err
	}
	digest := map[string]func() hash.Hash{"HMAC-SHA256": sha256.New, "HMAC-SHA1": sha1.New}[a.Method]
	if digest == nil {
		return "", fmt.Errorf("%s is no way to sign that is known here", a.Method)
	}
	mac := hmac.New(digest, []byte(percent(a.ConsumerSecret)+"&"+percent(a.TokenSecret)))
	mac.Write([]byte(base))
	pairs := a.own()
	if a.Realm != "" {
		pairs = append([][2]string{{"realm", a.Realm}}, pairs...)
	}
	pairs = append(pairs, [2]string{"oauth_signature", base64.StdEncoding.EncodeToString(mac.Sum(nil))})
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p[0] + `="` + percent(p[1]) + `"`
	}
	return "OAuth " + strings.Join(parts, ", "), nil
}

// own lists the protocol's own parameters, without realm and signature.
func (a OAuth1) own() [][2]string {
	out := [][2]string{{"oauth_consumer_key", a.ConsumerKey}}
	if a.Token != "" {
		out = append(out, [2]string{"oauth_token", a.Token})
	}
	out = append(out, [][2]string{{"oauth_nonce", a.Nonce}, {"oauth_timestamp", strconv.FormatInt(a.At.Unix(), 10)},
		{"oauth_signature_method", a.Method}}...)
	if a.Version != "" {
		out = append(out, [2]string{"oauth_version", a.Version})
	}
	return out
}

// Base returns the text that is signed: method, address and parameters, those of
// a form body too (RFC 5849, 3.4.1).
func (a OAuth1) Base(r *http.Request) (string, error) {
	pairs, err := parameters(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return "", fmt.Errorf("read the form that is signed: %w", err)
		}
		form, err := io.ReadAll(body)
		if err != nil {
			return "", fmt.Errorf("read the form that is signed: %w", err)
		}
		more, err := parameters(string(form))
		if err != nil {
			return "", err
		}
		pairs = append(pairs, more...)
	}
	lines := make([]string, 0, len(pairs)+6)
	for _, p := range append(pairs, a.own()...) {
		lines = append(lines, percent(p[0])+"\x00"+percent(p[1])) // sorted by name, then by value
	}
	slices.Sort(lines)
	text := strings.ReplaceAll(strings.Join(lines, "&"), "\x00", "=")
	host, port := strings.ToLower(r.URL.Hostname()), r.URL.Port()
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[r.URL.Scheme] {
		host += ":" + port
	}
	address := strings.ToLower(r.URL.Scheme) + "://" + host + orElse(r.URL.EscapedPath(), "/")
	return strings.ToUpper(r.Method) + "&" + percent(address) + "&" + percent(text), nil
}

// parameters reads name=value pairs; a name may come more than once.
func parameters(encoded string) ([][2]string, error) {
	var out [][2]string
	for part := range strings.SplitSeq(encoded, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return nil, errors.New("a parameter of the request cannot be read, so it cannot be signed")
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, errors.New("a parameter of the request cannot be read, so it cannot be signed")
		}
		out = append(out, [2]string{n, v})
	}
	return out, nil
}

// percent escapes as RFC 5849, 3.6 has it: all but letters, digits and -._~
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
