package credential_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"purser/internal/credential"
	"purser/internal/manifest"
)

func TestTheEndOfACredentialIsReadWhereTheVendorTells(t *testing.T) {
	n := 0
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) {
		n++
		say(w, 200, map[string]any{"access_token": fmt.Sprint("access-", n), "refresh_token": fmt.Sprint("refresh-", n), "expires_in": 1800,
			"refresh_token_expires_in": 86400 * 100, "token_type": "Bearer"})
	})
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	is := func(want time.Time) {
		t.Helper()
		for _, r := range h.store.records {
			if !r.ExpiresAt.Equal(want) || r.ExpiresBy != credential.ExpiryRead {
				t.Errorf("ends %s by %q, want %s as read", r.ExpiresAt, r.ExpiresBy, want)
			}
		}
	}
	is(h.clock.Now().Add(100 * 24 * time.Hour))
	// A rotated token moves the end.
	h.clock.Move(time.Hour)
	if _, _, err := authorize(t.Context(), h.broker("node-1").Session(h.use(auth)), "", nil, ""); err != nil {
		t.Fatal(err)
	}
	is(h.clock.Now().Add(100 * 24 * time.Hour))
}

func TestTheConnectorDeclaresTheEndOfACredential(t *testing.T) {
	h := newHouse(t, nil)
	auth := &manifest.Auth{Name: "key", Grant: "static", Fields: []manifest.CredentialField{{Name: "token"}}}
	for _, c := range []struct {
		life     time.Duration
		deadline string
		want     time.Time
	}{
		{},
		{life: 24 * time.Hour, want: h.clock.Now().Add(24 * time.Hour)},
		{deadline: "2028-08-01", want: time.Date(2028, 8, 1, 0, 0, 0, 0, time.UTC)},
		{deadline: "2028-08-01", life: 24 * time.Hour, want: h.clock.Now().Add(24 * time.Hour)},
		{deadline: "2028-08-01", life: 20 * 365 * 24 * time.Hour, want: time.Date(2028, 8, 1, 0, 0, 0, 0, time.UTC)},
	} {
		auth.ExpiresAfter = manifest.Duration(c.life)
		use := h.use(auth)
		if err := h.broker("node-1").Enter(t.Context(), credential.Entry{CredentialID: use.CredentialID, InstanceID: "ins_1", Connector: "vendor", Auth: auth,
			Pins: use.Pins, Values: map[string]string{"token": "a token"}, EndsOn: c.deadline}); err != nil {
			t.Fatal(err)
		}
		if r := h.store.records[use.CredentialID]; !r.DeclaredAt.Equal(c.want) || !r.ExpiresAt.IsZero() || r.ExpiresBy != "" {
			t.Errorf("%+v: ends %s, and %s by %q", c, r.DeclaredAt, r.ExpiresAt, r.ExpiresBy)
		}
	}
}
