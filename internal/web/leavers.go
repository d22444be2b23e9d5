package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/leaver"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Leavers keeps checklists of people who leave; package leaver does.
type Leavers interface {
	Access(ctx context.Context, f leaver.AccessFilter, p purser.Page) (purser.List[purser.LeaverAccess], error)
	List(ctx context.Context, f leaver.Filter, p purser.Page) (purser.List[purser.LeaverChecklist], error)
	Checklist(ctx context.Context, id string) (purser.LeaverChecklist, error)
	Assignees(ctx context.Context) ([]leaver.Assignee, error)
	Start(ctx context.Context, person string) (purser.LeaverChecklist, error)
	Set(ctx context.Context, id string, c leaver.Change) (purser.LeaverChecklist, error)
}

func (h *Handler) leaverRoutes(add adder) {
	add("GET /leavers", purser.OpNameRead, h.leavers)
	add("GET /leavers/export", purser.OpExport, h.exportList("leavers"), proof)
	add("GET /leavers/{id}", purser.OpNameRead, h.leaver)
	add("POST /leavers/{id}", purser.OpLeaverWrite, h.setLeaver)
	add("POST /people/{id}/leaver", purser.OpLeaverWrite, h.startLeaver)
	add("GET /access", purser.OpPersonRead, h.accessMatrix)
	add("GET /access/export", purser.OpExport, h.exportList("access-matrix"), proof)
	add("GET /changes", purser.OpPersonRead, h.changes)
	add("GET /changes/export", purser.OpExport, h.exportList("changes"), proof)
}

// leavers lists who left and could still get in, and the checklists.
func (h *Handler) leavers(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Leavers.Access(r.Context(), table.LeaverFilter(l.query), l.page)
	if err != nil {
		return err
	}
	menus, err := h.leaverMenus(r.Context(), l)
	if err != nil {
		return err
	}
	d := view.LeaversData{Access: found.Items, MayStart: h.may(r, purser.OpLeaverWrite), Tabs: h.peopleTabs(r),
		Columns: []ui.Column{l.column("Account", "", false), l.column("Person", "person", false), l.column("Left", "left", false), l.column("Why first", "urgency", false), l.column("Last active", "", false), l.column("Checklist", "", false)},
		Filters: l.filters("Search account, person", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "account", "accounts"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if err := dress(h, r, l, table.Leavers(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.LeaverRows(d))
	}
	lists, err := h.Leavers.List(r.Context(), leaver.Filter{}, purser.Page{Limit: 100})
	if err != nil {
		return err
	}
	d.Lists, d.MoreLists = lists.Items, lists.Next != ""
	return h.render(w, r, http.StatusOK, view.Leavers(h.page(r, "Leavers", ui.People, ui.Link{Label: "People", Href: "/people"}), d))
}

// leaverMenus are the filters of the list.
func (h *Handler) leaverMenus(ctx context.Context, l listing) ([]ui.FilterMenu, error) {
	places, err := h.instanceOptions(ctx)
	if err != nil {
		return nil, err
	}
	departments, err := h.departmentOptions(ctx)
	if err != nil {
		return nil, err
	}
	return []ui.FilterMenu{l.menu("Instance", "instance", places...), l.menu("Status", "status", words(purser.ValuesOf(purser.KindAccount, "status")...)...), l.menu("Department", "department", departments...),
		l.menu("Administrator", "admin", words("yes", "no", "unknown")...), l.menu("Own sign-in", "local", words("yes", "no")...),
		l.menu("Checklist", "checklist", ui.FilterOption{Value: "yes", Label: "started"}, ui.FilterOption{Value: "no", Label: "none is open"})}, nil
}

func (h *Handler) startLeaver(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Leavers.Start(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/leavers/"+l.ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) leaver(w http.ResponseWriter, r *http.Request) error {
	return h.leaverPage(w, r, http.StatusOK, view.Typed{})
}

// leaverPage shows a checklist, and what was said of it as it was typed.
func (h *Handler) leaverPage(w http.ResponseWriter, r *http.Request, status int, form view.Typed) error {
	x, err := h.Leavers.Checklist(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := view.LeaverData{Checklist: x, MaySet: h.may(r, purser.OpLeaverWrite), Offers: map[string][]purser.ActionOffer{}, MadeAt: h.Now(), Typed: form}
	if d.MaySet {
		assignees, err := h.Leavers.Assignees(r.Context())
		if err != nil {
			return err
		}
		for _, u := range assignees {
			d.People = append(d.People, ui.Option{Value: u.ID, Label: u.Name})
		}
	}
	if h.may(r, purser.OpActionPlan) {
		for _, t := range x.Items {
			if t.AccountID == "" || t.State == purser.LeaverVerified {
				continue
			}
			offers, err := h.Actions.Offers(r.Context(), t.AccountID)
			if err != nil {
				return err
			}
			for _, o := range offers {
				if o.Ready && len(o.Given) == 0 {
					d.Offers[t.ID] = append(d.Offers[t.ID], o)
				}
			}
		}
	}
	return h.render(w, r, status, view.Leaver(h.page(r, "Checklist: "+x.PersonName, ui.People, ui.Link{Label: "People", Href: "/people"}, ui.Link{Label: "Leavers", Href: "/leavers"}), d))
}

// setLeaver does what the pressed button says with the ticked accounts.
func (h *Handler) setLeaver(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("item", "the selection cannot be read")
	}
	c := leaver.Change{Items: r.PostForm["item"]}
	done := r.PostFormValue("do") == "done"
	switch r.PostFormValue("do") {
	case "done", "reopen":
		c.Done = &done
	case "assign":
		assignee := r.PostFormValue("assignee")
		c.Assignee = &assignee
	default:
		return purser.Invalid("do", "say what is to be done with what is ticked")
	}
	if note := strings.TrimSpace(r.PostFormValue("note")); note != "" {
		c.Note = &note
	}
	_, err := h.Leavers.Set(r.Context(), r.PathValue("id"), c)
	if form, ok := typed(r, err); ok {
		stands(form, "items", "item")
		return h.leaverPage(w, showing(r, &url.URL{Path: "/leavers/" + r.PathValue("id")}), http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/leavers/"+r.PathValue("id")+"?done=saved", http.StatusSeeOther)
	return nil
}

// personLeaver says on the page of a person how their checklist stands.
func (h *Handler) personLeaver(r *http.Request, person purser.Person) (d view.PersonLeaverData, err error) {
	if h.Leavers == nil || !h.may(r, purser.OpNameRead) || !h.may(r, purser.OpAccountRead) {
		return d, nil
	}
	found, err := h.Leavers.List(r.Context(), leaver.Filter{Person: person.ID}, purser.Page{Limit: 10})
	return view.PersonLeaverData{Show: true, MayStart: h.may(r, purser.OpLeaverWrite), Lists: found.Items, Person: person}, err
}
