package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/web"
	"purser/internal/web/assets"
)

// away is an inventory whose database went away while it was read.
type away struct{ web.Inventory }

func (away) Account(context.Context, string) (purser.Account, error) {
	return purser.Account{}, errors.New("read tcp 192.0.2.1:5432: connection reset by peer")
}

func TestADatabaseThatGoesAwayDuringAReadPausesThePage(t *testing.T) {
	trouble := &purser.Problem{Kind: purser.ProblemPaused, What: "the database does not answer", Hint: "Nothing is lost"}
	for _, c := range []struct {
		says error
		code int
		want string
	}{{trouble, http.StatusServiceUnavailable, "The database does not answer"}, {nil, http.StatusInternalServerError, "error of its own"}} {
		h := web.New(web.Options{Assets: assets.Fake(), Log: slog.New(slog.DiscardHandler), Now: time.Now, Inventory: away{},
			Failed: func(_ context.Context, err error) error { return errors.Join(c.says, err) }})
		w := httptest.NewRecorder()
		for _, r := range h.Routes() {
			if r.Method == http.MethodGet && r.Pattern == "/accounts/{id}" {
				r.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/accounts/acc_1", nil))
			}
		}
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "192.0.2.1") {
			t.Errorf("got %d %s, want %d with %q", w.Code, w.Body, c.code, c.want)
		}
	}
}
