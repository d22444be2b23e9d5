package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/table"
	"purser/internal/web/ui"
)

// remain gives a form the conditions of its address that none of its fields says, such
// as those that a tile opens, and a chip for each: another filter narrows what is
// shown, and nothing that is set is out of sight.
func (h *Handler) remain(r *http.Request, l listing, conditions table.Conditions, f *ui.Filters, rows *ui.Rows) {
	menus := slices.Concat(append([][]ui.FilterMenu{f.Menus}, f.Groups...)...)
	asked := func(name, value string) bool {
		return slices.ContainsFunc(menus, func(m ui.FilterMenu) bool {
			return m.Name == name && slices.ContainsFunc(m.Options, func(o ui.FilterOption) bool { return o.Value == value })
		})
	}
	here := []string{"q", "after", "cols", "as"}
	if f.Tools != nil {
		here = append(here, "from", "to")
	}
	if f.Date != nil {
		here = append(here, f.Date.Name)
	}
	rest := url.Values{}
	for name, values := range l.query {
		if slices.Contains(here, name) || f.Keep.Has(name) {
			continue
		}
		for _, value := range values {
			if value != "" && !asked(name, value) {
				rest.Add(name, value)
			}
		}
	}
	names := make([]string, 0, len(rest))
	for name, values := range rest {
		names, f.Keep[name] = append(names, name), values
		f.Beside += len(values)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range rest[name] {
			rows.Chips = append(rows.Chips, ui.Chip{Label: h.conditionWords(r, conditions, name, value), RemoveURL: l.without(name, value)})
		}
	}
}

// ownerWords is who looks after something. Who may not see the users learns which of
// them it is only if it is the reader.
func (h *Handler) ownerWords(ctx context.Context, value string) string {
	if !strings.HasPrefix(value, purser.PrefixUser) {
		return value
	}
	all, _ := h.Login.Users(ctx)
	for _, u := range all {
		if u.ID == value {
			return cmp.Or(u.Name, u.Email)
		}
	}
	if actor, ok := purser.ActorFrom(ctx); ok && actor.ID == value {
		return "you"
	}
	return "a user"
}

// conditionWords is a condition of an address as people say it: what it is about is
// called by its name where the reader may know it.
func (h *Handler) conditionWords(r *http.Request, conditions table.Conditions, name, value string) string {
	if n, ok := strings.CutPrefix(name, "any"); ok {
		if n, name, ok := strings.Cut(n, "."); ok {
			return "Group " + n + ", " + h.conditionWords(r, conditions, name, value)
		}
	}
	ctx, known := r.Context(), value
	switch name {
	case "application", "has", "uses":
		if a, err := h.Inventory.Application(ctx, value); err == nil {
			known = a.Name
		}
	case "instance":
		all, _ := h.Connect.Instances(ctx, connect.InstanceFilter{})
		for _, i := range all {
			if i.ID == value {
				known = i.Name
			}
		}
	case "account":
		if a, err := h.Inventory.Account(ctx, value); err == nil {
			known = cmp.Or(a.DisplayName, a.Email, a.UserName, a.ID)
		}
	case "person":
		if p, err := h.Inventory.Person(ctx, value); err == nil {
			known = cmp.Or(p.DisplayName, p.Email, p.ID)
		}
	case "plan":
		if p, err := h.Licenses.License(ctx, value); err == nil {
			known = p.Name
		}
	case "owner":
		known = h.ownerWords(ctx, value)
	case "days":
		return "Threshold: " + value + " days"
	case "active_days":
		return "Active on " + value + " of the last 30 days"
	}
	title := conditions.Title(name)
	if value == "1" { // a condition that is set or not
		return title
	}
	return title + ": " + known
}
