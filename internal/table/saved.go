package table

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Limits of views.
const (
	mostViews = 200  // of one user
	mostName  = 80   // characters
	mostQuery = 4000 // bytes
)

// View is a list as somebody wants to see it again. What it shows is decided by the
// role of whoever opens it, not of whoever saved it.
type View struct {
	ID        string    `json:"id"` // viw_…
	List      string    `json:"list"`
	ListTitle string    `json:"list_title"`
	Name      string    `json:"name"`
	Query     string    `json:"query"` // filters, columns and order, as in the list's address
	URL       string    `json:"url"`   // the list as saved
	Withheld  string    `json:"withheld,omitempty" doc:"why the reader may not open it, and is not told its query"`
	Shared    bool      `json:"shared"`
	Mine      bool      `json:"mine"`
	MayChange bool      `json:"may_change"`
	MadeBy    string    `json:"made_by"`
	Report    *Report   `json:"report,omitempty"` // that the reader gets by mail
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ViewInput is a view as somebody saves it.
type ViewInput struct {
	List    string `json:"list,omitempty" doc:"accounts, sso-accounts, unmatched, leavers, people, access-matrix, applications, devices, licenses, transactions, contracts, findings or runs; of a change it stays as it is"`
	Name    string `json:"name"`
	Query   string `json:"query,omitempty" doc:"as in the address of the list: status=active&cols=account,email&sort=name"`
	Shared  bool   `json:"shared,omitempty" doc:"everybody who may open the list sees it"`
	Version int64  `json:"version,omitempty" doc:"of a change: the version that was read"`
}

// kept is what of an address a view keeps: not the place in the list.
func kept(query string) (string, error) {
	if len(query) > mostQuery {
		return "", purser.Invalid("query", "the address is longer than %d bytes", mostQuery)
	}
	q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return "", purser.Invalid("query", "this is no query of an address: %q", query)
	}
	for _, gone := range []string{"after", "as", "done", "format"} {
		q.Del(gone)
	}
	return q.Encode(), nil
}

func named(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", purser.Invalid("name", "name the view")
	case n > mostName:
		return "", purser.Invalid("name", "a name has at most %d characters", mostName)
	}
	return name, nil
}

