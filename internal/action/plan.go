package action

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/inventory"
	"purser/internal/manifest"
	"purser/internal/mapping"
	"purser/internal/store"
)

// PlanInput is what a person wants to change.
type PlanInput struct {
	Instance string // id or name; "" where the accounts say it
	Action   string // as the manifest calls it
	Accounts []string
	Filter   *inventory.AccountFilter // instead of Accounts: those of the instance that it selects
	Given    map[string]string        // what the action asks for, or which of several records: plan, group …
	undoOf   string
}

// maxTargets is how many targets one action may have.
const maxTargets = 5000

// Plan works out the exact requests for each target and keeps them. Nothing is
// sent. What must not be touched, and where there is nothing to do, is skipped
// with the reason.
func (s *Service) Plan(ctx context.Context, in PlanInput) (purser.Action, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionPlan); err != nil {
		return purser.Action{}, err
	}
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.Action{}, err
	}
	ids, instance, err := s.chosen(ctx, in)
	if err != nil {
		return purser.Action{}, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil {
		return purser.Action{}, err
	}
	c, a, err := s.declared(i, in.Action)
	if err != nil {
		return purser.Action{}, err
	}
	if err := checkGiven(a, in.Given); err != nil {
		return purser.Action{}, err
	}
	sw, err := store.InstanceSwitch(ctx, s.DB.Read(), i.No, purser.Switch(a.Switch()))
	if err != nil {
		return purser.Action{}, err
	}
	if sw.Enabled == 0 {
		return purser.Action{}, off(i, a)
	}
	p := &planning{Service: s, instance: i, action: a, given: in.Given}
	if p.shield, err = readShield(ctx, s.DB.Read()); err != nil {
		return purser.Action{}, err
	}
	if err := p.all(ctx, ids); err != nil {
		return purser.Action{}, err
	}
	return s.keep(ctx, c, sw, p, in.undoOf)
}

func off(i purser.Instance, a *manifest.CompiledAction) *purser.Problem {
	sw := purser.Switch(a.Switch())
	return &purser.Problem{Kind: purser.ProblemConflict, Field: "switch", What: sw.Title() + " is off for " + i.Name,
		Hint: "An admin can turn it on, on the instance's page under Actions"}
}

// chosen returns the accounts and their instance.
func (s *Service) chosen(ctx context.Context, in PlanInput) (ids []string, instance string, err error) {
	instance = in.Instance
	if in.Filter != nil {
		return s.selected(ctx, in)
	}
	for _, id := range in.Accounts {
		if slices.Contains(ids, id) {
			continue
		}
		a, err := s.Accounts.Account(ctx, id)
		if err != nil {
			return nil, "", err
		}
		if instance == "" {
			instance = a.InstanceID
		}
		if a.InstanceID != instance && a.InstanceName != instance {
			return nil, "", purser.Invalid("accounts", "these accounts are of several instances: plan an action for each instance")
		}
		if ids = append(ids, id); len(ids) > maxTargets {
			return nil, "", purser.Invalid("accounts", "one action can have %d targets at most", maxTargets)
		}
	}
	if instance == "" {
		return nil, "", purser.Invalid("accounts", "name the accounts, or an instance")
	}
	return ids, instance, nil
}

// selected returns the accounts that a filter selects within one instance.
func (s *Service) selected(ctx context.Context, in PlanInput) (ids []string, instance string, err error) {
	f := *in.Filter
	if in.Instance != "" {
		f.InstanceID = in.Instance
	}
	if f.InstanceID == "" && len(f.Instances) == 1 {
		f.InstanceID = f.Instances[0]
	}
	if f.InstanceID == "" || f.AsOf != "" || f.Removed {
		return nil, "", purser.Invalid("filter", "a selection by filter is of one instance, and of accounts that are there today")
	}
	page := purser.Page{Limit: 1000}
	for {
		list, err := s.Accounts.Accounts(ctx, f, page)
		if err != nil {
			return nil, "", err
		}
		for _, a := range list.Items {
			ids = append(ids, a.ID)
		}
		if len(ids) > maxTargets {
			return nil, "", purser.Invalid("filter", "more than %d accounts are selected: narrow the filter", maxTargets)
		}
		if list.Next == "" {
			return ids, f.InstanceID, nil
		}
		page.After = list.Next
	}
}

// allowedGiven lists what may be given for an action: what its requests ask for,
// and what tells apart several records of one account.
func allowedGiven(a *manifest.CompiledAction) []string {
	allowed := a.Given()
	if makes(a) {
		return allowed
	}
	for _, f := range purser.Fields(purser.Kind(a.Target)) {
		if f.Key && f.Name != "account" && !slices.Contains(allowed, f.Name) {
			allowed = append(allowed, f.Name)
		}
	}
	return allowed
}

