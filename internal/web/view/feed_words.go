package view

import (
	"strconv"
	"strings"

	"purser"
	"purser/internal/feed"
	"purser/internal/web/ui"
)

// step of the way from an identity provider to an application's own instances.
type conversionStep int

const (
	noConversion conversionStep = iota
	canConvert
	waitsForRoster
	bothAreRead
	wentOver
	wentBack
)

func conversionOf(f purser.FeedState) conversionStep {
	direct, via := false, false
	for _, s := range f.Sources {
		direct = direct || s.Direct && s.Status != string(purser.StatusDraft)
		via = via || !s.Direct
	}
	switch {
	case !via:
		return noConversion
	case direct && f.Feed == purser.FeedDirect && !f.SwitchAt.IsZero():
		return wentOver
	case f.Feed != purser.FeedSSO:
		return noConversion
	case direct && f.Undone:
		return wentBack
	case direct && f.RosterAt.IsZero():
		return waitsForRoster
	case direct:
		return bothAreRead
	case f.Direct != "":
		return canConvert
	}
	return noConversion
}

// providers are the identity providers that serve it, in words.
func providers(f purser.FeedState) string {
	var names []string
	for _, s := range f.Sources {
		if !s.Direct {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, " and ")
}

func convertText(f purser.FeedState) string {
	return "It is integrated through " + providers(f) + ". A direct connection also shows accounts outside of it, roles, licenses and real use. " +
		providers(f) + " goes on until the direct connection has read all users once: with that reading, or some days later, it takes over. " +
		"A connection that fails changes nothing, the history of both stays, and the switch can be undone."
}

func waitText(f purser.FeedState) string {
	return "A direct instance is connected and has not read all of its users yet. " + providers(f) + " goes on until it has; if it fails, nothing changes."
}

func addsUp(a purser.Application) string {
	return "Together: " + ui.Count(a.Accounts, "account", "accounts") + " of " + ui.Count(a.People, "person", "people") + ". Who is known through several counts as one person."
}

func readsText(s purser.FeedSource) string {
	if s.Direct {
		return "the application itself"
	}
	return "who is given it and who signs in"
}

func parallelDays(f purser.FeedState) string { return strconv.FormatInt(f.ParallelDays, 10) }

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// WayText says in words how an account has an application.
func WayText(way string) string {
	return map[string]string{"direct": "given directly", "group": "by a group", "assigned": "assigned", "consent": "gave consent", "sign_in": "seen signing in"}[way]
}

func accountsTitle(d ApplicationData) string {
	if d.Former {
		return "Former accounts"
	}
	return "Accounts"
}

func applicationOwners(d ApplicationData) []ui.Option {
	out := []ui.Option{{Value: "", Label: "nobody", Checked: d.Application.OwnerID == ""}}
	for _, u := range d.Users {
		out = append(out, ui.Option{Value: u.ID, Label: first(u.Name, u.Email)})
	}
	return out
}

func stepEvents(steps []purser.FeedStep) []ui.Event {
	out := make([]ui.Event, 0, len(steps))
	for _, s := range steps {
		what := map[string]string{"status": "Status", "owner": "Owner", "note": "Note", "match": "Recognized as", "feed": "Accounts come from"}[s.What]
		if s.What == "match" && s.Note != "" {
			what = s.Note + " is"
		}
		out = append(out, ui.Event{At: s.At, Who: s.By, What: what, Before: plainStatus(s.Before), After: plainStatus(s.After)})
		if s.Note != "" && s.What != "match" {
			out[len(out)-1].What += " (" + s.Note + ")"
		}
	}
	return out
}

func plainStatus(s string) string { return strings.ReplaceAll(s, "_", " ") }

// DifferenceTabs are the kinds of differences; their address is the kind.
func DifferenceTabs(d feed.Differences) []ui.Tab {
	return []ui.Tab{{Label: "Only the identity provider (" + ui.Int(d.OnlySSO) + ")", Href: "only_sso"}, {Label: "Only direct (" + ui.Int(d.OnlyDirect) + ")", Href: "only_direct"},
		{Label: "Other status (" + ui.Int(d.Status) + ")", Href: "status"}, {Label: "Other last use (" + ui.Int(d.LastUse) + ")", Href: "last_use"}}
}

// DifferenceTotal is how many differences of the shown kind there are.
func DifferenceTotal(d feed.Differences) int64 {
	return map[string]int64{"only_sso": d.OnlySSO, "only_direct": d.OnlyDirect, "status": d.Status, "last_use": d.LastUse}[d.What]
}

func differenceText(what string) string {
	return map[string]string{
		"only_sso":    "Given through the identity provider, with no account in the application: nobody has opened it yet, or the account was closed there.",
		"only_direct": "An account in the application that the identity provider does not give: it may open without single sign-on.",
		"status":      "Open in the one, suspended or otherwise in the other.",
		"last_use":    "The last use differs by more than a day: the identity provider sees sign-ins only.",
	}[what]
}

func differenceHref(x purser.Difference) string {
	switch {
	case x.PersonID != "":
		return "/people/" + x.PersonID
	case x.SSOAccount != "":
		return "/accounts/" + x.SSOAccount
	}
	return "/accounts/" + x.Direct
}
