package ui

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Gallery serves every component in every state, for the tests of this package: a
// part that is not in it is not tested.
func Gallery(k Kit) http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, c func(*http.Request) templ.Component) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if strings.HasPrefix(pattern, "POST") {
				w.WriteHeader(http.StatusUnprocessableEntity)
			}
			if err := c(r).Render(WithCSRF(r.Context(), "gallery"), w); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	at := k.Now()
	page("GET /{$}", func(*http.Request) templ.Component { return galleryHome(at) })
	page("GET /list", func(r *http.Request) templ.Component { return galleryAnswer(r, at) })
	page("GET /parts", func(*http.Request) templ.Component { return galleryParts(at) })
	page("GET /states", func(*http.Request) templ.Component { return galleryStates(at) })
	page("GET /form", func(*http.Request) templ.Component { return galleryForm(nil) })
	page("POST /form", func(*http.Request) templ.Component {
		return galleryForm([]FieldError{{"domain", "Enter the domain of Identra, such as acme.example.com"}, {"tasks", "Choose at least one task"}})
	})
	page("GET /live", func(r *http.Request) templ.Component { return galleryLive(r.URL.Query().Has("ended")) })
	mux.HandleFunc("GET /live/stream", galleryStream)
	page("GET /bare", func(*http.Request) templ.Component { return galleryBare() })
	page("GET /palette", func(r *http.Request) templ.Component { return PaletteList(galleryFound(r.URL.Query().Get("q"))) })
	return k.Wrap(mux)
}

// galleryRow is a made-up instance.
type galleryRow struct {
	name, tenant, status, health string
	age                          time.Duration
	accounts                     int64
	last                         string
}

func galleryInstances() []galleryRow {
	return []galleryRow{
		{"Identra", "Acme – production", "live", "ok", 3 * time.Minute, 8412, "1 min 12 s"},
		{"Chatterbox", "Acme", "live", "ok", 41 * time.Minute, 6930, "48 s"},
		{"Paper Suite", "acme.example.com", "live", "rate_limited", 96 * time.Hour, 7118, "held: 61 % gone"},
		{"Dealbook", "Acme EMEA", "revoked", "unauthorized", 9 * 24 * time.Hour, 1204, "scope missing"},
		{"SignRight", "Legal", "live", "failing", 31 * time.Hour, 388, "503 from vendor"},
		{"LedgerOne", "Acme GmbH", "live", "ok", 2 * time.Hour, 96, "3 min 40 s"},
		{"PeopleHR", "People", "live", "ok", 5 * time.Hour, 8020, "22 s"},
		{"Fleet Pro", "Devices", "inactive", "", 60 * 24 * time.Hour, 5540, "by Ada Example"},
		{"Tally Books", "Acme Ltd", "draft", "unknown", time.Hour, -1, "9 s"},
		{"A very long name that an administrator typed without looking, <b>with markup</b>", "and-a-tenant-whose-name-has-no-place-to-break-anywhere-in-it.example.com", "deleting", "", time.Hour, 12, "2 s"},
	}
}

func galleryAnswer(r *http.Request, at time.Time) templ.Component {
	q := r.URL.Query()
	rows := slices.DeleteFunc(galleryInstances(), func(g galleryRow) bool {
		return !strings.Contains(strings.ToLower(g.name), strings.ToLower(q.Get("q"))) ||
			q.Has("status") && !slices.Contains(q["status"], g.status)
	})
	if r.Header.Get("HX-Request-Type") == "partial" {
		return rowsInner(galleryCount(rows), galleryRows(at, rows))
	}
	status := FilterMenu{Label: "Status", Name: "status"}
	for _, s := range []string{"live", "inactive", "revoked", "draft"} {
		status.Options = append(status.Options, FilterOption{Value: s, Label: s, Badge: badge(markOf("status", s)), Count: "12", Checked: slices.Contains(q["status"], s)})
	}
	return galleryList(at, Filters{
		Action: "/list", Placeholder: "Search name, connector, tenant", Query: q.Get("q"), Keep: url.Values{"sort": {"name"}},
		Menus:   []FilterMenu{status, {Label: "Connector", Name: "connector", Options: []FilterOption{{Value: "identra", Label: "Identra"}, {Value: "chatterbox", Label: "Chatterbox"}}}},
		Exports: []Link{{Label: "CSV", Href: "/list.csv"}, {Label: "JSON", Href: "/list.json"}},
	}, rows)
}

func galleryCount(rows []galleryRow) Rows {
	r := Rows{Count: Count(int64(len(rows)), "instance", "instances")}
	if len(rows) < len(galleryInstances()) {
		r.Chips, r.ClearURL = []Chip{{Label: "Filtered", RemoveURL: "/list"}}, "/list"
	}
	return r
}

func galleryFound(q string) []PaletteGroup {
	groups := []PaletteGroup{
		{"Go to", []PaletteItem{{Label: "Integrations", Href: "/list", Icon: "plug", Keys: "g i"}, {Label: "Applications", Href: "/parts", Icon: "boxes", Keys: "g a"}}},
		{"Do", []PaletteItem{{Label: "Connect an application", Href: "/form", Icon: "plus"}, {Label: "Refresh Identra", Note: "Acme – production", Href: "/parts", Icon: "refresh-cw"}}},
	}
	var out []PaletteGroup
	for _, g := range groups {
		g.Items = slices.DeleteFunc(g.Items, func(i PaletteItem) bool { return !strings.Contains(strings.ToLower(i.Label), strings.ToLower(q)) })
		if len(g.Items) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// galleryMarks lists every value of the domain that has a badge.
func galleryMarks() []mark {
	var out []mark
	for fact, values := range map[string][]string{
		"status": {"live", "draft", "inactive", "revoked", "deleting", "needs_setup"},
		"health": {"unknown", "ok", "failing", "unauthorized", "forbidden", "rate_limited"},
	} {
		for _, v := range values {
			out = append(out, markOf(fact, v))
		}
	}
	slices.SortFunc(out, func(a, b mark) int { return strings.Compare(a.word, b.word) })
	return out
}

func gallerySpark(seed int) []float64 {
	out := make([]float64, 24)
	for i := range out {
		out[i] = 3*math.Sin(float64(i)/float64(1+seed%4)) + float64(i)/3 + math.Mod(float64(i*seed), 2)
	}
	return out
}

func galleryStreamAddress(ended bool) string {
	if ended {
		return "/live/stream?end=yes"
	}
	return "/live/stream"
}

func galleryError(errors []FieldError, name string) string {
	for _, e := range errors {
		if e.Name == name {
			return e.Message
		}
	}
	return ""
}
