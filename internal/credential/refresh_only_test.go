package credential_test

import (
	"net/http"
	"testing"

	"purser/internal/manifest"
)

func TestARefreshTokenThatAConsoleGaveIsExchangedAndItsSuccessorKept(t *testing.T) {
	auth := &manifest.Auth{Name: "console", Grant: "refresh_only", ClientAuth: "none", TokenURL: "https://${settings.domain}/token",
		Fields: []manifest.CredentialField{{Name: "client_id", Shown: true}, {Name: "refresh_token"}}}
	h := newHouse(t, func(n int, c tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"access_token": "canary-access-" + string(rune('0'+n)), "refresh_token": "canary-next-" + string(rune('0'+n)), "expires_in": 3600})
	})
	h.enter(auth, map[string]string{"client_id": "client-1", "refresh_token": "canary-entered"})
	first, grip, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if err != nil || first.Header.Get("Authorization") != "Bearer canary-access-1" {
		t.Fatalf("%v %v", first.Header, err)
	}
	// Another process knows the successor only from the store.
	second, _, err := authorize(t.Context(), h.broker("other").Session(h.use(auth)), "", nil, grip)
	if err != nil || second.Header.Get("Authorization") != "Bearer canary-access-2" {
		t.Fatalf("%v %v", second.Header, err)
	}
	calls := h.called()
	if len(calls) != 2 || calls[0].form.Get("grant_type") != "refresh_token" || calls[0].form.Get("refresh_token") != "canary-entered" ||
		calls[0].form.Get("client_id") != "client-1" || calls[1].form.Get("refresh_token") != "canary-next-1" {
		t.Errorf("the vendor was asked with %+v", calls)
	}
	// What is entered anew counts, not what came of the old one.
	h.enter(auth, map[string]string{"refresh_token": "canary-anew"})
	if _, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, ""); err != nil {
		t.Fatal(err)
	}
	if last := h.called()[2]; last.form.Get("refresh_token") != "canary-anew" {
		t.Errorf("after a new entry the vendor was asked with %v", last.form)
	}
}
