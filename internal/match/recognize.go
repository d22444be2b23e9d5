package match

import (
	"net/url"
	"strings"

	"purser/internal/store"
	"purser/library"
)

// Connector is something that can be connected.
type Connector struct{ Name, Title string }

// Known is what applications are recognized by. Its fields may be nil.
type Known struct {
	Library    *library.Library
	Connectors []Connector
}

// How sure a recognition is, in percent. From certain on, what has several names
// is taken for one application; below, a person is asked.
const (
	sameName     = 100
	sameDomain   = 95
	sameProduct  = 90
	shorterName  = 85
	certain      = 80
	beginsLikeIt = 60
)

// Recognize says which application it is that an identity provider serves: by
// its name and the names that the library has for it, by the name in the
// provider's own catalog, by the domain where it lives, and by its name without
// what was added to it. What is only similar is named, but stays on its own.
func (k Known) Recognize(a store.SeenApplication) store.Recognition {
	r := store.Recognition{Application: a.Name, How: "nothing in the library has this name or this address"}
	found, how, sure := k.find(a)
	if sure == 0 {
		return k.byTitle(a, r)
	}
	r.Library, r.Connector, r.How, r.Confidence = found.Name, found.Connector, how, sure
	if sure >= certain {
		r.Application = found.Name
	}
	return r
}

func (k Known) find(a store.SeenApplication) (found library.Application, how string, sure int64) {
	if k.Library == nil {
		return found, "", 0
	}
	if found, ok := k.Library.ByName(a.Name); ok {
		if library.Key(found.Name) == library.Key(a.Name) {
			return found, "the library has this name", sameName
		}
		return found, "the library knows " + found.Name + " under this name, too", sameName
	}
	if key := spaced(a.VendorKey); len(key) > 3 {
		if found, ok := k.Library.ByName(key); ok {
			return found, "the provider's own catalog calls it " + found.Name, sameProduct
		}
	}
	if found, ok := k.byDomain(a); ok {
		return found, "it opens at " + hostOf(a.URL) + ", where " + found.Name + " lives", sameDomain
	}
	if short := bare(a.Name); short != "" {
		if found, ok := k.Library.ByName(short); ok {
			return found, "its name is " + found.Name + " with an addition", shorterName
		}
	}
	words := strings.Fields(a.Name)
	for n := len(words) - 1; n > 0; n-- {
		if found, ok := k.Library.ByName(strings.Join(words[:n], " ")); ok && len(found.Name) > 3 {
			return found, "its name begins with " + found.Name + ", which may be chance", beginsLikeIt
		}
	}
	return found, "", 0
}

// byTitle recognizes what no library holds by the title of a connector: one of
// the organization's own, perhaps.
func (k Known) byTitle(a store.SeenApplication, r store.Recognition) store.Recognition {
	for _, c := range k.Connectors {
		if library.Key(c.Title) == library.Key(a.Name) {
			r.Connector, r.How, r.Confidence = c.Name, "a connector has this name", sameName
		}
	}
	return r
}

// byDomain finds the application at whose address it opens. The provider's own
// addresses, from which everything is opened, say nothing.
func (k Known) byDomain(a store.SeenApplication) (library.Application, bool) {
	host := hostOf(a.URL)
	if host == "" {
		return library.Application{}, false
	}
	found, ok := k.Library.ByDomain(host)
	provider, known := k.Library.ByConnector(a.Provider)
	if !ok || known && found.Vendor == provider.Vendor {
		return library.Application{}, false
	}
	return found, true
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// spaced is a name of a provider's catalog as people write it: google_drive is google drive.
func spaced(key string) string {
	return strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(key))
}

// bare is a name without what people add to it, in brackets or after a dash; ""
// if nothing was added.
func bare(name string) string {
	short := name
	for _, mark := range []string{"(", "[", " - ", " – ", " — ", ": "} {
		if at := strings.Index(short, mark); at > 0 {
			short = short[:at]
		}
	}
	if short = strings.TrimSpace(short); short == name {
		return ""
	}
	return short
}
