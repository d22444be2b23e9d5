package credential_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/credential"
)

// rotating answers a consent, and each refresh with a new pair; an old refresh token is refused.
func rotating() func(int, tokenCall, http.ResponseWriter) {
	var mu sync.Mutex
	valid, n := "", 0
	return func(_ int, c tokenCall, w http.ResponseWriter) {
		mu.Lock()
		defer mu.Unlock()
		if c.form.Get("grant_type") == "refresh_token" && c.form.Get("refresh_token") != valid {
			say(w, 400, map[string]any{"error": "invalid_grant"})
			return
		}
		n++
		valid = fmt.Sprintf("refresh-%d", n)
		say(w, 200, map[string]any{"access_token": fmt.Sprintf("access-%d", n), "refresh_token": valid, "expires_in": 1800, "token_type": "Bearer"})
	}
}

func TestFiftyCallsWithAnExpiredRotatingTokenMakeOneRefreshThatIsStoredBeforeItsFirstUse(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	h.sleep = h.store.untilReleased
	before := len(h.called())
	brokers := []*credential.Broker{h.broker("node-1"), h.broker("node-2")}
	var wg sync.WaitGroup
	errs := make(chan error, 50)
	for i := range 50 {
		wg.Go(func() {
			r, _, err := authorize(t.Context(), brokers[i%2].Session(h.use(auth)), "", nil, "")
			if err != nil {
				errs <- err
				return
			}
			// Whoever reads the store now must find this very token.
			stored, _, err := authorize(t.Context(), h.broker("reader").Session(h.use(auth)), "", nil, "")
			if err != nil || stored.Header.Get("Authorization") != r.Header.Get("Authorization") || r.Header.Get("Authorization") != "Bearer access-2" {
				errs <- fmt.Errorf("used %q, stored %v: %w", r.Header.Get("Authorization"), stored, errAny)
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if got := len(h.called()) - before; got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

func TestInvalidGrantIsConfirmedByOneSecondReadingAndThenRefused(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.answer = func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 400, map[string]any{"error": "invalid_grant", "error_description": "canary-client-secret refresh-1"})
	}
	h.clock.Move(time.Hour)
	before, kept := len(h.called()), h.store.records["crd_1"]
	_, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if purser.ClassOf(err) != purser.ClassAuthRevoked || !errors.Is(err, credential.ErrRefused) {
		t.Fatalf("got %v", err)
	}
	if got := len(h.called()) - before; got != 1 {
		t.Errorf("the vendor was asked %d times", got)
	}
	if now := h.store.records["crd_1"]; now.Generation != kept.Generation || len(now.Sealed["tokens"]) == 0 {
		t.Error("something was deleted")
	}
	if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "refresh-1") {
		t.Errorf("a secret stands in %q", err)
	}
}

func TestInvalidGrantIsNoRefusalIfTheSecondReadingFindsANewToken(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	// Another node, whose lease ran out, has refreshed meanwhile: its record appears during the refusal.
	expired := h.store.records["crd_1"]
	if _, _, err := authorize(t.Context(), h.broker("other").Session(h.use(auth)), "", nil, ""); err != nil {
		t.Fatal(err)
	}
	renewed := h.store.records["crd_1"]
	h.store.records["crd_1"] = expired
	inner := h.answer
	h.answer = func(n int, c tokenCall, w http.ResponseWriter) {
		h.store.mu.Lock()
		h.store.records["crd_1"] = renewed
		h.store.mu.Unlock()
		inner(n, c, w)
	}
	r, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if err != nil || r.Header.Get("Authorization") != "Bearer access-2" {
		t.Errorf("%v, %v", r, err)
	}
}

func TestA503AtTheTokenEndpointNeverRevokesWhateverItsBodySays(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	good := h.answer
	h.answer = func(_ int, _ tokenCall, w http.ResponseWriter) { say(w, 503, map[string]any{"error": "invalid_grant"}) }
	s := h.broker("node").Session(h.use(auth))
	for range 3 {
		if _, _, err := authorize(t.Context(), s, "", nil, ""); purser.ClassOf(err) != purser.ClassTransient {
			t.Fatalf("got %v", err)
		}
	}
	h.answer = good
	if r, _, err := authorize(t.Context(), s, "", nil, ""); err != nil || r.Header.Get("Authorization") != "Bearer access-2" {
		t.Errorf("afterwards: %v", err)
	}
}

func TestALeaseThatSomebodyElseHoldsIsNeverABadCredential(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	h.store.leases["crd_1"] = lease{"another node", h.clock.Now().Add(24 * time.Hour)}
	_, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if purser.ClassOf(err) != purser.ClassTransient {
		t.Errorf("got %v", err)
	}
	h.store.leases["crd_1"] = lease{"a node that died", h.clock.Now().Add(20 * time.Second)}
	if _, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, ""); err != nil {
		t.Errorf("after the lease of a dead node: %v", err)
	}
}

func TestARefusedTokenIsRefreshedOnceForAllThatWereRefusedWithIt(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	s := h.broker("node").Session(h.use(auth))
	_, grip, err := authorize(t.Context(), s, "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	before := len(h.called())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			r, again, err := authorize(t.Context(), s, "", nil, grip)
			if err != nil || again == grip || r.Header.Get("Authorization") != "Bearer access-2" {
				t.Errorf("%q, %v", again, err)
			}
		})
	}
	wg.Wait()
	if got := len(h.called()) - before; got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

func TestATokenThatCannotBeStoredIsNotUsed(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	h.store.onRead = func(_ int, m *memory) { // somebody changes the credential between each reading and writing
		r := m.records["crd_1"]
		defer func() { r.Generation++; m.records["crd_1"] = r }()
	}
	_, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, "")
	if err == nil || purser.ClassOf(err) == purser.ClassAuthRevoked {
		t.Errorf("got %v", err)
	}
}

func TestATokenWithoutEndAndWithoutRefreshComesBackTheSameAfterARefusal(t *testing.T) {
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"access_token": "forever"})
	})
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	s := h.broker("node").Session(h.use(auth))
	_, first, err := authorize(t.Context(), s, "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, again, err := authorize(t.Context(), s, "", nil, first); err != nil || again != first {
		t.Errorf("%q, %v", again, err)
	}
}
