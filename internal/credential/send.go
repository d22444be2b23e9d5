package credential

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"purser"
	"purser/internal/manifest"
)

// putStatic sends what was entered as the manifest says. After a refusal it is
// read again: it may have been replaced meanwhile.
// A name chooses one of several keys; one that was left empty is what this
// instance does not offer.
func (s *Session) putStatic(ctx context.Context, r *http.Request, name, refused string) (string, error) {
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
	send := s.use.Auth.Send
	for _, t := range s.use.Auth.Tokens {
		if t.Name == name {
			if send = t.Send; s.lacks(o, send) {
				return "", &purser.Error{Class: purser.ClassNotAvailable, Code: "no_key", What: "the optional key " + name + " was not entered",
					Hint: "Enter it with the instance's credential if this shall be read too."}
			}
		}
	}
	if err := s.put(r, v, "Bearer", send); err != nil {
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
		return s.put(r, v, "Bearer", s.use.Auth.Send)
	}
	proof, err := s.proof(o, r.Method, r.URL, t.Access)
	if err != nil {
		return err
	}
	r.Header.Set("DPoP", proof)
	return s.put(r, v, "DPoP", s.use.Auth.Send)
}

// lacks reports whether a field that a way to send needs was left empty.
func (s *Session) lacks(o *opened, send manifest.Send) bool {
	texts := []string{}
	for _, p := range append(slices.Clone(send.Header), send.Query...) {
		texts = append(texts, p.Values...)
	}
	if send.Basic != nil {
		texts = append(texts, send.Basic.User, send.Basic.Password)
	}
	return slices.ContainsFunc(s.use.Auth.Fields, func(f manifest.CredentialField) bool {
		return f.Optional && o.secret[f.Name] == "" &&
			slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "${secret."+f.Name+"}") })
	})
}

// put writes headers, query and basic authorization.
func (s *Session) put(r *http.Request, v values, scheme string, send manifest.Send) error {
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
