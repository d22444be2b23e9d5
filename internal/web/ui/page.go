package ui

import "github.com/a-h/templ"

// Page is what Layout needs to know about a page.
type Page struct {
	Title   string  // of the page alone: "Identra Acme"
	Section Section // marked in the navigation, and in the window's title
	Crumbs  []Link  // the way here, without the page itself
	User    User
	Counts  map[Section]string // shown beside an entry of the navigation: "48"
	Hidden  []Section          // sections that the role may not open
	Banner  *Banner            // what concerns every page: frozen, demo, redirected vendors
	Flash   []ToastItem        // what the request before this one did
	Resume  *Resume            // a form that waits to be sent again
	// SignOut is the address that ends the session by POST; "/sign-out" if empty.
	SignOut string
	// Menu is links of the user's menu above "Sign out": profile, sessions, tokens.
	Menu []Link
}

// User is who is signed in.
type User struct{ Name, Role string }

// Link is a named address.
type Link struct{ Label, Href, Icon string }

// Banner stands above a page until its reason is gone.
type Banner struct {
	Tone   Tone
	Text   string
	Action *Link
}

// title is that of the window: "Identra Acme · Integrations · Purser".
func (p Page) title() string {
	switch {
	case p.Title == "" || p.Title == string(p.Section):
		if p.Section == "" {
			return "Purser"
		}
		return string(p.Section) + " · Purser"
	case p.Section == "":
		return shortened(p.Title, longTitle) + " · Purser"
	}
	return shortened(p.Title, longTitle) + " · " + string(p.Section) + " · Purser"
}

func (p Page) signOut() templ.SafeURL {
	if p.SignOut == "" {
		return "/sign-out"
	}
	return templ.URL(p.SignOut)
}
