package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

func (a *API) overlaps() {
	add(a, call{method: "GET", path: "/overlap", tag: "Applications", id: "listOverlap", does: "Hold applications of one category of the library side by side: use, seats, people in two of them", op: purser.OpAccountRead},
		func(ctx context.Context, _ *none) (*body[items[inventory.OverlapCategory]], error) {
			return whole(a.Inventory.Overlap(ctx))
		})
}
