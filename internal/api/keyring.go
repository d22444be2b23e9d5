package api

import (
	"context"

	"purser"
	"purser/internal/keyring"
)

// Keys rotates the sealing key; package keyring does.
type Keys interface {
	State(ctx context.Context) (keyring.KeyState, error)
	Rotate(ctx context.Context) (keyring.KeyState, error)
	Retire(ctx context.Context) (keyring.KeyState, error)
}

func (a *API) keys() {
	add(a, call{method: "GET", path: "/key", tag: "Server", id: "getKey", does: "Say how many sealed values stand under which key", op: purser.OpBackup},
		func(ctx context.Context, _ *none) (*body[keyring.KeyState], error) { return answer(a.Keys.State(ctx)) })
	add(a, call{method: "POST", path: "/key/rotate", tag: "Server", id: "rotateKey",
		does: "Add a new key to the key file and seal everything with it, or go on with a rotation that was cut off", op: purser.OpBackup, long: true},
		func(ctx context.Context, _ *none) (*body[keyring.KeyState], error) { return answer(a.Keys.Rotate(ctx)) })
	add(a, call{method: "POST", path: "/key/retire", tag: "Server", id: "retireKeys",
		does: "Take the old keys out of the key file, once nothing is sealed with them", op: purser.OpBackup},
		func(ctx context.Context, _ *none) (*body[keyring.KeyState], error) { return answer(a.Keys.Retire(ctx)) })
}
