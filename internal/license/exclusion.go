package license

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Exclusion is a rule by which accounts of an application are left out of
// findings about seats.
type Exclusion struct {
	ID     string    `json:"id"`    // exc_<number>
	What   string    `json:"what"`  // account, kind, domain
	Value  string    `json:"value"` // acc_<number>'s instance and identifier, robot, example.com
	Reason string    `json:"reason"`
	MadeBy string    `json:"made_by"`
	MadeAt time.Time `json:"made_at"`
	// Of an account that is there: its page, and its name for those who may see it.
	AccountID   string `json:"account_id,omitempty"`
	AccountName string `json:"account_name,omitempty"`
}

// Exclusions lists the rules of an application.
func (s *Service) Exclusions(ctx context.Context, application string) ([]Exclusion, error) {
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	rows, err := store.Exclusions(ctx, s.DB.Read(), store.KeyOf("app_", application))
	out := make([]Exclusion, 0, len(rows))
	names := s.Gate.Allow(ctx, purser.OpNameRead) == nil
	for _, r := range rows {
		if r.What == "account" && !names {
			r.Value, r.AccountName = "an account, hidden for your role", ""
		}
		out = append(out, Exclusion{ID: store.RowID("exc_", r.No), What: r.What, Value: r.Value, Reason: r.Reason, MadeBy: r.MadeBy, MadeAt: r.MadeAt.Time(),
			AccountID: store.RowID("acc_", r.Account), AccountName: r.AccountName})
	}
	return out, err
}

// Exclude adds a rule. The value of what account is acc_<number>.
func (s *Service) Exclude(ctx context.Context, application, what, value, reason string) error {
	if err := s.Gate.Allow(ctx, purser.OpLicenseSet); err != nil {
		return err
	}
	value, reason = strings.ToLower(strings.TrimSpace(value)), strings.TrimSpace(reason)
	if reason == "" {
		return purser.Invalid("reason", "say why these seats are to be left alone")
	}
	if value == "" {
		return purser.Invalid("value", "name an account, a kind of accounts or a mail domain")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no := store.KeyOf("app_", application)
		app, ok, err := store.ApplicationByID(ctx, tx, no)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("application", application)
		}
		switch what {
		case "account":
			a, ok, err := store.AccountByID(ctx, tx, store.KeyOf("acc_", value), store.UseAt{})
			if err != nil {
				return err
			}
			if !ok {
				return purser.Invalid("value", "there is no account %q", value)
			}
			value = a.InstanceID + "/" + a.ExternalID
		case "kind", "domain":
			value = strings.TrimPrefix(value, "@")
		default:
			return purser.Invalid("what", "a rule is about an account, a kind or a domain")
		}
		actor, _ := purser.ActorFrom(ctx)
		err = store.AddExclusion(ctx, tx, store.ExclusionRow{Application: no, What: what, Value: value, Reason: reason, MadeBy: actor.Name, MadeAt: purser.MicrosOf(s.Now())})
		if err != nil {
			return err
		}
		if err := store.MarkFindings(ctx, tx, no); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpLicenseSet, Object: application, ObjectName: app.Name, After: map[string]any{"excluded": what, "value": value, "reason": reason}, At: s.Now()})
	})
}

// Include takes a rule away.
func (s *Service) Include(ctx context.Context, id string) error {
	if err := s.Gate.Allow(ctx, purser.OpLicenseSet); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, ok, err := store.DropExclusion(ctx, tx, store.KeyOf("exc_", id))
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("exclusion", id)
		}
		if err := store.MarkFindings(ctx, tx, r.Application); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpLicenseSet, Object: store.ApplicationID(r.Application), Before: map[string]any{"excluded": r.What, "value": r.Value, "reason": r.Reason}, At: s.Now()})
	})
}
