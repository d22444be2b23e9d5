package api

import (
	"context"

	"purser"
	"purser/internal/freeze"
)

// Freeze stops every outgoing call and lets them out again; package freeze does.
type Freeze interface {
	State(ctx context.Context) (freeze.State, error)
	Freeze(ctx context.Context, why string) (freeze.State, error)
	Thaw(ctx context.Context) (freeze.State, error)
	Confirm(ctx context.Context) (freeze.State, error)
}

func (a *API) freeze() {
	add(a, call{method: "GET", path: "/freeze", tag: "Server", id: "getFreeze", does: "Say whether outgoing calls are frozen, since when, by whom and why",
		op: purser.OpRunRead},
		func(ctx context.Context, _ *none) (*body[freeze.State], error) { return answer(a.Freeze.State(ctx)) })
	add(a, call{method: "POST", path: "/freeze", tag: "Server", id: "freeze", does: "Stop every outgoing call at once, those under way included",
		op: purser.OpFreeze},
		func(ctx context.Context, in *struct {
			Body struct {
				Why string `json:"why,omitempty" maxLength:"500"`
			}
		}) (*body[freeze.State], error) {
			return answer(a.Freeze.Freeze(ctx, in.Body.Why))
		})
	add(a, call{method: "POST", path: "/thaw", tag: "Server", id: "thaw", does: "Let outgoing calls out again", op: purser.OpThaw},
		func(ctx context.Context, _ *none) (*body[freeze.State], error) { return answer(a.Freeze.Thaw(ctx)) })
	add(a, call{method: "POST", path: "/restore/confirm", tag: "Server", id: "confirmRestore",
		does: "Say that the box of which this one was restored is gone: this one begins to work", op: purser.OpBackup},
		func(ctx context.Context, _ *none) (*body[freeze.State], error) { return answer(a.Freeze.Confirm(ctx)) })
}
