package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
	actions "purser/internal/action"
	"purser/internal/httpd"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Actions plans, approves and runs changes at vendors.
type Actions interface {
	Plan(ctx context.Context, in actions.PlanInput) (purser.Action, error)
	Approve(ctx context.Context, id string) (purser.Action, error)
	Run(ctx context.Context, id string) (purser.Action, error)
	Cancel(ctx context.Context, id string) (purser.Action, error)
	Undo(ctx context.Context, id string) (purser.Action, error)
	Action(ctx context.Context, id string) (purser.Action, error)
	Actions(ctx context.Context, f actions.Filter, page purser.Page) (purser.List[purser.Action], error)
	Items(ctx context.Context, id string, states []purser.ItemState, page purser.Page) (purser.List[purser.ActionItem], error)
	Watch(ctx context.Context, id string) (<-chan purser.Action, error)
	Moving(a purser.Action) bool
	Acts(connector string) bool
	Offers(ctx context.Context, account string) ([]purser.ActionOffer, error)
	Missing(ctx context.Context, instance string) ([]purser.InstanceSwitch, error)
	Switches(ctx context.Context, instance string) ([]purser.InstanceSwitch, error)
	SetSwitch(ctx context.Context, instance string, name purser.Switch, change actions.SwitchChange) (purser.InstanceSwitch, error)
	Approval(ctx context.Context) (purser.Approval, error)
	SetApproval(ctx context.Context, rule purser.Approval) error
	Protected(ctx context.Context) ([]purser.Protected, error)
	Protect(ctx context.Context, in actions.ProtectInput) (purser.Protected, error)
	Unprotect(ctx context.Context, id string) error
}

func (h *Handler) actionRoutes(add adder) {
	add("GET /actions", purser.OpActionRead, h.actions)
	add("POST /actions", purser.OpActionPlan, h.planAction)
	add("GET /actions/{id}", purser.OpActionRead, h.action)
	add("POST /actions/{id}/approve", purser.OpActionRun, h.approveAction)
	add("POST /actions/{id}/run", purser.OpActionRun, h.runAction)
	add("POST /actions/{id}/cancel", purser.OpActionPlan, h.cancelAction)
	add("POST /actions/{id}/undo", purser.OpActionPlan, h.undoAction)
	add("GET /instances/{id}/actions", purser.OpActionRead, h.instanceActions)
	add("POST /instances/{id}/switches/{switch}", purser.OpActionSwitch, h.setSwitch)
	h.actionSettingRoutes(add)
}

