package notify_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/notify"
)

func TestEveryChatFormatHoldsTheWholeMessage(t *testing.T) {
	formats, err := notify.ChatFormats()
	if err != nil || len(formats) < 3 || formats[0].Title != "Slack" {
		t.Fatalf("%+v %v", formats, err)
	}
	for _, f := range formats {
		t.Run(f.Name, func(t *testing.T) {
			eachSQLite(t, func(t *testing.T, h *house) {
				r := newReceiver(t)
				h.hooked(r)
				host := strings.TrimPrefix(r.URL, "https://")
				if len(f.Hosts) > 0 { // the same connection under the vendor's name
					host = f.Hosts[0]
				}
				h.restart(notify.Options{HTTP: to{r}, Sealer: plainSealer{}})
				if len(f.Steps) == 0 || f.Read == "" {
					t.Error("nobody learns how to get an address, or where the format is from")
				}
				h.endpoint(notify.NewEndpoint{Name: "Ops", URL: "https://" + host + "/x", Format: f.Name})
				id := h.instance("Acme", "")
				h.write(func(ctx ctxT, tx txT) error {
					return h.Post(ctx, tx, purser.Event{Kind: purser.EventSyncFailed, InstanceID: id, Key: "k", What: "Acme <!channel> failed", Path: "/runs/1",
						Hint: "Look", Fields: []string{"Roster failed"}})
				})
				h.deliver()
				got := r.all()
				if len(got) != 1 || !json.Valid([]byte(got[0].body)) {
					t.Fatalf("%+v", got)
				}
				for _, want := range []string{"failed", "Look", "https://purser.example.com/runs/1"} {
					if !strings.Contains(got[0].body, want) {
						t.Errorf("%q is missing in %s", want, got[0].body)
					}
				}
				if strings.Contains(got[0].body, "Why") || strings.Contains(got[0].body, "${") || strings.Contains(got[0].body, `"when"`) {
					t.Errorf("what is empty is not left out: %s", got[0].body)
				}
				if f.Escape["<"] != "" && strings.Contains(got[0].body, "<!channel>") {
					t.Errorf("a text of others calls everybody: %s", got[0].body)
				}
			})
		})
	}
}

// to sends everything to one receiver, whatever the name.
type to struct{ *receiver }

func (r to) RoundTrip(q *http.Request) (*http.Response, error) {
	copied := q.Clone(q.Context())
	copied.URL.Host = strings.TrimPrefix(r.URL, "https://")
	return r.Client().Transport.RoundTrip(copied)
}

func TestAChatThatRefusesForGoodIsGivenUpWithWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := newReceiver(t)
		r.answer = func(_ int, w http.ResponseWriter) { http.Error(w, "no_service", http.StatusNotFound) }
		h.restart(notify.Options{HTTP: to{r}, Sealer: plainSealer{}})
		e, secret := h.endpoint(notify.NewEndpoint{Name: "Ops", URL: "https://hooks.slack.com/services/T/B/x", Format: "slack"})
		h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		h.deliver()
		if d := h.delivery(e.ID); secret != "" || d.State != "failed" || d.Tries != 1 || !strings.Contains(d.Hint, "make a new one") {
			t.Errorf("%+v", d)
		}
		// A limit is waited for as long as the chat asks.
		r.answer = func(_ int, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "1800")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		if err := h.Retry(t.Context(), h.delivery(e.ID).ID); err != nil {
			t.Fatal(err)
		}
		h.deliver()
		if d := h.delivery(e.ID); d.State != "waiting" || !d.NextAt.Time().Equal(h.clock.now().Add(30*time.Minute)) {
			t.Errorf("%+v", d)
		}
	})
}
