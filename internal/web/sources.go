package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"purser"
	"purser/internal/web/view"
)

// sources is the settings page of whose word counts first.
func (h *Handler) sources(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Identity.Orders(r.Context())
	if err != nil {
		return err
	}
	return h.showSources(w, r, http.StatusOK, view.SourcesData{All: all})
}

func (h *Handler) showSources(w http.ResponseWriter, r *http.Request, status int, d view.SourcesData) error {
	d.May = h.may(r, purser.OpSettingWrite)
	return h.render(w, r, status, view.Sources(h.settingsPage(r, "Sources", "/settings/sources"), d))
}

// setSources reads places for all fields, and for single fields who is first.
func (h *Handler) setSources(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Identity.Orders(r.Context())
	if err != nil {
		return err
	}
	if len(all) == 0 || len(all[0].Sources) == 0 {
		return purser.Invalid("sources", "there is no source of people whose place could be changed")
	}
	d := view.SourcesData{All: all, Places: map[string]string{}}
	type placed struct {
		id    string
		place int
	}
	var places []placed
	for i, s := range all[0].Sources {
		text := strings.TrimSpace(r.PostFormValue("place." + s.InstanceID))
		d.Places[s.InstanceID] = text
		n, err := strconv.Atoi(text)
		if text == "" { // connected since the page was opened
			n, err = i+1, nil
		}
		if err != nil {
			d.Error = "The place of " + s.InstanceName + " is a number: 1 counts most"
			return h.showSources(w, r, http.StatusUnprocessableEntity, d)
		}
		places = append(places, placed{s.InstanceID, n})
	}
	slices.SortStableFunc(places, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	o := purser.SourceOrder{Fields: map[string][]string{}}
	if r.PostFormValue("default") != "on" {
		o = chosenOrder(r, all, o)
		same := true
		for i, p := range places {
			same = same && p.id == all[0].Sources[i].InstanceID
			o.All = append(o.All, p.id)
		}
		if same && !all[0].Own {
			o.All = nil // nobody changed it: it stays the default
		}
	}
	if _, err := h.Identity.SetOrder(r.Context(), o); err != nil {
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
			d.Error = p.What
			return h.showSources(w, r, http.StatusUnprocessableEntity, d)
		}
		return err
	}
	http.Redirect(w, r, "/settings/sources?done=saved", http.StatusSeeOther)
	return nil
}

// chosenOrder reads who is first for single fields. An order that a program set
// stays while its first source does.
func chosenOrder(r *http.Request, all []purser.FieldOrder, o purser.SourceOrder) purser.SourceOrder {
	for _, f := range all[1:] {
		first := r.PostFormValue("first." + f.Field)
		switch {
		case first == "":
		case f.Own && len(f.Sources) > 0 && f.Sources[0].InstanceID == first:
			for _, s := range f.Sources {
				o.Fields[f.Field] = append(o.Fields[f.Field], s.InstanceID)
			}
		default:
			o.Fields[f.Field] = []string{first}
		}
	}
	return o
}
