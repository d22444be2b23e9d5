package api

import (
	"context"

	"purser"
	"purser/internal/action"
	"purser/internal/inventory"
)

// Actions plans, approves and runs changes at vendors; package action does.
type Actions interface {
	Plan(ctx context.Context, in action.PlanInput) (purser.Action, error)
	Approve(ctx context.Context, id string) (purser.Action, error)
	Run(ctx context.Context, id string) (purser.Action, error)
	Cancel(ctx context.Context, id string) (purser.Action, error)
	Undo(ctx context.Context, id string) (purser.Action, error)
	Action(ctx context.Context, id string) (purser.Action, error)
	Actions(ctx context.Context, f action.Filter, page purser.Page) (purser.List[purser.Action], error)
	Items(ctx context.Context, id string, states []purser.ItemState, page purser.Page) (purser.List[purser.ActionItem], error)
	Offers(ctx context.Context, account string) ([]purser.ActionOffer, error)
	Missing(ctx context.Context, instance string) ([]purser.InstanceSwitch, error)
	SetSwitch(ctx context.Context, instance string, name purser.Switch, change action.SwitchChange) (purser.InstanceSwitch, error)
	Approval(ctx context.Context) (purser.Approval, error)
	SetApproval(ctx context.Context, rule purser.Approval) error
	Protected(ctx context.Context) ([]purser.Protected, error)
	Protect(ctx context.Context, in action.ProtectInput) (purser.Protected, error)
	Unprotect(ctx context.Context, id string) error
}

// planBody is what an action is planned for: accounts by name, or those that a
// filter selects within one instance.
type planBody struct {
	Instance string            `json:"instance,omitempty" doc:"identifier or name; left out where the accounts say it"`
	Action   string            `json:"action" doc:"as the connector calls it" example:"suspend"`
	Accounts []string          `json:"accounts,omitempty" doc:"acc_<number>"`
	Filter   *selection        `json:"filter,omitempty" doc:"instead of accounts: those of the instance that it selects"`
	Given    map[string]string `json:"given,omitempty" doc:"what the action asks for: plan, group, to"`
}

// selection selects accounts as their list does.
type selection struct {
	Query  string   `json:"q,omitempty"`
	Status []string `json:"status,omitempty"`
	Kind   []string `json:"kind,omitempty"`
	Use    []string `json:"use,omitempty" doc:"active, inactive, never, unknown; any of them"`
}

func (b planBody) input() action.PlanInput {
	in := action.PlanInput{Instance: b.Instance, Action: b.Action, Accounts: b.Accounts, Given: b.Given}
	if f := b.Filter; f != nil {
		in.Filter = &inventory.AccountFilter{Query: f.Query, Status: f.Status, Kinds: f.Kind, Use: f.Use}
	}
	return in
}

