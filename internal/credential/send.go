package credential

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"purser/internal/manifest"
)

// putStatic sends what was entered as the manifest says. After a refusal it is
// read again: it may have been replaced meanwhile.
func (s *Session) putStatic(ctx context.Context, r *http.Request, refused string) (string, error) {
	s.mu.Lock()
	o := s.last
	s.mu.Unlock()
	if o == nil || refused != "" {
		var err error
		if o, err = s.broker.open(ctx, s); err != nil {
			return "", err
		}
	}
	v := s.values(o)
	if len(s.use.Auth.Fields) > 0 {
		v = v.with("token", o.secret[s.use.Auth.Fields[0].Name])
	}
	if err := s.put(r, v, "Bearer"); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s/%d", o.record.ID, o.record.Generation), nil
}

func (s *Session) putToken(r *http.Request, t held) error {
	s.mu.Lock()
	o := s.last
	s.mu.Unlock()
	v := s.values(o).with("token", t.Access)
	if !strings.EqualFold(t.Type, "DPoP") {
		return s.put(r, v, "Bearer")
	}
	proof, err := s.proof(o, r.Method, r.URL, t.Access)
	if err != nil {
		return err
	}
	r.Header.Set("DPoP", proof)
	return s.put(r, v, "DPoP")
}

// put writes headers, query and basic authorization.
func (s *Session) put(r *http.Request, v values, scheme string) error {
	send := s.use.Auth.Send
	if len(send.Header) == 0 && len(send.Query) == 0 && send.Basic == nil {
		send.Header = []manifest.Pair{{Name: "Authorization", Values: []string{scheme + " ${token}"}}}
	}
	for _, p := range send.Header {
		text, err := v.expand(p.Value())
		if err != nil {
			return err
		}
		if scheme != "Bearer" {
			if rest, ok := strings.CutPrefix(text, "Bearer "); ok {
				text = scheme + " " + rest
			}
		}
		r.Header.Set(p.Name, text)
	}
	if len(send.Query) > 0 {
		query := r.URL.Query()
		for _, p := range send.Query {
			text, err := v.expand(p.Value())
			if err != nil {
				return err
			}
			query.Set(p.Name, text)
		}
		r.URL.RawQuery = query.Encode()
	}
	if send.Basic != nil {
		user, err := v.expand(send.Basic.User)
		if err != nil {
			return err
		}
		password, err := v.expand(send.Basic.Password)
		if err != nil {
			return err
		}
		r.SetBasicAuth(user, password)
		s.hideAll(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))
	}
	return nil
}