// Views returns the views that the reader has, and those that others share; of
// every list that the reader may open if list is "".
func (s *Service) Views(ctx context.Context, list string) ([]View, error) {
	if err := s.Gate.Allow(ctx, purser.OpViewSave); err != nil {
		return nil, err
	}
	actor, _ := purser.ActorFrom(ctx)
	rows, err := store.SavedViews(ctx, s.DB.Read(), actor.ID, list)
	if err != nil {
		return nil, err
	}
	reports, err := store.SavedReportsOf(ctx, s.DB.Read(), actor.ID)
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, r := range rows {
		if v, ok := s.view(ctx, r); ok {
			if i := slices.IndexFunc(reports, func(p store.SavedReportRow) bool { return p.ViewID == r.ID }); i >= 0 {
				v.Report = report(reports[i])
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// view makes the view of a row; ok is false where the reader may not open the list.
func (s *Service) view(ctx context.Context, r store.SavedViewRow) (v View, ok bool) {
	actor, _ := purser.ActorFrom(ctx)
	x, err := s.source(ctx, r.List)
	v = View{ID: r.ID, List: r.List, ListTitle: x.title, Name: r.Name, Query: r.Query, URL: x.path, Shared: r.Shared == 1, Mine: r.UserID == actor.ID, MadeBy: r.MadeBy,
		Version: r.Version, CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time()}
	if v.MayChange = v.Mine || actor.Role == purser.RoleAdmin; r.Query != "" {
		v.URL += "?" + r.Query
	}
	if !v.Mine && x.conditions.tells(r.Query) && s.Gate.Allow(ctx, purser.OpNameRead) != nil {
		v.Query, v.URL, v.Withheld = "", "", "it searches for what may be the name of somebody, which your role does not see"
	}
	return v, err == nil && (v.Mine || v.Shared)
}

// Opens refuses a view whose query is withheld: the list without it would be another.
func (v View) Opens() error {
	if v.Withheld == "" {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "this view does not open for you: " + v.Withheld,
		Hint: "Ask " + v.MadeBy + " to share one that chooses by filters, such as the department"}
}

// View returns one view that is the reader's, or shared.
func (s *Service) View(ctx context.Context, id string) (View, error) {
	v, _, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return v, err
	}
	actor, _ := purser.ActorFrom(ctx)
	p, ok, err := store.SavedReport(ctx, s.DB.Read(), id, actor.ID)
	if ok {
		v.Report = report(p)
	}
	return v, err
}

func (s *Service) one(ctx context.Context, db bun.IDB, id string) (View, store.SavedViewRow, error) {
	if err := s.Gate.Allow(ctx, purser.OpViewSave); err != nil {
		return View{}, store.SavedViewRow{}, err
	}
	r, ok, err := store.SavedView(ctx, db, id)
	if err != nil {
		return View{}, r, err
	}
	v, may := s.view(ctx, r)
	if !ok || !may { // that there is one of somebody else's is nobody's business
		return View{}, r, purser.NotFound("view", id)
	}
	return v, r, nil
}

// Save keeps a list as it is shown.
func (s *Service) Save(ctx context.Context, in ViewInput) (View, error) {
	if err := s.Gate.Allow(ctx, purser.OpViewSave); err != nil {
		return View{}, err
	}
	x, err := s.source(ctx, in.List)
	if err != nil {
		return View{}, err
	}
	actor, _ := purser.ActorFrom(ctx)
	at := purser.MicrosOf(s.Now())
	r := store.SavedViewRow{ID: s.ids.New(purser.PrefixView), List: x.name, UserID: actor.ID, MadeBy: actor.Name, Version: 1, CreatedAt: at, UpdatedAt: at}
	if err := fill(&r, in); err != nil {
		return View{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := store.CountSavedViews(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if n >= mostViews {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "you have as many views as one may have", Hint: "Delete one that you no longer need"}
		}
		if err := store.InsertSavedView(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, nil, &r)
	})
	v, _ := s.view(ctx, r)
	return v, err
}

func fill(r *store.SavedViewRow, in ViewInput) (err error) {
	if r.Name, err = named(in.Name); err != nil {
		return err
	}
	if r.Query, err = kept(in.Query); err != nil {
		return err
	}
	if q, err := url.ParseQuery(r.Query); err != nil {
		return err
	} else if err := Check(r.List, q); err != nil {
		return err
	}
	if r.Shared = 0; in.Shared {
		r.Shared = 1
	}
	return nil
}

// Change renames a view, shares it or not, or keeps another address.
func (s *Service) Change(ctx context.Context, id string, in ViewInput) (View, error) {
	var out View
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		was, err := s.mine(ctx, tx, id)
		if err != nil {
			return err
		}
		r := was
		if err := fill(&r, in); err != nil {
			return err
		}
		if r.UpdatedAt = purser.MicrosOf(s.Now()); in.Version != 0 {
			r.Version = in.Version
		}
		ok, err := store.UpdateSavedView(ctx, tx, r)
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody changed this view meanwhile", Hint: "Open it anew and change it again"}
		}
		r.Version++
		out, _ = s.view(ctx, r)
		return s.note(ctx, tx, &was, &r)
	})
	return out, err
}

// Delete removes a view; nobody gets it by mail any more.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := s.mine(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := store.DeleteSavedView(ctx, tx, id); err != nil {
			return err
		}
		return s.note(ctx, tx, &r, nil)
	})
}

// mine returns a view that the reader may change: an own one, as an admin any shared one.
func (s *Service) mine(ctx context.Context, tx bun.IDB, id string) (store.SavedViewRow, error) {
	v, r, err := s.one(ctx, tx, id)
	if err == nil && !v.MayChange {
		err = &purser.Problem{Kind: purser.ProblemForbidden, What: "this view is somebody else's", Hint: "Save one of your own, or ask " + v.MadeBy + " to change it"}
	}
	return r, err
}

func (s *Service) note(ctx context.Context, tx bun.Tx, was, is *store.SavedViewRow) error {
	facts := func(r *store.SavedViewRow) map[string]any {
		if r == nil {
			return nil
		}
		return map[string]any{"list": r.List, "name": r.Name, "query": r.Query, "shared": r.Shared == 1}
	}
	about := is
	if about == nil {
		about = was
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpViewSave, Object: about.ID, ObjectName: about.Name, Before: facts(was), After: facts(is), At: s.Now()})
}
