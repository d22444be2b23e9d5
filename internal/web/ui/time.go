package ui

import (
	"context"
	"time"
)

// exact writes t to the second in the organization's zone.
func exact(ctx context.Context, t time.Time) string {
	return t.In(kit(ctx).Zone).Format("2 Jan 2006, 15:04:05 MST")
}