// neededGiven lists what must be given: all that the requests ask for, and never
// all of somebody's groups or applications at once by an omission.
func neededGiven(a *manifest.CompiledAction) []string {
	needs := a.Given()
	for _, name := range allowedGiven(a) {
		if (name == "group" || name == "application") && !slices.Contains(needs, name) {
			needs = append(needs, name)
		}
	}
	return needs
}

// checkGiven refuses what the action does not ask for and says what is missing.
func checkGiven(a *manifest.CompiledAction, given map[string]string) error {
	allowed, needs := allowedGiven(a), neededGiven(a)
	for name, v := range given {
		if !slices.Contains(allowed, name) {
			return purser.Invalid("given", "%s asks for nothing called %q; it asks for: %s", a.Name, name, orNone(allowed))
		}
		if utf8.RuneCountInString(v) > 500 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
			return purser.Invalid("given", "the value of %s is too long, or has characters that cannot be seen", name)
		}
	}
	for _, name := range needs {
		if strings.TrimSpace(given[name]) == "" {
			return purser.Invalid("given", "%s needs to know: %s", a.Name, strings.Join(needs, ", "))
		}
	}
	return nil
}

// planning is an action on its way to be kept.
type planning struct {
	*Service
	instance purser.Instance
	action   *manifest.CompiledAction
	given    map[string]string
	shield   shield
	items    []store.ActionItemRow
}

