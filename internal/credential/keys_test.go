package credential_test

import (
	"net/http"
	"testing"

	"purser"
	"purser/internal/manifest"
)

func TestAStreamChoosesAmongKeysAndOneThatWasNotEnteredIsNotOffered(t *testing.T) {
	auth := &manifest.Auth{Name: "keys", Grant: "static", Send: manifest.Send{Header: []manifest.Pair{{Name: "Authorization", Values: []string{"Bearer ${secret.key}"}}}},
		Tokens: []manifest.NamedToken{{Name: "site", Send: manifest.Send{Basic: &manifest.Basic{User: "${secret.user}", Password: "${secret.password}"}}}},
		Fields: []manifest.CredentialField{{Name: "key"}, {Name: "user", Shown: true, Optional: true}, {Name: "password", Optional: true}}}
	h := newHouse(t, func(int, tokenCall, http.ResponseWriter) { t.Error("a key needs no token") })
	h.enter(auth, map[string]string{"key": "canary-key"})
	s := h.broker("node").Session(h.use(auth))
	if r, _, err := authorize(t.Context(), s, "", nil, ""); err != nil || r.Header.Get("Authorization") != "Bearer canary-key" {
		t.Fatalf("%v %v", r.Header, err)
	}
	if _, _, err := authorize(t.Context(), s, "site", nil, ""); purser.ClassOf(err) != purser.ClassNotAvailable {
		t.Errorf("a key that nobody entered: %v", err)
	}
	h.enter(auth, map[string]string{"user": "ada@example.com", "password": "canary-password"})
	r, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "site", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if user, password, _ := r.BasicAuth(); user != "ada@example.com" || password != "canary-password" {
		t.Errorf("sent as %q", r.Header.Get("Authorization"))
	}
}
