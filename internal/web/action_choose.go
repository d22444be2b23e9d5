package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser"
	actions "purser/internal/action"
	"purser/internal/connect"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) actionSettingRoutes(add adder) {
	add("POST /accounts/actions", purser.OpActionPlan, h.chooseAction)
	add("GET /settings/actions", purser.OpActionRead, h.actionSettings)
	add("POST /settings/actions/approval", purser.OpActionSwitch, h.setApproval)
	add("POST /settings/actions/protect", purser.OpActionSwitch, h.protect)
	add("POST /settings/actions/protect/{id}/remove", purser.OpActionSwitch, h.unprotect)
}

// mostChosen is how many accounts can be ticked on one page of the list.
const mostChosen = 200

// chooseAction asks which action for a selection of accounts: by instance, since
// each has its own connector. Nothing is planned yet.
func (h *Handler) chooseAction(w http.ResponseWriter, r *http.Request) error {
	d := view.ChooseData{}
	byInstance := map[string]*view.ChooseInstance{}
	if all := r.PostFormValue("all"); all != "" {
		if err := h.chosenByFilter(r, all, byInstance); err != nil {
			return err
		}
	} else {
		ids := r.PostForm["account"]
		if len(ids) == 0 {
			return &purser.Problem{Kind: purser.ProblemInvalid, Field: "account", What: "no account was ticked", Hint: "Go back, tick some rows, or take all that match"}
		}
		if len(ids) > mostChosen {
			return purser.Invalid("account", "more than %d accounts were ticked", mostChosen)
		}
		for _, id := range ids {
			a, err := h.Inventory.Account(r.Context(), id)
			if err != nil {
				return err
			}
			c := byInstance[a.InstanceID]
			if c == nil {
				c = &view.ChooseInstance{ID: a.InstanceID, Name: a.InstanceName}
				byInstance[a.InstanceID] = c
			}
			c.Accounts = append(c.Accounts, a.ID)
			c.Count++
		}
	}
	for _, c := range byInstance {
		switches, err := h.Actions.Switches(r.Context(), c.ID)
		if err != nil {
			return err
		}
		for _, sw := range switches {
			for _, o := range sw.Actions {
				if o.Name != "create" {
					c.Offers = append(c.Offers, o)
				}
			}
		}
		d.Instances = append(d.Instances, *c)
	}
	slices.SortFunc(d.Instances, func(a, b view.ChooseInstance) int { return strings.Compare(a.Name, b.Name) })
	return h.render(w, r, http.StatusOK, view.ChooseAction(h.page(r, "Choose an action", ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}), d))
}

// chosenByFilter counts what a filter selects, by instance.
func (h *Handler) chosenByFilter(r *http.Request, all string, into map[string]*view.ChooseInstance) error {
	q, err := url.ParseQuery(all)
	if err != nil {
		return purser.Invalid("all", "the selection cannot be read; go back to the list and select again")
	}
	for _, name := range []string{"after", "n", "sort", "desc", "done"} {
		q.Del(name)
	}
	if err := table.Check(table.Accounts().Name, q); err != nil {
		return err
	}
	f := table.AccountFilter(q)
	if f.AsOf != "" || f.Removed {
		return purser.Invalid("all", "only accounts that are there today can be changed: take the date or the filter of removed ones away")
	}
	instances, err := h.Connect.Instances(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	for _, i := range instances {
		if len(f.Instances) > 0 && !slices.Contains(f.Instances, i.ID) && !slices.Contains(f.Instances, i.Name) {
			continue
		}
		one := f
		one.InstanceID, one.Instances = i.ID, nil
		found, err := h.Inventory.Accounts(r.Context(), one, purser.Page{Limit: 1})
		if err != nil {
			return err
		}
		if found.Total > 0 {
			q.Set("instance", i.ID)
			into[i.ID] = &view.ChooseInstance{ID: i.ID, Name: i.Name, Count: found.Total, More: found.More, Filter: q.Encode()}
		}
	}
	return nil
}

// actionSettings is who approves actions, and what they never touch.
func (h *Handler) actionSettings(w http.ResponseWriter, r *http.Request) error {
	return h.showActionSettings(w, r, http.StatusOK, view.ActionSettingsData{})
}

func (h *Handler) showActionSettings(w http.ResponseWriter, r *http.Request, status int, d view.ActionSettingsData) error {
	var err error
	if d.Rule, err = h.Actions.Approval(r.Context()); err != nil {
		return err
	}
	if d.Protected, err = h.Actions.Protected(r.Context()); err != nil {
		return err
	}
	d.MaySwitch = h.may(r, purser.OpActionSwitch)
	return h.render(w, r, status, view.ActionSettings(h.settingsPage(r, "Actions", "/settings/actions"), d))
}

func (h *Handler) setApproval(w http.ResponseWriter, r *http.Request) error {
	if err := h.Actions.SetApproval(r.Context(), purser.Approval(r.PostFormValue("approval"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/actions?done=saved", http.StatusSeeOther)
	return nil
}

// protect adds an entry; from an account's or person's page it leads back there.
func (h *Handler) protect(w http.ResponseWriter, r *http.Request) error {
	in := actions.ProtectInput{Account: r.PostFormValue("account"), Person: r.PostFormValue("person"), Pattern: r.PostFormValue("pattern"), Note: r.PostFormValue("note")}
	if _, err := h.Actions.Protect(r.Context(), in); err != nil {
		return h.refusedProtect(w, r, in, err)
	}
	http.Redirect(w, r, "/settings/actions?done=protected", http.StatusSeeOther)
	return nil
}

// refusedProtect shows the form again with what was typed.
func (h *Handler) refusedProtect(w http.ResponseWriter, r *http.Request, in actions.ProtectInput, err error) error {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != purser.ProblemInvalid || in.Account != "" || in.Person != "" {
		return err
	}
	return h.showActionSettings(w, r, http.StatusUnprocessableEntity, view.ActionSettingsData{Pattern: in.Pattern, Note: in.Note, Errors: fieldErrors(p)})
}

func (h *Handler) unprotect(w http.ResponseWriter, r *http.Request) error {
	if err := h.Actions.Unprotect(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/actions?done=unprotected", http.StatusSeeOther)
	return nil
}

// offers are what can be done with an account, and whether it may be planned.
func (h *Handler) offers(r *http.Request, d *view.AccountData) (err error) {
	d.MayPlan, d.MayProtect = h.may(r, purser.OpActionPlan), h.may(r, purser.OpActionSwitch)
	if h.may(r, purser.OpActionRead) {
		d.Offers, err = h.Actions.Offers(r.Context(), d.Account.ID)
	}
	return err
}
