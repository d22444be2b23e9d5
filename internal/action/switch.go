package action

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
)

// SwitchChange is what an admin changes of a switch; nil stays.
type SwitchChange struct {
	On       *bool
	Approval *purser.Approval // "" as the organization says
}

// Switches returns the switches of an instance with the actions behind each. A
// switch behind which its connector has no action is left out.
func (s *Service) Switches(ctx context.Context, instance string) ([]purser.InstanceSwitch, error) {
	for _, op := range []purser.Operation{purser.OpActionRead, purser.OpInstanceRead} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return nil, err
		}
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil {
		return nil, err
	}
	return s.switches(ctx, i)
}

// Acts reports whether a connector declares an action for accounts that there are;
// the others only read.
func (s *Service) Acts(connector string) bool {
	c := s.Catalog.Get(connector)
	return c != nil && slices.ContainsFunc(c.Actions, func(a *manifest.CompiledAction) bool { return a.Name != "create" })
}

func (s *Service) switches(ctx context.Context, i purser.Instance) ([]purser.InstanceSwitch, error) {
	out := []purser.InstanceSwitch{}
	c := s.Catalog.Get(i.Connector)
	if c == nil {
		return out, nil
	}
	for _, name := range purser.Switches() {
		row, err := store.InstanceSwitch(ctx, s.DB.Read(), i.No, name)
		if err != nil {
			return nil, err
		}
		sw := purser.InstanceSwitch{Switch: name, On: row.Enabled != 0, Approval: purser.Approval(row.Approval), ChangedBy: row.ChangedBy, ChangedAt: row.ChangedAt.Time()}
		for _, a := range c.Actions {
			if a.Switch() == string(name) {
				sw.Actions = append(sw.Actions, offer(a, sw.On))
			}
		}
		if len(sw.Actions) > 0 {
			out = append(out, sw)
		}
	}
	return out, nil
}

// Missing returns the permissions that the vendor has not granted for the
// switches of an instance that are on, as far as it tells. It may ask the vendor for a token.
func (s *Service) Missing(ctx context.Context, instance string) ([]purser.InstanceSwitch, error) {
	all, err := s.Switches(ctx, instance)
	if err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil || !i.Confirmed {
		return all, err
	}
	for n := range all {
		if !all[n].On {
			continue
		}
		if all[n].Missing, all[n].Browser, err = s.Vendors.Permits(ctx, i, all[n].Switch); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func offer(a *manifest.CompiledAction, on bool) purser.ActionOffer {
	o := purser.ActionOffer{Name: a.Name, Target: purser.Kind(a.Target), Switch: purser.Switch(a.Switch()), On: on, DataEffect: a.DataEffect,
		Irreversible: a.Irreversible, Given: neededGiven(a), Scopes: a.Scopes.Names(), Needs: a.Needs}
	if o.Scopes == nil {
		o.Scopes = []string{}
	}
	return o
}

// SetSwitch turns the actions behind a switch on or off, or changes who has to
// approve them. Turning it on asks the vendor whether the credential may: where it
// may do none of it, nothing is changed and the permissions to grant are named;
// where they are granted in a browser, the switch goes on and authorizing anew
// asks for them.
func (s *Service) SetSwitch(ctx context.Context, instance string, name purser.Switch, change SwitchChange) (purser.InstanceSwitch, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionSwitch); err != nil {
		return purser.InstanceSwitch{}, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil {
		return purser.InstanceSwitch{}, err
	}
	all, err := s.switches(ctx, i)
	if err != nil {
		return purser.InstanceSwitch{}, err
	}
	at := slices.IndexFunc(all, func(o purser.InstanceSwitch) bool { return o.Switch == name })
	if at < 0 {
		return purser.InstanceSwitch{}, purser.Invalid("switch", "the connector of %s has no action behind %q", i.Name, string(name))
	}
	now := all[at]
	if change.Approval != nil && *change.Approval != "" && !slices.Contains(purser.Approvals(), *change.Approval) {
		return now, purser.Invalid("approval", "%q is none of never, irreversible, always", string(*change.Approval))
	}
	var missing []string
	browser := false
	if change.On != nil && *change.On && !now.On {
		if missing, browser, err = s.permitted(ctx, i, name); err != nil {
			return now, err
		}
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := store.InstanceSwitch(ctx, tx, i.No, name)
		if err != nil {
			return err
		}
		before := switchFacts(row)
		if change.On != nil {
			row.Enabled = map[bool]int64{true: 1}[*change.On]
		}
		if change.Approval != nil {
			row.Approval = string(*change.Approval)
		}
		actor, _ := purser.ActorFrom(ctx)
		row.InstanceNo, row.Name, row.ChangedBy, row.ChangedAt = i.No, string(name), actor.Name, s.now()
		if err := store.PutInstanceSwitch(ctx, tx, row); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionSwitch, Object: i.ID, ObjectName: i.Name + ", " + name.Title(), At: s.Now(),
			Before: before, After: switchFacts(row)})
	})
	if err != nil {
		return now, err
	}
	if all, err = s.switches(ctx, i); err != nil {
		return now, err
	}
	all[at].Missing, all[at].Browser = missing, browser
	return all[at], nil
}

