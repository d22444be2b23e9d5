package notify_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/notify"
	"purser/internal/store"
)

func TestAChangedAddressIsToldOnceWithTheInstancesConcerned(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("", "ops@example.com")
		owner := h.user("owner@example.com", purser.RoleOperator)
		h.instance("Acme", owner)
		h.instance("Other", owner)
		sees := func(addresses ...string) {
			t.Helper()
			h.restart(notify.Options{Safelist: addresses})
			for range 2 {
				if err := h.Watch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		sees()
		sees("192.0.2.7", "192.0.2.8") // said for the first time
		sees("192.0.2.8", "192.0.2.7")
		sees()
		h.wantOutbox()
		sees("198.51.100.1")
		h.wantOutbox("mail ops@example.com list waiting")
		d, err := store.Deliveries(t.Context(), h.db.Read(), store.DeliveryFilter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"198.51.100.1", "before it was 192.0.2.7, 192.0.2.8", `"Acme"`, `"Other"`, `"/settings/network"`, string(purser.EventAddressChanged)} {
			if !strings.Contains(d[0].Event, want) {
				t.Errorf("the notice lacks %q: %s", want, d[0].Event)
			}
		}
		sees("192.0.2.7", "192.0.2.8") // and back: another change
		h.wantOutbox("mail ops@example.com list waiting", "mail ops@example.com list waiting")
	})
}
