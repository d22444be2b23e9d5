package connect

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// Calls returns what was asked of an instance's vendor, by host and path.
func (s *Service) Calls(ctx context.Context, instanceID string) ([]purser.Call, error) {
	if err := s.gate.Allow(ctx, purser.OpRunRead); err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	return store.Calls(ctx, s.db.Read(), i.No)
}

// countCall adds a request outside of runs (a test, a consent) to the calls of an
// instance. A count that cannot be written stops nothing.
func (s *Service) countCall(ctx context.Context, instanceNo int64, e vendorhttp.Event) {
	c, ok := purser.CallOf(line(e))
	if !ok {
		return
	}
	_ = s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		return store.CountCalls(ctx, tx, instanceNo, []purser.Call{c})
	})
}