// actions lists what was planned and done, the newest first.
func (h *Handler) actions(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	menus := []ui.FilterMenu{l.menu("State", "state", words("planned", "approved", "running", "done", "canceled")...)}
	f := actions.Filter{Instance: l.query.Get("instance"), Account: l.query.Get("account")}
	for _, s := range l.query["state"] {
		f.States = append(f.States, purser.ActionState(s))
	}
	found, err := h.Actions.Actions(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	filters := l.filters("", false, menus...)
	filters.NoSearch, filters.Label = true, "Filter actions"
	d := view.ActionsData{Actions: found.Items, Filters: filters, Rows: ui.Rows{Count: counted(found.Total, found.More, "action", "actions"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More), MaySwitch: h.may(r, purser.OpActionSwitch)}
	h.remain(r, l, nil, &d.Filters, &d.Rows)
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.ActionRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Actions(h.page(r, "Actions", ui.Actions), d))
}

// planAction works out the requests and leads to them; nothing is sent.
func (h *Handler) planAction(w http.ResponseWriter, r *http.Request) error {
	in := actions.PlanInput{Instance: r.PostFormValue("instance"), Action: r.PostFormValue("action"), Accounts: r.PostForm["account"]}
	for name, values := range r.PostForm {
		if given, ok := strings.CutPrefix(name, "given."); ok && len(values) > 0 && values[0] != "" {
			if in.Given == nil {
				in.Given = map[string]string{}
			}
			in.Given[given] = values[0]
		}
	}
	if query := r.PostFormValue("filter"); query != "" {
		q, err := url.ParseQuery(query)
		if err != nil {
			return purser.Invalid("filter", "the selection cannot be read; go back to the list and select again")
		}
		if err := table.Check(table.Accounts().Name, q); err != nil {
			return err
		}
		f := table.AccountFilter(q)
		f.Order = purser.Page{} // a selection has none
		in.Filter, in.Accounts = &f, nil
	}
	a, err := h.Actions.Plan(r.Context(), in)
	if err != nil {
		return err
	}
	return toAction(w, r, a, "planned")
}

func toAction(w http.ResponseWriter, r *http.Request, a purser.Action, word string) error {
	http.Redirect(w, r, "/actions/"+a.ID+"?done="+word, http.StatusSeeOther)
	return nil
}

// action is the dry run of an action, then its progress and its outcome.
func (h *Handler) action(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Actions.Action(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	l := list(r)
	var states []purser.ItemState
	for _, s := range l.query["state"] {
		states = append(states, purser.ItemState(s))
	}
	items, err := h.Actions.Items(r.Context(), a.ID, states, l.page)
	if err != nil {
		return err
	}
	actor, _ := purser.ActorFrom(r.Context())
	d := view.ActionData{Action: a, Items: items.Items, Pager: l.pager(len(items.Items), items.Next, items.Total, items.More), Moving: h.Actions.Moving(a),
		MayRun: h.may(r, purser.OpActionRun), MayPlan: h.may(r, purser.OpActionPlan), Mine: actor.Name == a.PlannedBy}
	p := h.page(r, view.ActionTitle(a), ui.Actions, ui.Link{Label: "Actions", Href: "/actions"})
	return h.render(w, r, http.StatusOK, view.Action(p, d))
}

func (h *Handler) approveAction(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Actions.Approve(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return toAction(w, r, a, "approved")
}

func (h *Handler) runAction(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Actions.Run(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return toAction(w, r, a, "running")
}

func (h *Handler) cancelAction(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Actions.Cancel(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return toAction(w, r, a, "saved")
}

func (h *Handler) undoAction(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Actions.Undo(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return toAction(w, r, a, "planned")
}

// actionLive is the stream of an action's progress (server-sent events).
func (h *Handler) actionLive() httpd.Route {
	return httpd.Route{Method: http.MethodGet, Pattern: "/actions/{id}/live", Operation: purser.OpActionRead, Stream: true, Handler: h.serve(h.watchAction)}
}

func (h *Handler) watchAction(w http.ResponseWriter, r *http.Request) error {
	moving, err := h.Actions.Watch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return stream(w, r, moving, view.ActionProgress)
}

// instanceActions is the tab with the switches and the actions of an instance.
func (h *Handler) instanceActions(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/actions")
	if err != nil {
		return err
	}
	d := view.InstanceActionsData{MaySwitch: h.may(r, purser.OpActionSwitch), MayWrite: p.MayWrite}
	if d.Switches, err = h.Actions.Missing(r.Context(), p.Instance.ID); err != nil {
		d.Unasked = err.Error() // a vendor that does not answer must not hide the switches
		if d.Switches, err = h.Actions.Switches(r.Context(), p.Instance.ID); err != nil {
			return err
		}
	}
	if d.Rule, err = h.Actions.Approval(r.Context()); err != nil {
		return err
	}
	found, err := h.Actions.Actions(r.Context(), actions.Filter{Instance: p.Instance.ID}, purser.Page{Limit: 20})
	if err != nil {
		return err
	}
	d.Actions, d.Total = found.Items, found.Total
	return h.render(w, r, http.StatusOK, view.InstanceActions(p, d))
}

func (h *Handler) setSwitch(w http.ResponseWriter, r *http.Request) error {
	change := actions.SwitchChange{}
	switch r.PostFormValue("on") {
	case "yes":
		on := true
		change.On = &on
	case "no":
		on := false
		change.On = &on
	}
	if r.PostForm.Has("approval") {
		rule := purser.Approval(r.PostFormValue("approval"))
		change.Approval = &rule
	}
	if _, err := h.Actions.SetSwitch(r.Context(), r.PathValue("id"), purser.Switch(r.PathValue("switch")), change); err != nil {
		return err
	}
	return done(w, r, "/actions", "saved")
}
