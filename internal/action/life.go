package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
)

// settingApproval is the organization's rule of approval.
const settingApproval = "actions.approval"

// approvalOf says whether a second person has to approve an action.
func (s *Service) approvalOf(ctx context.Context, sw store.SwitchRow, a *manifest.CompiledAction) (bool, error) {
	rule := purser.Approval(sw.Approval)
	if rule == "" {
		kept, ok, err := store.Setting(ctx, s.DB.Read(), settingApproval)
		if err != nil {
			return false, err
		}
		if rule = purser.ApprovalNever; ok {
			rule = purser.Approval(kept)
		}
	}
	return rule == purser.ApprovalAlways || rule == purser.ApprovalIrreversible && a.Irreversible, nil
}

// move changes the state of an action, with its entry in the audit log.
func (s *Service) move(ctx context.Context, id string, op purser.Operation, change func(ctx context.Context, tx bun.Tx, row *store.ActionRow) error) (purser.Action, error) {
	if err := s.Gate.Allow(ctx, op); err != nil {
		return purser.Action{}, err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := store.ActionByID(ctx, tx, id)
		if err != nil {
			return err
		}
		was := row.State
		if err := change(ctx, tx, &row); err != nil || row.State == was {
			return err
		}
		ok, err := store.PutAction(ctx, tx, row, purser.ActionState(was))
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else changed the action meanwhile", Hint: "Look at it again"}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: op, Object: row.ID, ObjectName: row.Name + " at " + row.InstanceName, At: s.Now(),
			Before: map[string]any{"state": was}, After: map[string]any{"state": row.State}})
	})
	if err != nil {
		return purser.Action{}, err
	}
	s.Rouse()
	return s.show(ctx, id)
}

// Approve lets a planned action run. It takes a second person: whoever planned it
// cannot, and an API token counts as the person who made it.
func (s *Service) Approve(ctx context.Context, id string) (purser.Action, error) {
	return s.move(ctx, id, purser.OpActionRun, func(ctx context.Context, tx bun.Tx, row *store.ActionRow) error {
		if row.State != string(purser.ActionPlanned) {
			return wrongState(row, "approved")
		}
		planner, err := row.Planner()
		if err != nil {
			return err
		}
		actor, who, err := asking(ctx)
		if err != nil {
			return err
		}
		same, err := samePerson(ctx, tx, planner, actor)
		if err != nil {
			return err
		}
		if same {
			return &purser.Problem{Kind: purser.ProblemForbidden, What: "whoever planned an action cannot approve it", Hint: "Ask a second person with the role operator or admin"}
		}
		row.State, row.ApprovedBy, row.ApprovedAt = string(purser.ActionApproved), who, s.now()
		return nil
	})
}

// samePerson reports whether two actors are, or may be, the same person.
func samePerson(ctx context.Context, db bun.IDB, a, b purser.Actor) (bool, error) {
	owners := [2]string{a.ID, b.ID}
	for n, actor := range []purser.Actor{a, b} {
		if actor.Kind != purser.ActorToken {
			continue
		}
		maker, ok, err := store.TokenByID(ctx, db, actor.ID)
		if err != nil {
			return false, fmt.Errorf("look up whose token it is: %w", err)
		}
		if !ok || maker.UserID == "" {
			return true, nil // made on the host, or revoked since: nobody can say whose it is
		}
		owners[n] = maker.UserID
	}
	return owners[0] == owners[1], nil
}

// Run begins to send the requests of an action. It returns at once.
func (s *Service) Run(ctx context.Context, id string) (purser.Action, error) {
	return s.move(ctx, id, purser.OpActionRun, func(ctx context.Context, tx bun.Tx, row *store.ActionRow) error {
		if row.State == string(purser.ActionRunning) {
			return nil // asked twice
		}
		if row.State != string(purser.ActionPlanned) && row.State != string(purser.ActionApproved) {
			return wrongState(row, "run")
		}
		i, err := store.InstanceByNo(ctx, tx, row.InstanceNo)
		if err != nil {
			return err
		}
		a, sw, err := s.ready(ctx, tx, i, row)
		if err != nil {
			return err
		}
		need, err := s.approvalOf(ctx, sw, a)
		if err != nil {
			return err
		}
		if (need || row.Approval != 0) && row.State != string(purser.ActionApproved) {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "approval", What: "a second person has to approve this action before it runs",
				Hint: "Ask somebody else with the role operator or admin to look at its dry run and approve it"}
		}
		_, who, err := asking(ctx)
		if err != nil {
			return err
		}
		row.State, row.StartedBy, row.StartedAt = string(purser.ActionRunning), who, s.now()
		return nil
	})
}

