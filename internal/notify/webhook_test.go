package notify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/notify"
	"purser/internal/store"
)

// receiver is the other side of a webhook or chat.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer func(n int, w http.ResponseWriter) // n counts from 1; nil: takes everything
}

type received struct {
	header http.Header
	body   string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		raw, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.got = append(r.got, received{q.Header.Clone(), string(raw)})
		n, answer := len(r.got), r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(n, w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

// plainSealer hides nothing but binds everything.
type plainSealer struct{}

func (plainSealer) Seal(plain []byte, id, field string) ([]byte, error) {
	return []byte(id + "/" + field + "/" + string(plain)), nil
}

func (plainSealer) Open(sealed []byte, id, field string) ([]byte, error) {
	return []byte(strings.TrimPrefix(string(sealed), id+"/"+field+"/")), nil
}

// hooked is a house that sends to r.
func (h *house) hooked(r *receiver) {
	h.restart(notify.Options{HTTP: r.Client().Transport, Sealer: plainSealer{}, UserAgent: "Purser/test"})
}

func (h *house) endpoint(n notify.NewEndpoint) (notify.Endpoint, string) {
	h.t.Helper()
	e, secret, err := h.AddEndpoint(h.t.Context(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return e, secret
}

func TestAWebhookIsSignedAndTriedAgainUntilItIsTaken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		r.answer = func(n int, w http.ResponseWriter) {
			if n < 3 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
		h.hooked(r)
		e, secret := h.endpoint(notify.NewEndpoint{Name: "Tickets", URL: r.URL + "/hook?token=abc"})
		event := h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		h.deliver()
		h.deliver()
		if d := h.delivery(e.ID); d.State != "waiting" || d.Tries != 1 || !strings.Contains(d.Error, "500") {
			t.Fatalf("%+v", d)
		}
		h.clock.pass(time.Minute)
		h.deliver()
		h.clock.pass(5 * time.Minute)
		h.deliver()
		h.deliver()
		d := h.delivery(e.ID)
		got := r.all()
		if d.State != "sent" || len(got) != 3 {
			t.Fatalf("%+v, %d requests", d, len(got))
		}
		for n, one := range got {
			if one.body != got[0].body || one.header.Get(notify.HeaderDelivery) != d.ID || one.header.Get(notify.HeaderEvent) != "sync_failed" {
				t.Errorf("try %d: %v %s", n+1, one.header, one.body)
			}
		}
		if sig := got[2].header.Get(notify.HeaderSignature); sig != notify.Sign(secret, h.clock.now(), []byte(got[2].body)) || sig == got[0].header.Get(notify.HeaderSignature) {
			t.Errorf("signature %q of the third try, at another time than the first", sig)
		}
		var body struct {
			ID, URL string
			Event   purser.Event
		}
		if err := json.Unmarshal([]byte(got[0].body), &body); err != nil || body.ID != d.ID || body.Event.Key != event.Key || body.URL != "https://purser.example.com"+event.Path {
			t.Errorf("%s: %v", got[0].body, err)
		}
		shown, err := h.Delivery(t.Context(), d.ID)
		if err != nil || len(shown.Log) != 3 || shown.Log[0].Status != 500 || shown.Log[2].Error != "" {
			t.Errorf("the log of tries: %+v, %v", shown.Log, err)
		}
	})
}

func TestASignatureIsThatOfTheDocumentation(t *testing.T) {
	// printf '1795338000.{"a":1}' | openssl dgst -sha256 -hmac whs_test
	const want = "t=1795338000,v1=7adeb299f6381392892c9d8144416d6eb201082a1b7a102f3336d5e216d3f08f"
	if got := notify.Sign("whs_test", time.Unix(1795338000, 0), []byte(`{"a":1}`)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAWebhookGetsOnlyTheKindsThatItWants(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		h.hooked(r)
		h.endpoint(notify.NewEndpoint{Name: "Revoked", URL: r.URL, Kinds: []purser.EventKind{purser.EventInstanceRevoked}})
		id := h.instance("Acme", "")
		h.happen(purser.EventSyncFailed, id)
		h.happen(purser.EventInstanceRevoked, id)
		h.deliver()
		if got := r.all(); len(got) != 1 || got[0].header.Get(notify.HeaderEvent) != "instance_revoked" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAKilledWebhookIsSentAgainWithItsIdentifier(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		h.hooked(r)
		e, _ := h.endpoint(notify.NewEndpoint{Name: "Tickets", URL: r.URL})
		h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		d := h.delivery(e.ID)
		d.State, d.Holder, d.NextAt = store.DeliverySending, "here.dead", purser.MicrosOf(h.clock.now())
		h.write(func(ctx ctxT, tx txT) error {
			_, err := store.MoveDelivery(ctx, tx, d, store.DeliveryWaiting)
			return err
		})
		h.deliver()
		if got := r.all(); len(got) != 1 || got[0].header.Get(notify.HeaderDelivery) != d.ID || h.delivery(e.ID).State != "sent" {
			t.Errorf("%+v %+v", got, h.delivery(e.ID))
		}
	})
}

func TestARedirectIsNotFollowedAndAGoneAddressIsGivenUp(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		r.answer = func(_ int, w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
		h.hooked(r)
		e, _ := h.endpoint(notify.NewEndpoint{Name: "Tickets", URL: r.URL})
		h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		h.deliver()
		if d := h.delivery(e.ID); len(r.all()) != 1 || d.State != "waiting" || !strings.Contains(d.Error, "307") || d.Hint == "" {
			t.Errorf("%d requests, %+v", len(r.all()), d)
		}
		r.answer = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) }
		h.clock.pass(time.Hour)
		h.deliver()
		if d := h.delivery(e.ID); d.State != "failed" {
			t.Errorf("%+v", d)
		}
	})
}

