package credential

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser"
)

// Revoke gives the granted tokens back to the vendor, where the manifest says
// how. It is a courtesy before a credential is deleted: an error changes nothing.
func (b *Broker) Revoke(ctx context.Context, s *Session) error {
	if s.use.Auth.RevokeURL == "" {
		return nil
	}
	o, err := b.open(ctx, s)
	if err != nil {
		return err
	}
	text, err := s.values(o).with("token_url", "").expand(s.use.Auth.RevokeURL)
	if err != nil {
		return err
	}
	endpoint, err := url.Parse(text)
	if err != nil {
		return &purser.Error{Class: purser.ClassConfig, Code: "revoke_url", What: "the address to give tokens back is not a URL", Hint: "Check the instance's settings."}
	}
	if err := s.use.Pins.Check(endpoint); err != nil {
		return err
	}
	var all []error
	for _, t := range o.ring.Tokens {
		all = append(all, b.revoke(ctx, s, o, endpoint, t))
	}
	return errors.Join(all...)
}

// revoke follows RFC 7009; the token goes along as authorization as well, for
// vendors that take it from there.
func (b *Broker) revoke(ctx context.Context, s *Session, o *opened, endpoint *url.URL, t held) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	form := url.Values{"token": {orElse(t.Refresh, t.Access)}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("the request to give a token back cannot be made")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", b.UserAgent)
	if s.use.Auth.ClientAuth == "basic" {
		r.SetBasicAuth(url.QueryEscape(o.secret["client_id"]), url.QueryEscape(o.secret["client_secret"]))
	} else {
		r.Header.Set("Authorization", "Bearer "+t.Access)
	}
	answer, err := b.HTTP.RoundTrip(r)
	if err != nil {
		return s.unreachable(endpoint, err)
	}
	if err := answer.Body.Close(); err != nil {
		return s.unreachable(endpoint, err)
	}
	if answer.StatusCode < 300 {
		return nil
	}
	return s.judge(answer.StatusCode, answer.Header, nil, b.Now())
}
