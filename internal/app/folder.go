package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/keyring"
	"purser/internal/store"
)

// Names of settings that Purser keeps for itself.
const (
	settingKeyCheck  = keyring.SettingCheck
	settingVendorMap = "vendor_map"
)

// KeyName is the key file's name where the operator names none.
const KeyName = "purser.key"

// keyFile is where the sealing key lies.
func keyFile(named, data string) string {
	if named != "" {
		return named
	}
	return filepath.Join(data, KeyName)
}

// openKey opens the sealing key and notes, at the first start, how to recognize it.
func openKey(ctx context.Context, db *store.DB, path string, now time.Time, log *slog.Logger) (*credential.Sealer, error) {
	kept, known, err := store.Setting(ctx, db.Read(), settingKeyCheck)
	if err != nil {
		return nil, fmt.Errorf("looking up the sealing key: %w", err)
	}
	var check []byte
	if known {
		if check, err = base64.StdEncoding.DecodeString(kept); err != nil {
			return nil, fmt.Errorf("what is kept to recognize the sealing key is damaged: %w", err)
		}
	}
	sealer, made, err := credential.OpenKeyFile(path, check)
	if err != nil {
		return nil, err
	}
	if made {
		log.WarnContext(ctx, "a new key was made that seals credentials; keep a copy apart from the data", "file", path)
	}
	if known {
		return sealer, nil
	}
	if check, err = sealer.Check(); err != nil {
		return nil, err
	}
	return sealer, putSetting(ctx, db, settingKeyCheck, base64.StdEncoding.EncodeToString(check), now)
}

// checkVendorMap sees that a vendor map is used with a data folder that was made
// with one, and only there: credentials of real vendors must never be sent to
// somebody who plays them, nor the other way round.
func checkVendorMap(ctx context.Context, db *store.DB, mapped bool, now time.Time) error {
	kept, known, err := store.Setting(ctx, db.Read(), settingVendorMap)
	if err != nil {
		return fmt.Errorf("looking up how the data folder was made: %w", err)
	}
	want := "none"
	if mapped {
		want = "mapped"
	}
	if !known {
		_, used, err := store.Setting(ctx, db.Read(), settingKeyCheck)
		if err != nil {
			return fmt.Errorf("looking up how the data folder was made: %w", err)
		}
		if used && mapped {
			return vendorMapProblem("this data folder was made without --vendor-map and may hold credentials of real vendors",
				"Give --vendor-map a new, empty --data folder")
		}
		return putSetting(ctx, db, settingVendorMap, want, now)
	}
	switch {
	case kept == want:
		return nil
	case mapped:
		return vendorMapProblem("this data folder was made without --vendor-map and may hold credentials of real vendors",
			"Give --vendor-map a new, empty --data folder")
	default:
		return vendorMapProblem("this data folder was made with --vendor-map, and its credentials are not those of real vendors",
			"Start with the same --vendor-map, or give a new, empty --data folder")
	}
}

func vendorMapProblem(what, hint string) *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemConflict, Field: "vendor-map", What: what, Hint: hint}
}

func putSetting(ctx context.Context, db *store.DB, name, value string, now time.Time) error {
	err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutSetting(ctx, tx, name, value, purser.MicrosOf(now))
	})
	if err != nil {
		return fmt.Errorf("noting %s: %w", name, err)
	}
	return nil
}