func (a *API) actions() {
	add(a, call{method: "GET", path: "/actions", tag: "Actions", id: "listActions", does: "List actions, the newest first", op: purser.OpActionRead},
		func(ctx context.Context, in *struct {
			Paging
			Instance string               `query:"instance" doc:"identifier or name"`
			Account  string               `query:"account" doc:"acc_<number>: those that have it as a target"`
			State    []purser.ActionState `query:"state" doc:"planned, approved, running, done, canceled; any of them"`
		}) (*body[purser.List[purser.Action]], error) {
			return listed(a.Actions.Actions(ctx, action.Filter{Instance: in.Instance, Account: in.Account, States: in.State}, in.page()))
		})
	add(a, call{method: "POST", path: "/actions", tag: "Actions", id: "planAction", does: "Plan an action: its exact requests are worked out, nothing is sent",
		op: purser.OpActionPlan, status: 201, creates: true},
		func(ctx context.Context, in *struct{ Body planBody }) (*body[purser.Action], error) {
			return answer(a.Actions.Plan(ctx, in.Body.input()))
		})
	add(a, call{method: "GET", path: "/actions/{id}", tag: "Actions", id: "getAction", does: "Show an action", op: purser.OpActionRead},
		func(ctx context.Context, in *ByID) (*body[purser.Action], error) {
			return answer(a.Actions.Action(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/actions/{id}/items", tag: "Actions", id: "listActionItems", does: "List the targets of an action with the exact requests of each", op: purser.OpActionRead},
		func(ctx context.Context, in *struct {
			ByID
			Paging
			State []purser.ItemState `query:"state" doc:"planned, running, sent, verified, unsure, skipped, failed, canceled; any of them"`
		}) (*body[purser.List[purser.ActionItem]], error) {
			return listed(a.Actions.Items(ctx, in.ID, in.State, in.page()))
		})
	step := func(path, id, does string, op purser.Operation, do func(context.Context, string) (purser.Action, error)) {
		add(a, call{method: "POST", path: "/actions/{id}/" + path, tag: "Actions", id: id, does: does, op: op},
			func(ctx context.Context, in *ByID) (*body[purser.Action], error) { return answer(do(ctx, in.ID)) })
	}
	step("approve", "approveAction", "Approve an action that somebody else planned", purser.OpActionRun, func(ctx context.Context, id string) (purser.Action, error) { return a.Actions.Approve(ctx, id) })
	step("run", "runAction", "Send the requests of an action, in the background", purser.OpActionRun, func(ctx context.Context, id string) (purser.Action, error) { return a.Actions.Run(ctx, id) })
	step("cancel", "cancelAction", "Give an action up; what was not begun is not sent", purser.OpActionPlan, func(ctx context.Context, id string) (purser.Action, error) { return a.Actions.Cancel(ctx, id) })
	step("undo", "undoAction", "Plan the action that undoes one", purser.OpActionPlan, func(ctx context.Context, id string) (purser.Action, error) { return a.Actions.Undo(ctx, id) })
	add(a, call{method: "GET", path: "/accounts/{id}/actions", tag: "Actions", id: "listAccountActions", does: "List what can be done with an account at its vendor, and why not", op: purser.OpActionRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.ActionOffer]], error) {
			return whole(a.Actions.Offers(ctx, in.ID))
		})
}

func (a *API) switches() {
	add(a, call{method: "GET", path: "/instances/{id}/switches", tag: "Actions", id: "listSwitches", does: "List the switches over an instance's actions, with the permissions that are missing", op: purser.OpActionRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.InstanceSwitch]], error) {
			return whole(a.Actions.Missing(ctx, in.ID))
		})
	add(a, call{method: "PATCH", path: "/instances/{id}/switches/{switch}", tag: "Actions", id: "setSwitch", does: "Turn the actions of an instance on or off, or say who approves them", op: purser.OpActionSwitch},
		func(ctx context.Context, in *struct {
			ByID
			Switch purser.Switch `path:"switch" enum:"reclamation,provisioning"`
			Body   struct {
				On       *bool            `json:"on,omitempty"`
				Approval *purser.Approval `json:"approval,omitempty" doc:"never, irreversible, always; empty: as the organization says"`
			}
		}) (*body[purser.InstanceSwitch], error) {
			return answer(a.Actions.SetSwitch(ctx, in.ID, in.Switch, action.SwitchChange{On: in.Body.On, Approval: in.Body.Approval}))
		})
}

// approvalRule is the organization's rule of approval.
type approvalRule struct {
	Approval purser.Approval `json:"approval" enum:"never,irreversible,always"`
}

func (a *API) protectedList() {
	add(a, call{method: "GET", path: "/actions-approval", tag: "Actions", id: "getApproval", does: "Show when a second person has to approve actions", op: purser.OpActionRead},
		func(ctx context.Context, _ *none) (*body[approvalRule], error) {
			rule, err := a.Actions.Approval(ctx)
			return answer(approvalRule{rule}, err)
		})
	add(a, call{method: "PUT", path: "/actions-approval", tag: "Actions", id: "setApproval", does: "Say when a second person has to approve actions", op: purser.OpActionSwitch, status: 204},
		func(ctx context.Context, in *struct{ Body approvalRule }) (*empty, error) {
			return done(a.Actions.SetApproval(ctx, in.Body.Approval))
		})
	add(a, call{method: "GET", path: "/protected", tag: "Actions", id: "listProtected", does: "List what no action ever touches", op: purser.OpActionRead},
		func(ctx context.Context, _ *none) (*body[items[purser.Protected]], error) {
			return whole(a.Actions.Protected(ctx))
		})
	add(a, call{method: "POST", path: "/protected", tag: "Actions", id: "addProtected", does: "Put an account, a person or a pattern of e-mail addresses on the protected list",
		op: purser.OpActionSwitch, status: 201, creates: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Account string `json:"account,omitempty" doc:"acc_<number>"`
				Person  string `json:"person,omitempty" doc:"per_<number>: every account of the person"`
				Pattern string `json:"pattern,omitempty" doc:"of e-mail addresses" example:"*@board.example.com"`
				Note    string `json:"note,omitempty"`
			}
		}) (*body[purser.Protected], error) {
			return answer(a.Actions.Protect(ctx, action.ProtectInput{Account: in.Body.Account, Person: in.Body.Person, Pattern: in.Body.Pattern, Note: in.Body.Note}))
		})
	add(a, call{method: "DELETE", path: "/protected/{id}", tag: "Actions", id: "removeProtected", does: "Take an entry off the protected list", op: purser.OpActionSwitch, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Actions.Unprotect(ctx, in.ID)) })
}
