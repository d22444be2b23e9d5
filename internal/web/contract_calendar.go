package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) contractSheet(w http.ResponseWriter, r *http.Request) error {
	sheet, err := h.Contracts.Sheet(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.ContractSheet(h.page(r, "Renewal sheet: "+sheet.Contract.Name, ui.Contracts, contractCrumbs(sheet.Contract)...), view.SheetData{Sheet: sheet}))
}

func (h *Handler) frozenSheet(w http.ResponseWriter, r *http.Request) error {
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 64)
	if err != nil {
		return purser.NotFound("decision", r.PathValue("no"))
	}
	sheet, d, err := h.Contracts.FrozenSheet(r.Context(), r.PathValue("id"), no)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.ContractSheet(h.page(r, "Renewal sheet: "+sheet.Contract.Name, ui.Contracts, contractCrumbs(sheet.Contract)...), view.SheetData{Sheet: sheet, Decision: &d}))
}

func (h *Handler) contractCalendar(w http.ResponseWriter, r *http.Request) error {
	return h.showCalendar(w, r, http.StatusOK, view.CalendarData{})
}

// calendarMonths is how many months the calendar shows.
const calendarMonths = 12

func (h *Handler) showCalendar(w http.ResponseWriter, r *http.Request, status int, d view.CalendarData) error {
	d.MayWrite = h.mayContract(r)
	ctx := r.Context()
	today := h.Contracts.Today(ctx)
	first, err := time.Parse("2006-01", cmp.Or(r.URL.Query().Get("from"), today[:7]))
	if err != nil || first.Year() < 1900 || first.Year() > 2190 {
		return purser.Invalid("from", "a month is written like 2026-11, from 1900-01 to 2190-12: %q is none", r.URL.Query().Get("from"))
	}
	d.From = first.Format("2006-01")
	d.Earlier, d.Later = "/contracts/calendar?from="+first.AddDate(0, -calendarMonths, 0).Format("2006-01"), "/contracts/calendar?from="+first.AddDate(0, calendarMonths, 0).Format("2006-01")
	for i := range calendarMonths {
		d.Months = append(d.Months, view.CalendarMonth{Label: first.AddDate(0, i, 0).Format("January 2006")})
	}
	err = h.Contracts.Each(ctx, contract.Filter{}, func(c purser.Contract) error {
		if c.Standing == purser.StandingOverdue || c.Standing == purser.StandingOver {
			d.Overdue = append(d.Overdue, c)
		}
		on, ok := purser.ParseDay(contract.CalendarDay(c))
		if !ok {
			d.Undated++
			return nil
		}
		if i := (on.Year()-first.Year())*12 + int(on.Month()) - int(first.Month()); i >= 0 && i < calendarMonths {
			d.Months[i].Contracts = append(d.Months[i].Contracts, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range d.Months {
		slices.SortStableFunc(d.Months[i].Contracts, func(a, b purser.Contract) int {
			return strings.Compare(contract.CalendarDay(a), contract.CalendarDay(b))
		})
	}
	if d.Feeds, err = h.Contracts.Feeds(ctx); err != nil {
		return err
	}
	actor, _ := purser.ActorFrom(ctx)
	d.MayMoney, d.MayFeed = h.may(r, purser.OpMoneyRead), actor.Kind == purser.ActorUser
	return h.render(w, r, status, view.ContractCalendar(h.page(r, "Calendar of contracts", ui.Contracts, contractsCrumb()), d))
}

// createFeed makes an address for calendar programs; it is shown on the answer alone.
func (h *Handler) createFeed(w http.ResponseWriter, r *http.Request) error {
	d := view.CalendarData{Name: r.PostFormValue("name")}
	f, err := h.Contracts.CreateFeed(r.Context(), d.Name, r.PostFormValue("prices") != "")
	if takesBack(&d.Errors, err) {
		return h.showCalendar(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	d.Name, d.Made, d.Address = "", &f, h.Settings.PublicURL+f.Path
	return h.showCalendar(w, r, http.StatusOK, d)
}

func (h *Handler) revokeFeed(w http.ResponseWriter, r *http.Request) error {
	if err := h.Contracts.RevokeFeed(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/calendar?done=revoked", http.StatusSeeOther)
	return nil
}

// calendarFeed answers calendar programs, which sign in by their address alone.
func (h *Handler) calendarFeed(w http.ResponseWriter, r *http.Request) error {
	text, err := h.Contracts.Calendar(r.Context(), r.PathValue("secret"), h.Settings.PublicURL)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="notice-deadlines.ics"`)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	_, err = w.Write([]byte(text))
	return err
}
