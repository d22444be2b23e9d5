package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Identity says whose accounts are, as people decide it.
type Identity interface {
	Link(ctx context.Context, account, person string) (purser.Account, error)
	Unlink(ctx context.Context, account string) (purser.Account, error)
	SetKind(ctx context.Context, account, kind string) (purser.Account, error)
	Undo(ctx context.Context, account string) (purser.Account, error)
	Decisions(ctx context.Context, account string) ([]string, error)
	Unmatched(ctx context.Context, f inventory.AccountFilter, page purser.Page) (purser.List[purser.Unmatched], error)
	Suggest(ctx context.Context, account string) ([]purser.Suggestion, error)
	Merge(ctx context.Context, one, other string) (purser.Person, error)
	Split(ctx context.Context, row string) (purser.Person, error)
	Rows(ctx context.Context, person string) ([]purser.PersonRow, error)
	Rules(ctx context.Context) (purser.MatchRules, error)
	SetRules(ctx context.Context, r purser.MatchRules) (purser.MatchRules, error)
	Truth(ctx context.Context, person string) ([]purser.FieldTruth, error)
	AccountTruth(ctx context.Context, account string) ([]purser.FieldTruth, error)
	Orders(ctx context.Context) ([]purser.FieldOrder, error)
	SetOrder(ctx context.Context, o purser.SourceOrder) ([]purser.FieldOrder, error)
}

func (h *Handler) identityRoutes(add adder) {
	add("GET /accounts/unmatched", purser.OpAccountRead, h.unmatched)
	add("GET /accounts/unmatched/export", purser.OpExport, h.exportList("unmatched"), proof)
	add("GET /accounts/sso", purser.OpAccountRead, h.fedAccounts)
	add("GET /accounts/sso/export", purser.OpExport, h.exportList("sso-accounts"), proof)
	add("POST /accounts/unmatched", purser.OpIdentitySet, h.confirmMatches)
	add("GET /accounts/{id}/link", purser.OpIdentitySet, h.choosePerson)
	add("POST /accounts/{id}/link", purser.OpIdentitySet, h.linkAccount)
	add("POST /accounts/{id}/unlink", purser.OpIdentitySet, h.unlinkAccount)
	add("POST /accounts/{id}/kind", purser.OpIdentitySet, h.setAccountKind)
	add("POST /accounts/{id}/undo", purser.OpIdentitySet, h.undoAccount)
	add("GET /people/{id}/merge", purser.OpIdentitySet, h.chooseSame)
	add("POST /people/{id}/merge", purser.OpIdentitySet, h.mergePeople)
	add("POST /people/{id}/split", purser.OpIdentitySet, h.splitPerson)
	add("GET /settings/matching", purser.OpSettingRead, h.matching)
	add("POST /settings/matching", purser.OpSettingWrite, h.setMatching, proof)
	add("GET /settings/sources", purser.OpSettingRead, h.sources)
	add("POST /settings/sources", purser.OpSettingWrite, h.setSources, proof)
}

// whose is what the page of an account says about whose it is.
func (h *Handler) whose(r *http.Request, a purser.Account) (d view.WhoseData, err error) {
	d.May = h.may(r, purser.OpIdentitySet)
	if d.Decisions, err = h.Identity.Decisions(r.Context(), a.ID); err != nil {
		return d, err
	}
	if a.PersonID == "" && a.RemovedAt.IsZero() {
		d.Suggestions, err = h.Identity.Suggest(r.Context(), a.ID)
	}
	return d, err
}

// unmatched is the list of accounts that wait for somebody to say whose they are.
func (h *Handler) unmatched(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Identity.Unmatched(r.Context(), table.UnmatchedFilter(l.query), l.page)
	if err != nil {
		return err
	}
	instances, err := h.instanceOptions(r.Context())
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Instance", "instance", instances...), l.menu("Status", "status", words(purser.ValuesOf(purser.KindAccount, "status")...)...),
		l.menu("Use", "use", words(purser.UseClasses()...)...), l.menu("Seat", "seat", ui.FilterOption{Value: "1", Label: "holds a seat"})}
	d := view.UnmatchedData{Items: found.Items, May: h.may(r, purser.OpIdentitySet),
		Columns: []ui.Column{l.column("Account", "name", false), l.column("Instance", "", false), l.column("May belong to", "", false), l.column("Why", "", false), l.column("How sure", "", false)},
		Filters: l.filters("Search name, e-mail, user name", h.may(r, purser.OpExport), menus...), Rows: ui.Rows{Count: counted(found.Total, found.More, "account", "accounts"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More)}
	h.namelessList(r, &d.Filters, &d.Rows)
	if err := dress(h, r, l, table.Unmatched(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.UnmatchedRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Unmatched(h.page(r, "Accounts without a person", ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}), d))
}

// confirmMatches links the ticked accounts to whom was proposed.
func (h *Handler) confirmMatches(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("confirm", "the selection cannot be read")
	}
	chosen := r.PostForm["confirm"]
	if len(chosen) == 0 {
		return &purser.Problem{Kind: purser.ProblemInvalid, Field: "confirm", What: "no account was ticked", Hint: "Go back and tick the rows whose proposal is right"}
	}
	if len(chosen) > mostChosen {
		return purser.Invalid("confirm", "more than %d accounts were ticked", mostChosen)
	}
	for _, pair := range chosen {
		account, person, _ := strings.Cut(pair, ":")
		if _, err := h.Identity.Link(r.Context(), account, person); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/accounts/unmatched?done=linked", http.StatusSeeOther)
	return nil
}

