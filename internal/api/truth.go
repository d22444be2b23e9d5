package api

import (
	"context"

	"purser"
)

// SourceOrders is whose word counts first, field by field; the entry without a
// field stands for all that have no order of their own.
type SourceOrders struct {
	Items []purser.FieldOrder `json:"items"`
}

func (a *API) truth(tag string) {
	a.fedAccounts()
	add(a, call{method: "GET", path: "/people/{id}/fields", tag: tag, id: "listPersonFields", op: purser.OpPersonRead,
		does: "Show what counts of a person field by field, whose word it is and since when, and what other sources say"},
		func(ctx context.Context, in *ByID) (*body[items[purser.FieldTruth]], error) {
			return whole(a.Identity.Truth(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/fields", tag: tag, id: "listAccountFields", op: purser.OpAccountRead,
		does: "Show what counts of an account field by field, whose word it is and since when, and what other sources say"},
		func(ctx context.Context, in *ByID) (*body[items[purser.FieldTruth]], error) {
			return whole(a.Identity.AccountTruth(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/sources", tag: tag, id: "getSourceOrder", op: purser.OpSettingRead,
		does: "List the sources of people in the order in which their word counts"},
		func(ctx context.Context, _ *none) (*body[SourceOrders], error) {
			all, err := a.Identity.Orders(ctx)
			return answer(SourceOrders{all}, err)
		})
	add(a, call{method: "PUT", path: "/sources", tag: tag, id: "setSourceOrder", op: purser.OpSettingWrite,
		does: "Say in which order the word of sources counts, for all fields and for single ones"},
		func(ctx context.Context, in *struct{ Body purser.SourceOrder }) (*body[SourceOrders], error) {
			all, err := a.Identity.SetOrder(ctx, in.Body)
			return answer(SourceOrders{all}, err)
		})
}
