package web

import (
	"context"

	"purser"
)

// Runs is grown page by page.
type Runs any

// Connect is grown page by page.
type Connect interface {
	Instances(ctx context.Context) ([]purser.Instance, error)
}

func (h *Handler) integrationRoutes(adder) {}
func (h *Handler) runRoutes(adder)         {}