// choosePerson looks for whose an account is.
func (h *Handler) choosePerson(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Inventory.Account(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := view.PickData{Query: r.URL.Query().Get("q"), At: "/accounts/" + a.ID + "/link", Field: "person", Verb: "Link",
		Says: "Say whose the account " + view.AccountName(a) + " at " + a.InstanceName + " is. No rule changes it afterwards."}
	if d.Query == "" {
		d.Suggestions, err = h.Identity.Suggest(r.Context(), a.ID)
	} else {
		d.Suggestions, err = h.search(r, d.Query, a.PersonID)
	}
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.PickPerson(h.page(r, "Link to a person", ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}, ui.Link{Label: view.AccountName(a), Href: "/accounts/" + a.ID}), d))
}

// search looks people up by name, address or number.
func (h *Handler) search(r *http.Request, query, but string) (out []purser.Suggestion, err error) {
	found, err := h.Inventory.People(r.Context(), inventory.PersonFilter{Query: query, Bare: true}, purser.Page{Limit: 25})
	for _, p := range found.Items {
		if p.ID != but {
			out = append(out, purser.Suggestion{PersonID: p.ID, PersonName: view.PersonName(p), Email: p.Email, Department: p.Department, Employment: p.Employment, Why: "fits what you searched for"})
		}
	}
	return out, err
}

func (h *Handler) linkAccount(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Identity.Link(r.Context(), r.PathValue("id"), r.PostFormValue("person"))
	return h.backTo(w, r, "/accounts/"+r.PathValue("id"), err)
}

func (h *Handler) unlinkAccount(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Identity.Unlink(r.Context(), r.PathValue("id"))
	return h.backTo(w, r, "/accounts/"+r.PathValue("id"), err)
}

func (h *Handler) setAccountKind(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Identity.SetKind(r.Context(), r.PathValue("id"), r.PostFormValue("kind"))
	return h.backTo(w, r, "/accounts/"+r.PathValue("id"), err)
}

func (h *Handler) undoAccount(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Identity.Undo(r.Context(), r.PathValue("id"))
	return h.backTo(w, r, "/accounts/"+r.PathValue("id"), err)
}

func (h *Handler) backTo(w http.ResponseWriter, r *http.Request, path string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, path+"?done=saved", http.StatusSeeOther)
	return nil
}

// chooseSame looks for the other row of the same human.
func (h *Handler) chooseSame(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Inventory.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := view.PickData{Query: r.URL.Query().Get("q"), At: "/people/" + p.ID + "/merge", Field: "with", Verb: "Merge",
		Says: "Say who is the same human as " + view.PersonName(p) + ". Accounts and devices of both come together; nothing is lost, and it can be split again."}
	query := d.Query
	if query == "" {
		query = p.DisplayName
	}
	if query != "" {
		if d.Suggestions, err = h.search(r, query, p.ID); err != nil {
			return err
		}
	}
	return h.render(w, r, http.StatusOK, view.PickPerson(h.page(r, "Merge with another person", ui.People, ui.Link{Label: "People", Href: "/people"}, ui.Link{Label: view.PersonName(p), Href: "/people/" + p.ID}), d))
}

func (h *Handler) mergePeople(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Identity.Merge(r.Context(), r.PathValue("id"), r.PostFormValue("with"))
	return h.backTo(w, r, "/people/"+p.ID, err)
}

func (h *Handler) splitPerson(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Identity.Split(r.Context(), r.PathValue("id"))
	return h.backTo(w, r, "/people/"+p.ID, err)
}

func (h *Handler) matching(w http.ResponseWriter, r *http.Request) error {
	rules, err := h.Identity.Rules(r.Context())
	if err != nil {
		return err
	}
	return h.showMatching(w, r, http.StatusOK, view.MatchingData{Rules: rules, Domains: domainLines(rules)})
}

func (h *Handler) showMatching(w http.ResponseWriter, r *http.Request, status int, d view.MatchingData) error {
	d.May = h.may(r, purser.OpSettingWrite)
	return h.render(w, r, status, view.Matching(h.settingsPage(r, "Matching", "/settings/matching"), d))
}

func (h *Handler) setMatching(w http.ResponseWriter, r *http.Request) error {
	d := view.MatchingData{Domains: r.PostFormValue("same_domains"), Rules: purser.MatchRules{SubDomains: r.PostFormValue("sub_domains") == "on", TagsCount: r.PostFormValue("tags_count") == "on"}}
	for line := range strings.Lines(d.Domains) {
		set := strings.FieldsFunc(line, func(c rune) bool { return c == '=' || c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n' })
		if len(set) > 0 {
			d.Rules.SameDomains = append(d.Rules.SameDomains, set)
		}
	}
	if _, err := h.Identity.SetRules(r.Context(), d.Rules); err != nil {
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
			d.Error = p.What
			return h.showMatching(w, r, http.StatusUnprocessableEntity, d)
		}
		return err
	}
	http.Redirect(w, r, "/settings/matching?done=saved", http.StatusSeeOther)
	return nil
}

func domainLines(r purser.MatchRules) string {
	var lines []string
	for _, set := range r.SameDomains {
		lines = append(lines, strings.Join(set, " = "))
	}
	return strings.Join(lines, "\n")
}