// ready checks that an action may be sent as it was planned.
func (s *Service) ready(ctx context.Context, db bun.IDB, i purser.Instance, row *store.ActionRow) (*manifest.CompiledAction, store.SwitchRow, error) {
	var sw store.SwitchRow
	c, a, err := s.declared(i, row.Name)
	if err != nil {
		return nil, sw, err
	}
	if c.Digest != row.Digest {
		return nil, sw, &purser.Problem{Kind: purser.ProblemConflict, What: "the connector was changed since the action was planned", Hint: "Plan it again and look at its requests"}
	}
	if i.Status != purser.StatusLive {
		return nil, sw, &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: i.Name + " is " + string(i.Status) + ": nothing is sent", Hint: "Activate or repair the instance first"}
	}
	if sw, err = store.InstanceSwitch(ctx, db, i.No, purser.Switch(a.Switch())); err != nil {
		return nil, sw, err
	}
	if sw.Enabled == 0 {
		return nil, sw, off(i, a)
	}
	return a, sw, nil
}

// Cancel gives an action up. Of one that is running, what was not begun is not sent.
func (s *Service) Cancel(ctx context.Context, id string) (purser.Action, error) {
	return s.move(ctx, id, purser.OpActionPlan, func(ctx context.Context, tx bun.Tx, row *store.ActionRow) error {
		if row.State == string(purser.ActionDone) || row.State == string(purser.ActionCanceled) {
			return wrongState(row, "canceled")
		}
		actor, _ := purser.ActorFrom(ctx)
		if err := store.CancelActionItems(ctx, tx, row.No, strings.TrimSpace("canceled by "+actor.Name), s.now()); err != nil {
			return err
		}
		if row.State == string(purser.ActionRunning) { // its worker ends it after the target on which it is
			row.State, row.WaitUntil = string(purser.ActionRunning), 0
			return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionPlan, Object: row.ID, ObjectName: row.Name + " at " + row.InstanceName, At: s.Now(),
				Before: map[string]any{"state": row.State}, After: map[string]any{"canceled": "what was not begun"}})
		}
		row.State, row.EndedAt = string(purser.ActionCanceled), s.now()
		return nil
	})
}

func wrongState(row *store.ActionRow, verb string) error {
	return &purser.Problem{Kind: purser.ProblemConflict, What: "the action is " + row.State + " and cannot be " + verb}
}

// Undo plans the action that undoes one, for every target that the vendor took.
func (s *Service) Undo(ctx context.Context, id string) (purser.Action, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionPlan); err != nil {
		return purser.Action{}, err
	}
	row, err := store.ActionByID(ctx, s.DB.Read(), id)
	if err != nil {
		return purser.Action{}, err
	}
	i, err := store.InstanceByNo(ctx, s.DB.Read(), row.InstanceNo)
	if err != nil {
		return purser.Action{}, err
	}
	_, a, err := s.declared(i, row.Name)
	if err != nil {
		return purser.Action{}, err
	}
	if a.Undo == "" {
		return purser.Action{}, &purser.Problem{Kind: purser.ProblemConflict, What: "the connector knows no action that undoes " + strings.ReplaceAll(a.Name, "_", " "),
			Hint: "Change it by hand in the vendor's console"}
	}
	items, err := store.ActionItemRows(ctx, s.DB.Read(), row.No, purser.ItemSent, purser.ItemVerified)
	if err != nil {
		return purser.Action{}, err
	}
	in := PlanInput{Instance: i.ID, Action: a.Undo, undoOf: row.ID}
	for _, item := range items {
		if item.AccountID != 0 {
			in.Accounts = append(in.Accounts, store.RowID("acc_", item.AccountID))
		}
	}
	if len(in.Accounts) == 0 {
		return purser.Action{}, &purser.Problem{Kind: purser.ProblemConflict, What: "there is nothing to undo: the vendor took none of its requests"}
	}
	if in.Given, err = undoGiven(row, s.Catalog.Get(i.Connector).Action(a.Undo)); err != nil {
		return purser.Action{}, err
	}
	return s.Plan(ctx, in)
}

// undoGiven passes on what was chosen, as far as the other action asks for it.
func undoGiven(row store.ActionRow, undo *manifest.CompiledAction) (map[string]string, error) {
	shown, err := row.Action(purser.ActionCounts{})
	if err != nil || undo == nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range allowedGiven(undo) {
		if v := shown.Given[name]; v != "" {
			out[name] = v
		}
	}
	return out, nil
}
