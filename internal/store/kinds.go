package store

import (
	"context"

	"github.com/uptrace/bun"
)

func alignKinds(ctx context.Context, tx bun.Tx) error { return nil }
