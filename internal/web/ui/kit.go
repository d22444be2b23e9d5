package ui

import (
	"context"
	"net/http"
	"time"

	"purser/internal/web/assets"
)

// Kit is what components need besides their arguments.
type Kit struct {
	Assets *assets.Assets
	Now    func() time.Time
	// Zone is the organization's time zone; UTC if nil.
	Zone *time.Location
}

type (
	kitKey  struct{}
	csrfKey struct{}
	dataKey struct{}
)

// Context returns a context in which components find k.
func (k Kit) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, kitKey{}, k)
}

// Wrap gives the context of k to every request of next.
func (k Kit) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(k.Context(r.Context())))
	})
}

// WithCSRF returns a context in which every Form carries token in a hidden field
// called csrf. Without it no field is written.
func WithCSRF(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, csrfKey{}, token)
}

func csrf(ctx context.Context) string {
	s, _ := ctx.Value(csrfKey{}).(string)
	return s
}

func kit(ctx context.Context) Kit {
	k, _ := ctx.Value(kitKey{}).(Kit)
	if k.Zone == nil {
		k.Zone = time.UTC
	}
	return k
}

// asset returns the address of a web asset by its plain name.
func asset(ctx context.Context, name string) string { return kit(ctx).Assets.Path(name) }

// WithDataTime gives the page under ctx the time of the data under its numbers:
// its head says it, unless the page knows another one.
func WithDataTime(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, dataKey{}, at)
}

// dataTime returns at, else the time of the data of the page under ctx.
func dataTime(ctx context.Context, at time.Time) time.Time {
	if at.IsZero() {
		at, _ = ctx.Value(dataKey{}).(time.Time)
	}
	return at
}

// now returns the kit's time, the zero time if there is no clock.
func now(ctx context.Context) time.Time {
	if k := kit(ctx); k.Now != nil {
		return k.Now()
	}
	return time.Time{}
}
