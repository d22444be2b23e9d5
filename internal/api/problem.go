package api

import (
	"context"
	"net/http"

	"purser/internal/httpd"
)

// problem is an error as huma writes it.
type problem struct {
	httpd.Told
	cause error
}

// told puts err into words for the one who asked.
func told(ctx context.Context, err error) error {
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
	return &problem{Told: httpd.Tell(r, err), cause: err}
}

// Error returns the cause, for the server's log.
func (p *problem) Error() string { return p.cause.Error() }

// Unwrap returns the cause.
func (p *problem) Unwrap() error { return p.cause }

// GetStatus returns the status of the answer.
func (p *problem) GetStatus() int { return p.Status }

// ContentType says that it is a problem.
func (p *problem) ContentType(string) string { return "application/problem+json" }
