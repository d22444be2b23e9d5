package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"purser/internal/app"
	"purser/internal/credential"
	"purser/internal/keyring"
	"purser/internal/store"
)

type keyCmd struct {
	Show   keyShowCmd   `cmd:"" help:"Say how many secrets stand under which key."`
	Rotate keyRotateCmd `cmd:"" help:"Seal everything with a new key, or go on with a rotation that was cut off."`
	Retire keyRetireCmd `cmd:"" help:"Take the old keys out of the key file, once nothing needs them."`
}

// keyPlace is where the key file lies if no server runs.
type keyPlace struct {
	offline
	KeyFile string `help:"Key file, where no server runs." env:"PURSER_KEY_FILE" type:"path" placeholder:"FILE"`
}

type keyShowCmd struct{ keyPlace }

// Run says how many secrets stand under which key.
func (c *keyShowCmd) Run(ctx context.Context, s *session) error {
	state, err := c.ask(ctx, s, http.MethodGet, "/key", (*keyring.Service).State)
	if err != nil {
		return err
	}
	return s.done(state, "%d keys, %d sealed secrets, %d of them under an older key\n", state.Keys, state.Sealed, state.Old)
}

type keyRotateCmd struct{ keyPlace }

// Run rotates the key and shows how far it is.
func (c *keyRotateCmd) Run(ctx context.Context, s *session) error {
	state, err := c.ask(ctx, s, http.MethodPost, "/key/rotate", (*keyring.Service).Rotate)
	if err != nil {
		return err
	}
	return s.done(state, "%d secrets are sealed with the new key. Copy the key file to where you keep it, then: purser key retire\n", state.Sealed)
}

type keyRetireCmd struct{ keyPlace }

// Run retires the old keys.
func (c *keyRetireCmd) Run(ctx context.Context, s *session) error {
	state, err := c.ask(ctx, s, http.MethodPost, "/key/retire", (*keyring.Service).Retire)
	if err != nil {
		return err
	}
	return s.done(state, "the key file holds one key now. Backups made before the rotation need the key file as it was\n")
}

func (c *keyPlace) ask(ctx context.Context, s *session, method, path string, alone func(*keyring.Service, context.Context) (keyring.KeyState, error)) (state keyring.KeyState, err error) {
	err = c.either(ctx, s, func(cl *client) error {
		var in any
		if method == http.MethodPost {
			in = struct{}{}
		}
		return cl.do(ctx, method, path, nil, in, &state)
	}, func(ctx context.Context, b *box) error {
		sealer, file, err := c.sealer(ctx, s, b)
		if err != nil {
			return err
		}
		state, err = alone(keyring.New(keyring.Options{DB: b.db, Gate: b, Sealer: sealer, KeyFile: file, Now: time.Now}), ctx)
		return err
	})
	return state, err
}

// sealer opens the key file of a data folder that no server uses.
func (c *keyPlace) sealer(ctx context.Context, s *session, b *box) (*credential.Sealer, string, error) {
	file := c.KeyFile
	if file == "" {
		file = filepath.Join(s.data, app.KeyName)
	}
	kept, _, err := store.Setting(ctx, b.db.Read(), keyring.SettingCheck)
	if err != nil {
		return nil, "", err
	}
	check, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return nil, "", fmt.Errorf("what is kept to recognize the sealing key is damaged: %w", err)
	}
	sealer, _, err := credential.OpenKeyFile(file, check)
	return sealer, file, err
}
