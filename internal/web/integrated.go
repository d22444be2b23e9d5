package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser"
	"purser/internal/feed"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Feeds is where the accounts of applications come from; package feed is one.
type Feeds interface {
	Integrated(ctx context.Context, instance string, f feed.Filter, p purser.Page) (purser.List[purser.IntegratedApplication], error)
	IntegratedByID(ctx context.Context, id string) (purser.IntegratedApplication, error)
	Count(ctx context.Context, instance string) (feed.Count, error)
	Suggest(ctx context.Context, id, query string) ([]feed.Candidate, error)
	Match(ctx context.Context, id string, in feed.MatchInput) (purser.IntegratedApplication, error)
	Manage(ctx context.Context, applications []string, why string) (feed.Managed, error)
	Unmanage(ctx context.Context, applications []string, why string) (feed.Managed, error)
	State(ctx context.Context, id string) (purser.FeedState, error)
	Choose(ctx context.Context, id string, c feed.Choice) (purser.FeedState, error)
	Differences(ctx context.Context, id, what string, p purser.Page) (feed.Differences, error)
}

func (h *Handler) feedRoutes(add adder) {
	add("GET /instances/{id}/applications", purser.OpAccountRead, h.integratedApplications)
	add("POST /instances/{id}/applications", purser.OpApplicationSet, h.manageIntegrated)
	add("GET /integrated/{id}", purser.OpAccountRead, h.integratedMatch)
	add("POST /integrated/{id}", purser.OpApplicationSet, h.matchIntegrated)
	add("GET /applications/{id}/compare", purser.OpAccountRead, h.compareFeeds)
	add("POST /applications/{id}/feed", purser.OpApplicationSet, h.chooseFeed)
}

func (h *Handler) integratedApplications(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/applications")
	if err != nil {
		return err
	}
	l := list(r)
	taken, dropped := l.query.Get("taken"), l.query.Get("dropped")
	l.query.Del("taken")
	l.query.Del("dropped")
	q := r.URL.Query()
	f := feed.Filter{Query: q.Get("q"), Status: q["status"], Unidentified: q.Get("show") == "unidentified"}
	if show := q.Get("show"); show == "managed" || show == "open" {
		f.Managed = new(show == "managed")
	}
	found, err := h.Feeds.Integrated(r.Context(), p.Instance.ID, f, l.page)
	if err != nil {
		return err
	}
	count, err := h.Feeds.Count(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	d := view.IntegratedData{Instance: p.Instance.ID, Count: count, Items: found.Items, MaySet: h.may(r, purser.OpApplicationSet), MayFindings: h.may(r, purser.OpFindingRead), Shown: q.Get("show"),
		Taken: ids(taken), Dropped: ids(dropped), Back: l.with("", ""), Filters: l.filters("Search name", false),
		Rows:  ui.Rows{Count: counted(found.Total, found.More, "application", "applications"), ClearURL: l.cleared()},
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More)}
	if d.Shown != "" {
		d.Filters.Keep.Set("show", d.Shown)
	}
	for _, s := range []struct{ word, value string }{{"All", ""}, {"Managed", "managed"}, {"Not managed", "open"}, {"Unidentified", "unidentified"}} {
		d.Views = append(d.Views, ui.Tab{Label: s.word, Href: l.with("show", s.value), Current: s.value == d.Shown})
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.IntegratedRows(d))
	}
	return h.render(w, r, http.StatusOK, view.InstanceApplications(p, d))
}

// ids reads identifiers of applications from an address; what is none is left out.
func ids(text string) []string {
	all := slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return !strings.HasPrefix(s, "app_") })
	return all[:min(len(all), 200)]
}

// manageIntegrated takes what is ticked on the page into management, and what is
// shown and not ticked out of it.
func (h *Handler) manageIntegrated(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("form", "the form cannot be read")
	}
	ticked := r.PostForm["managed"]
	unticked := slices.DeleteFunc(slices.Clone(r.PostForm["shown"]), func(id string) bool { return slices.Contains(ticked, id) })
	q := url.Values{"done": {"saved"}}
	for _, part := range []struct {
		ids  []string
		name string
		set  func(context.Context, []string, string) (feed.Managed, error)
	}{{ticked, "taken", h.Feeds.Manage}, {unticked, "dropped", h.Feeds.Unmanage}} {
		if len(part.ids) == 0 {
			continue
		}
		done, err := part.set(r.Context(), part.ids, "")
		if err != nil {
			return err
		}
		if len(done.Changed) > 0 && r.PostFormValue("undo") == "" {
			q.Set(part.name, strings.Join(done.Changed, ","))
		}
	}
	if show := r.PostFormValue("show"); show != "" {
		q.Set("show", show)
	}
	http.Redirect(w, r, "/instances/"+url.PathEscape(r.PathValue("id"))+"/applications?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// integratedMatch asks what an integrated application is.
func (h *Handler) integratedMatch(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Feeds.IntegratedByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := view.MatchData{Integrated: a, Query: r.URL.Query().Get("q"), MaySet: h.may(r, purser.OpApplicationSet)}
	if d.Suggestions, err = h.Feeds.Suggest(r.Context(), a.ID, d.Query); err != nil {
		return err
	}
	i, err := h.Connect.Instance(r.Context(), a.InstanceID)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.IntegratedMatch(h.page(r, a.Name, ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"},
		ui.Link{Label: i.Name, Href: "/instances/" + i.ID + "/applications"}), d))
}

func (h *Handler) matchIntegrated(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Feeds.Match(r.Context(), r.PathValue("id"), feed.MatchInput{Application: r.PostFormValue("application"), Library: r.PostFormValue("library"), Name: r.PostFormValue("name")})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/integrated/"+a.ID+"?done=saved", http.StatusSeeOther)
	return nil
}
