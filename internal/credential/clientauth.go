package credential

import (
	"net/http"
	"net/url"
)

// prove adds to a token request what shows who the client is.
func (s *Session) prove(r *http.Request, form url.Values, o *opened, v values, b *Broker) error {
	auth := s.use.Auth
	if auth.Grant == "login" && auth.Login != nil {
		return s.login(r, form, v, auth.Login)
	}
	if auth.Grant == "jwt_bearer" {
		assertion, err := s.assertion(o, v, b)
		if err != nil {
			return err
		}
		if auth.ClientAuth == "bearer" {
			form.Del("grant_type") // no OAuth endpoint: the body has nothing to say
			r.Header.Set("Authorization", "Bearer "+assertion)
			return nil
		}
		form.Set("assertion", assertion)
		if auth.ClientAuth == "" {
			return nil
		}
	}
	id, secret := o.secret["client_id"], o.secret["client_secret"]
	method := auth.ClientAuth
	if method == "" {
		method = "basic"
	}
	switch method {
	case "none":
		form.Set("client_id", id)
	case "body":
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	case "assertion":
		assertion, err := s.assertion(o, v, b)
		if err != nil {
			return err
		}
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		form.Set("client_assertion", assertion)
	default:
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	return nil
}