func (p *planning) all(ctx context.Context, ids []string) error {
	db := p.DB.Read()
	if len(ids) == 0 && makes(p.action) && purser.Kind(p.action.Target) == purser.KindAccount {
		// A new account: nothing of it is known but what is given.
		t := target{given: p.given, record: store.Record{ExternalID: cmp.Or(p.given["email"], p.given["user_name"]), Live: true, Fields: map[string]any{}}}
		return p.add(ctx, t)
	}
	if len(ids) == 0 {
		return purser.Invalid("accounts", "no account is chosen")
	}
	for _, id := range ids {
		row, ok, err := store.AccountByID(ctx, db, store.KeyOf("acc_", id), store.UseAt{})
		if err != nil {
			return err
		}
		account, live, err := accountOf(ctx, db, p.instance.No, row.ExternalID)
		if err != nil {
			return err
		}
		if !ok || !live {
			p.items = append(p.items, store.ActionItemRow{AccountID: store.KeyOf("acc_", id), Account: row.ExternalID, Record: row.ExternalID,
				Label: cmp.Or(row.DisplayName, row.Email, row.ExternalID), Requests: "[]", State: string(purser.ItemSkipped), Why: "the account is not there any more"})
			continue
		}
		targets, err := p.targets(ctx, db, p.instance, p.action, account, p.given)
		if err != nil {
			return err
		}
		if len(targets) == 0 {
			none := target{account: account, record: account, given: p.given}
			p.skip(none, "it has no "+p.action.Target+" that this would change")
		}
		for _, t := range targets {
			if err := p.add(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// add works out the requests for a target, or why there are none.
func (p *planning) add(ctx context.Context, t target) error {
	if len(p.items) >= maxTargets {
		return purser.Invalid("accounts", "one action can have %d targets at most", maxTargets)
	}
	why, err := p.Service.refuses(ctx, p.DB.Read(), p.instance, p.action, p.shield, &t, 0)
	if err != nil {
		return err
	}
	if why != "" {
		p.skip(t, why)
		return nil
	}
	requests, err := p.requests(t)
	if m, ok := errors.AsType[*mapping.MissingError](err); ok {
		p.skip(t, "the request needs "+m.Name+", which is not known of it")
		return nil
	}
	if err != nil {
		return purser.Invalid("action", "the request cannot be made: %v", err)
	}
	text, err := json.Marshal(requests)
	if err != nil {
		return err
	}
	p.items = append(p.items, p.row(t, string(text), purser.ItemPlanned, ""))
	return nil
}

func (p *planning) row(t target, requests string, state purser.ItemState, why string) store.ActionItemRow {
	return store.ActionItemRow{InstanceNo: p.instance.No, AccountID: t.account.No, Account: t.account.ExternalID, Record: t.record.ExternalID, Label: t.name(),
		Requests: requests, State: string(state), Why: why}
}

func (p *planning) skip(t target, why string) {
	p.items = append(p.items, p.row(t, "[]", purser.ItemSkipped, why))
}

// requests are the exact requests for a target, without the credential.
func (p *planning) requests(t target) ([]purser.ActionRequest, error) {
	var out []purser.ActionRequest
	for _, step := range p.action.Steps {
		b, err := step.Build(t.vars(p.Vars(p.instance)), manifest.Added{})
		if err != nil {
			return nil, err
		}
		out = append(out, purser.ActionRequest{Method: b.Method, URL: b.URL, Route: b.Route, Headers: b.Header, ContentType: b.ContentType, Body: string(b.Body)})
	}
	return out, nil
}

// refuses says why an action must not be sent for a target now, "" if it may. own
// is the target's own number if it was planned already.
func (s *Service) refuses(ctx context.Context, db bun.IDB, i purser.Instance, a *manifest.CompiledAction, p shield, t *target, own int64) (string, error) {
	why, err := p.why(ctx, db, i, *t)
	if err != nil || why != "" {
		return why, err
	}
	if t.record.ExternalID != "" {
		busy, err := store.OpenActionItems(ctx, db, i.No, t.record.ExternalID, purser.ItemRunning, purser.ItemUnsure)
		if err != nil {
			return "", err
		}
		for _, b := range busy {
			if b.No != own {
				return "the action " + b.ActionID + " is under way for it, or nobody knows yet whether it arrived", nil
			}
		}
	}
	if err := s.withSent(ctx, db, i, t); err != nil {
		return "", err
	}
	applies, err := a.Applies(t.facts(), s.Vars(i))
	switch {
	case err != nil:
		return "", fmt.Errorf("ask whether %s applies: %w", a.Name, err)
	case applies == purser.No:
		return "there is nothing to do: " + said(a, *t), nil
	case applies == purser.Unknown:
		return "what is known of it does not tell whether there is anything to do: " + said(a, *t), nil
	}
	return "", nil
}

// said is the field that decides, in words.
func said(a *manifest.CompiledAction, t target) string {
	if status, ok := text(t.account.Fields["status"]); ok && strings.Contains(a.When, "status") {
		return "its status is " + status
	}
	return "the connector's condition for " + strings.ReplaceAll(a.Name, "_", " ") + " is not met"
}

// keep stores the plan.
func (s *Service) keep(ctx context.Context, c *manifest.Connector, sw store.SwitchRow, p *planning, undoOf string) (purser.Action, error) {
	planned := 0
	for _, item := range p.items {
		if item.State == string(purser.ItemPlanned) {
			planned++
		}
	}
	if planned == 0 {
		return purser.Action{}, &purser.Problem{Kind: purser.ProblemConflict, Field: "accounts", What: nothing(p)}
	}
	approval, err := s.approvalOf(ctx, sw, p.action)
	if err != nil {
		return purser.Action{}, err
	}
	actor, who, err := asking(ctx)
	if err != nil {
		return purser.Action{}, err
	}
	given, err := json.Marshal(p.given)
	if err != nil {
		return purser.Action{}, err
	}
	if p.given == nil {
		given = []byte("{}")
	}
	row := store.ActionRow{ID: s.IDs.New(purser.PrefixAction), InstanceNo: p.instance.No, Connector: p.instance.Connector, Name: p.action.Name, Digest: c.Digest,
		Given: string(given), State: string(purser.ActionPlanned), PlannedBy: who, PlannedAt: s.now(), UndoOf: undoOf}
	if approval {
		row.Approval = 1
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no, err := store.InsertAction(ctx, tx, row)
		if err != nil {
			return err
		}
		for _, item := range p.items {
			item.ActionNo, item.InstanceNo = no, p.instance.No
			if item.State == string(purser.ItemSkipped) {
				item.EndedAt = s.now()
			}
			if err := store.InsertActionItem(ctx, tx, item); err != nil {
				return err
			}
		}
		return audit.Append(purser.WithActor(ctx, actor), tx, audit.Entry{Operation: purser.OpActionPlan, Object: row.ID, ObjectName: p.action.Name + " at " + p.instance.Name, At: s.Now(),
			After: map[string]any{"state": row.State, "instance": p.instance.ID, "action": p.action.Name, "targets": planned, "skipped": len(p.items) - planned,
				"approval": approval, "undo of": undoOf, "given": p.given}})
	})
	if err != nil {
		return purser.Action{}, err
	}
	return s.show(ctx, row.ID)
}

func nothing(p *planning) string {
	if len(p.items) == 1 {
		return p.items[0].Label + ": " + p.items[0].Why
	}
	seen := map[string]int{}
	for _, item := range p.items {
		seen[item.Why]++
	}
	var parts []string
	for why, n := range seen {
		parts = append(parts, fmt.Sprintf("%d: %s", n, why))
	}
	slices.Sort(parts)
	return "nothing would be changed. " + strings.Join(parts, "; ")
}

// asking returns who asks, and the same as it is kept.
func asking(ctx context.Context) (purser.Actor, string, error) {
	actor, ok := purser.ActorFrom(ctx)
	if !ok {
		actor = purser.Actor{Kind: purser.ActorSystem, ID: "purser", Name: "Purser", Origin: "system"}
	}
	kept := actor
	kept.Session, kept.Scopes = "", nil
	text, err := json.Marshal(kept)
	return actor, string(text), err
}
