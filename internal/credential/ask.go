package credential

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

const (
	answerCap = 1 << 20
	// Three requests with proofs must fit into one lease.
	askTimeout = 15 * time.Second
)

// ask sends one token request and returns the answer of a success. scope is the
// text of the scopes, for assertions.
func (b *Broker) ask(ctx context.Context, s *Session, o *opened, form url.Values, scope string) ([]byte, error) {
	v := s.values(o).with("scope", scope)
	address := s.use.Auth.TokenURL
	if form.Get("grant_type") == "refresh_token" {
		address = orElse(s.use.Auth.RefreshURL, address)
	}
	endpoint, err := s.endpoint(v, address)
	if err != nil {
		return nil, err
	}
	v = v.with("token_url", endpoint.String())
	for _, p := range s.use.Auth.Extra.Token {
		text, err := v.expand(p.Value())
		if err != nil {
			return nil, err
		}
		form.Set(p.Name, text)
	}
	if s.use.Auth.DPoP == "always" && o.ring.DPoP == nil {
		if o.ring.DPoP, err = newProofKey(b.Rand); err != nil {
			return nil, err
		}
	}
	// With a proof demanded, and then a nonce, the third request is the last that makes sense.
	for attempt := 1; ; attempt++ {
		status, header, body, err := b.post(ctx, s, o, endpoint, form, v)
		if err != nil {
			return nil, err
		}
		if nonce := header.Get("DPoP-Nonce"); nonce != "" {
			s.mu.Lock()
			s.nonces[nonceKey(endpoint, "")] = nonce
			s.mu.Unlock()
		}
		told := s.judge(status, header, body, b.Now())
		if told == nil {
			return body, nil
		}
		if attempt < 3 && s.use.Auth.DPoP != "" && (told.Code == "use_dpop_nonce" || told.Code == "invalid_dpop_proof") {
			if o.ring.DPoP == nil {
				if o.ring.DPoP, err = newProofKey(b.Rand); err != nil {
					return nil, err
				}
			}
			continue
		}
		if told.Class == purser.ClassAuthRevoked {
			told.Err = errRefusedOnce
		}
		return nil, told
	}
}

func (s *Session) endpoint(v values, address string) (*url.URL, error) {
	text, err := v.expand(address)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "token_url", What: "the token address is not a URL", Hint: "Check the instance's settings."}
	}
	return u, s.use.Pins.Check(u)
}

// post sends the form, with the client's proof of itself. Redirects are not followed.
func (b *Broker) post(ctx context.Context, s *Session, o *opened, endpoint *url.URL, form url.Values, v values) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	sent := url.Values{}
	for name, list := range form {
		sent[name] = list
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), nil)
	if err != nil {
		return 0, nil, nil, errors.New("the token request cannot be made")
	}
	if err := s.prove(r, sent, o, v, b); err != nil {
		return 0, nil, nil, err
	}
	payload, kind := []byte(sent.Encode()), "application/x-www-form-urlencoded"
	if s.use.Auth.TokenBody == "json" {
		object := map[string]string{}
		for name := range sent {
			object[name] = sent.Get(name)
		}
		if payload, err = json.Marshal(object); err != nil {
			return 0, nil, nil, errors.New("the token request cannot be made")
		}
		kind = "application/json"
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(payload)), int64(len(payload))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", b.UserAgent)
	if o.ring.DPoP != nil {
		proof, err := s.proof(o, r.Method, endpoint, "")
		if err != nil {
			return 0, nil, nil, err
		}
		r.Header.Set("DPoP", proof)
	}
	told := TokenRequest{At: b.Now(), Host: endpoint.Host, Path: endpoint.Path, Grant: form.Get("grant_type")}
	defer func() {
		if told.Duration = b.Now().Sub(told.At); s.use.Record != nil {
			s.use.Record(told)
		}
	}()
	answer, err := b.HTTP.RoundTrip(r)
	if err != nil {
		return 0, nil, nil, s.unreachable(endpoint, err)
	}
	told.Status = answer.StatusCode
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerCap+1))
	told.Bytes = int64(len(body))
	if err != nil {
		return 0, nil, nil, s.unreachable(endpoint, err)
	}
	if len(body) > answerCap {
		return 0, nil, nil, &purser.Error{Class: purser.ClassInvalidResponse, Code: "too_large", What: "the answer of " + endpoint.Host + " to a token request is too large"}
	}
	return answer.StatusCode, answer.Header, body, nil
}

// unreachable keeps the class that egress gave, else the trouble is a passing one.
func (s *Session) unreachable(endpoint *url.URL, err error) error {
	if told, ok := errors.AsType[*purser.Error](err); ok {
		return told
	}
	class := purser.ClassTransient
	if errors.Is(err, context.Canceled) {
		class = purser.ClassCanceled
	}
	return &purser.Error{Class: class, Code: "token_unreachable", What: "no answer from " + endpoint.Host + " to a token request",
		Hint: "It is tried again by itself; nothing is wrong with the credential.", Err: errors.New(s.Redact(err.Error()))}
}

// judge reads a token answer: the manifest's rules, then OAuth's own codes, then the status.
func (s *Session) judge(status int, header http.Header, body []byte, now time.Time) *purser.Error {
	auth := s.use.Auth
	rules := refusal.Rules{
		Errors:  append(append([]manifest.ErrorRule{}, auth.Errors...), standardCodes()...),
		Bodies:  append(append([]manifest.ErrorBody{}, auth.ErrorBody...), manifest.ErrorBody{Code: "error", Message: "error_description"}),
		Success: auth.Success,
	}
	told := rules.Judge(refusal.Answer{Status: status, Header: header, Body: body, What: "The token request"}, now)
	if told == nil {
		return nil
	}
	// A server in trouble says nothing about a credential, whatever the body of its error page contains.
	if status >= 500 {
		told.Class = purser.ClassTransient
	}
	if told.Class == purser.ClassNotFound {
		told.Class = purser.ClassConfig
		told.Hint = "There is no token endpoint at this address: check the host in the instance's settings."
	}
	told.What = s.Redact(told.What)
	if strings.Contains(told.Hint, "${") {
		told.Hint = ""
	}
	return told
}

// standardCodes are the codes of RFC 6749 and its relatives.
func standardCodes() []manifest.ErrorRule {
	refusing := []int{200, 400, 401, 403}
	return []manifest.ErrorRule{
		{Status: refusing, Code: []string{"invalid_grant"}, Class: purser.ClassAuthRevoked,
			Hint: "The vendor has ended the authorization: authorize anew."},
		{Status: refusing, Code: []string{"invalid_client"}, Class: purser.ClassAuthRevoked,
			Hint: "The vendor does not accept the client: check the client id and its secret or key, and that the client is active."},
		{Status: refusing, Code: []string{"unauthorized_client", "invalid_scope", "access_denied"}, Class: purser.ClassPermission,
			Hint: "Grant the scopes that this task lists to the client at the vendor, then press Check again."},
		{Status: refusing, Code: []string{"temporarily_unavailable", "server_error"}, Class: purser.ClassTransient},
		{Status: refusing, Code: []string{"slow_down"}, Class: purser.ClassRateLimited},
		{Status: refusing, Code: []string{"invalid_request", "unsupported_grant_type", "invalid_dpop_proof", "use_dpop_nonce"}, Class: purser.ClassConfig,
			Hint: "Check the settings and the credential's fields against the set-up help."},
	}
}

var errNoToken = fmt.Errorf("no access token stands in it")
