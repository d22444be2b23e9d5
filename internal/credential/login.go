package credential

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"purser/internal/manifest"
)

// login puts what was entered into the request that signs in.
func (s *Session) login(r *http.Request, form url.Values, v values, how *manifest.Login) error {
	for _, p := range how.Body {
		text, err := v.expand(p.Value())
		if err != nil {
			return err
		}
		form.Set(p.Name, text)
	}
	for _, p := range how.Headers {
		text, err := v.expand(p.Value())
		if err != nil {
			return err
		}
		r.Header.Set(p.Name, text)
	}
	if how.Basic == nil {
		return nil
	}
	user, err := v.expand(how.Basic.User)
	if err != nil {
		return err
	}
	password, err := v.expand(how.Basic.Password)
	if err != nil {
		return err
	}
	r.SetBasicAuth(user, password)
	s.hideAll(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))
	return nil
}
