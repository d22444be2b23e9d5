package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// Names of the settings that matching rests on.
const (
	settingOrganization = "organization"
	SettingMatching     = "matching"
)

// MatchSettings returns what an admin said about the organization and about which
// addresses are the same.
func MatchSettings(ctx context.Context, db bun.IDB) (us purser.Organization, r purser.MatchRules, err error) {
	for name, to := range map[string]any{settingOrganization: &us, SettingMatching: &r} {
		text, ok, err := Setting(ctx, db, name)
		if err != nil {
			return us, r, err
		}
		if ok {
			if err := json.Unmarshal([]byte(text), to); err != nil {
				return us, r, fmt.Errorf("read the setting %s: %w", name, err)
			}
		}
	}
	return us, r, nil
}