func TestPrivateAddressesAreNotCalledUnlessTheOperatorSaysSo(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		h.restart(notify.Options{HTTP: egress.New(egress.Options{}).Transport(), Sealer: plainSealer{}})
		e, _ := h.endpoint(notify.NewEndpoint{Name: "Inside", URL: r.URL})
		h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		h.deliver()
		if d := h.delivery(e.ID); len(r.all()) != 0 || d.State != "waiting" || !strings.Contains(d.Hint, "allowed networks") {
			t.Errorf("%d requests, %+v", len(r.all()), d)
		}
	})
}

func TestAddressesAreCheckedAndNeverShown(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		h.restart(notify.Options{Sealer: plainSealer{}})
		for _, n := range []notify.NewEndpoint{
			{Name: "x", URL: "http://example.com/hook"}, {Name: "x", URL: "https://u:p@example.com"}, {Name: "x", URL: "example.com"}, {Name: "x"},
			{URL: "https://example.com"}, {Name: "x", URL: "https://example.com", Format: "nowhere"}, {Name: "x", URL: "https://example.com", Format: "slack"},
			{Name: "x", URL: "https://example.com", Format: "../mail"}, {Name: "x", URL: "https://example.com", Kinds: []purser.EventKind{"nothing"}},
		} {
			if _, _, err := h.AddEndpoint(t.Context(), n); err == nil {
				t.Errorf("%+v was taken", n)
			}
		}
		_, secret := h.endpoint(notify.NewEndpoint{Name: "Tickets", URL: "https://example.com/T0/secret-part"})
		all, err := h.Endpoints(t.Context())
		raw, _ := json.Marshal(all)
		if err != nil || len(all) != 1 || all[0].Host != "example.com" || strings.Contains(string(raw), "secret-part") || strings.Contains(string(raw), secret) {
			t.Errorf("%s %v", raw, err)
		}
		var audit string
		if err := h.db.Read().NewRaw("SELECT after FROM audit ORDER BY seq DESC LIMIT 1").Scan(t.Context(), &audit); err != nil || strings.Contains(audit, "secret-part") || !strings.Contains(audit, "example.com") {
			t.Errorf("audit %s %v", audit, err)
		}
		if _, _, err := h.AddEndpoint(t.Context(), notify.NewEndpoint{Name: "tickets", URL: "https://example.com"}); err == nil {
			t.Error("a name was given twice")
		}
		if err := h.RemoveEndpoint(t.Context(), "Tickets"); err != nil {
			t.Fatal(err)
		}
	})
}