// permitted refuses to turn a switch on that the credential could not use.
func (s *Service) permitted(ctx context.Context, i purser.Instance, name purser.Switch) (missing []string, browser bool, err error) {
	if i.Status != purser.StatusLive {
		return nil, false, &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: i.Name + " is " + string(i.Status) + ": only a live instance can be written to",
			Hint: "Connect, activate or repair it first"}
	}
	missing, browser, err = s.Vendors.Permits(ctx, i, name)
	if err == nil && !browser && s.nonePermitted(i, name, missing) {
		err = &purser.Problem{Kind: purser.ProblemConflict, Field: "scopes", What: "the vendor does not let this credential write yet; it lacks " + strings.Join(missing, ", "),
			Hint: "Grant it in the vendor's console, then turn " + strings.ToLower(name.Title()) + " on again. Reading goes on as before"}
	}
	return missing, browser, err
}

// nonePermitted reports whether every action behind a switch lacks a permission.
func (s *Service) nonePermitted(i purser.Instance, name purser.Switch, missing []string) bool {
	c := s.Catalog.Get(i.Connector)
	for _, a := range c.Actions {
		lacks := func(scope string) bool { return slices.Contains(missing, scope) }
		if a.Switch() == string(name) && !slices.ContainsFunc(a.Scopes.Asked(c.Manifest, i.Settings), lacks) {
			return false
		}
	}
	return true
}

func switchFacts(r store.SwitchRow) map[string]any {
	approval := r.Approval
	if approval == "" {
		approval = "as the organization says"
	}
	return map[string]any{"switch": r.Name, "on": r.Enabled != 0, "approval": approval}
}

// Approval returns the organization's rule of approval.
func (s *Service) Approval(ctx context.Context) (purser.Approval, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionRead); err != nil {
		return "", err
	}
	kept, ok, err := store.Setting(ctx, s.DB.Read(), settingApproval)
	if !ok || err != nil {
		return purser.ApprovalNever, err
	}
	return purser.Approval(kept), nil
}

// SetApproval changes the organization's rule of approval. Actions that are
// planned already need an approval as well if the rule now asks for it.
func (s *Service) SetApproval(ctx context.Context, rule purser.Approval) error {
	if err := s.Gate.Allow(ctx, purser.OpActionSwitch); err != nil {
		return err
	}
	if !slices.Contains(purser.Approvals(), rule) {
		return purser.Invalid("approval", "%q is none of never, irreversible, always", string(rule))
	}
	before, err := s.Approval(ctx)
	if err != nil || before == rule {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.PutSetting(ctx, tx, settingApproval, string(rule), s.now()); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionSwitch, Object: "approval", ObjectName: "Approval of actions", At: s.Now(),
			Before: map[string]any{"approval": string(before)}, After: map[string]any{"approval": string(rule)}})
	})
}

// Offers returns what the connector of an account's instance could do with it,
// with the reason where it cannot now. The vendor is not asked.
func (s *Service) Offers(ctx context.Context, accountID string) ([]purser.ActionOffer, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionRead); err != nil {
		return nil, err
	}
	shown, err := s.Accounts.Account(ctx, accountID)
	if err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), shown.InstanceID)
	if err != nil {
		return nil, err
	}
	all, err := s.switches(ctx, i)
	out := []purser.ActionOffer{}
	if err != nil || len(all) == 0 {
		return out, err
	}
	db := s.DB.Read()
	shield, err := readShield(ctx, db)
	if err != nil {
		return nil, err
	}
	account, live, err := accountOf(ctx, db, i.No, shown.ExternalID)
	if err != nil {
		return nil, err
	}
	for _, sw := range all {
		for _, o := range sw.Actions {
			if o.Name == "create" { // of an account that is there
				continue
			}
			if o.Why, err = s.offerWhy(ctx, i, o, account, live, shield); err != nil {
				return nil, err
			}
			o.Ready = o.Why == ""
			out = append(out, o)
		}
	}
	return out, nil
}

// offerWhy says why an action cannot be planned for an account now, "" if it can.
func (s *Service) offerWhy(ctx context.Context, i purser.Instance, o purser.ActionOffer, account store.Record, live bool, p shield) (string, error) {
	switch {
	case !o.On:
		return o.Switch.Title() + " is off for " + i.Name, nil
	case i.Status != purser.StatusLive:
		return i.Name + " is " + string(i.Status), nil
	case !live:
		return "the account is not there any more", nil
	}
	_, a, err := s.declared(i, o.Name)
	if err != nil {
		return "", err
	}
	t := target{account: account, record: account}
	if a.Target != string(purser.KindAccount) {
		return p.why(ctx, s.DB.Read(), i, t) // which of its records is said with the plan
	}
	return s.refuses(ctx, s.DB.Read(), i, a, p, &t, 0)
}
