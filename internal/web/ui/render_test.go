package ui_test

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"purser/internal/web/assets"
	"purser/internal/web/ui"
)

func at() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	ctx := ui.Kit{Assets: assets.Fake(), Now: at}.Context(context.Background())
	if err := c.Render(ui.WithCSRF(ctx, "tok-1"), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryPartRendersEachOfItsStates(t *testing.T) {
	for _, c := range []struct {
		name  string
		part  templ.Component
		want  []string
		never []string
	}{
		{"badge of a status", ui.StatusBadges("revoked", "ok"), []string{"Revoked", "tone-revoked", "shield-off"}, []string{"OK"}},
		{"health beside a status when not ok", ui.StatusBadges("live", "rate_limited"), []string{"Live", "Rate limited", "tone-stale"}, nil},
		{"a status nobody thought of", ui.StatusBadges("strange_thing", ""), []string{"Strange thing", "tone-unknown"}, nil},
		{"freshness never", ui.FreshnessBadge("never"), []string{"Never executed", "tone-unknown"}, nil},
		{"a held run", ui.RunBadge("partial", true), []string{"Partial", "Held"}, nil},
		{"an ended employment", ui.EmploymentBadge("ended"), []string{"Ended", "tone-inactive"}, nil},
		{"an account suspended", ui.AccountBadge("suspended"), []string{"Suspended", "tone-stale"}, nil},
		{"unknown use is no saving", ui.UseBadge("unknown"), []string{"Unknown", "tone-unknown"}, []string{"Inactive"}},
		{"an application in review", ui.ApplicationBadge("in_review"), []string{"In review"}, nil},
		{"missing value", ui.Missing("this vendor has no last sign-in"), []string{"–", `>this vendor has no last sign-in<`}, []string{">0<"}},
		{"missing number in a row", ui.MissingCell("Accounts", "no list", true), []string{"–", "no list", `class="num"`}, []string{">0<"}},
		{"number", ui.NumberCell("Accounts", 41204), []string{"41,204"}, nil},
		{"past", ui.RelativeTime(at().Add(-3 * time.Minute)), []string{"3 min ago", "2026-11-22T08:57:00Z", "22 Nov 2026, 08:57:00 UTC"}, nil},
		{"future", ui.RelativeTime(at().Add(23 * time.Hour)), []string{"in 23 h"}, nil},
		{"stale data", ui.AsOf(at().Add(-75*time.Hour), true), []string{"stale, ", "data as of ", "3 d ago"}, nil},
		{"tile", ui.Tile(ui.TileData{Label: "Accounts", Icon: "users", Value: "12", Href: "/accounts", How: "All of them"}), []string{`href="/accounts"`, "How is this counted?", "All of them"}, nil},
		{"tile hidden by role", ui.Tile(ui.TileData{Label: "Cost", Icon: "wallet", Missing: "hidden for your role"}), []string{"hidden for your role"}, []string{"<a "}},
		{"progress without a total", ui.Progress(ui.ProgressData{Label: "Users", Words: "page 42"}), []string{"<progress", "page 42"}, []string{"value="}},
		{"progress with a total", ui.Progress(ui.ProgressData{Label: "Users", Value: 3, Max: 9}), []string{`value="3"`, `max="9"`}, nil},
		{"refused field", ui.TextField(ui.Field{Name: "a.b", Label: "A", Value: "kept", Error: "Enter a name", Hint: "H"}), []string{`aria-invalid="true"`, `id="f-a-b-error" role="alert"`, `aria-describedby="f-a-b-error f-a-b-hint"`, `value="kept"`}, nil},
		{"secret that is kept", ui.SecretField(ui.Field{Name: "s", Label: "S", Value: "canary"}, "Kept since 3 Nov"), []string{"Kept since 3 Nov", "Replace"}, []string{"canary"}},
		{"secret that is not", ui.SecretField(ui.Field{Name: "s", Label: "S", Value: "canary"}, ""), []string{`type="password"`}, []string{"canary", "Replace"}},
		{"password is never written back", ui.PasswordField(ui.Field{Name: "p", Label: "P", Value: "canary"}), []string{`type="password"`}, []string{"canary"}},
		{"form", ui.Form("/x", nil), []string{`name="csrf" value="tok-1"`, `method="post"`}, nil},
		{"no summary without errors", ui.ErrorSummary(nil), nil, []string{"<"}},
		{"summary", ui.ErrorSummary([]ui.FieldError{{Name: "a", Message: "Enter A"}, {Message: "Too late"}}), []string{"2 things", `href="#f-a"`, "Too late"}, nil},
		{"confirmation", ui.ConfirmDialog(ui.Confirm{ID: "d", Title: "Delete X?", Goes: []string{"G"}, Stays: []string{"S"}, Action: "/d", Verb: "Delete X"}), []string{"I understand that this action cannot be undone", "required", "What goes", "What stays", "Delete X", "tok-1"}, nil},
		{"error", ui.ErrorPanel(ui.Failure{What: "W", Why: "Y", Todo: "T", RequestID: "R1", Details: "D"}), []string{"W", "Y", "T", "Request R1", "What happened: W", "Details: D"}, nil},
		{"an error stays", ui.Toast(ui.ToastItem{Tone: ui.ToneFailing, Text: "X"}), []string{"data-stay"}, nil},
		{"a toast leaves", ui.Toast(ui.ToastItem{Tone: ui.ToneLive, Text: "X"}), nil, []string{"data-stay"}},
		{"step", ui.Steps("Way", []ui.Step{{Label: "One", State: ui.StepDone, Href: "/1"}, {Label: "Two", State: ui.StepCurrent}, {Label: "Three", State: ui.StepTodo, Href: "/3"}}), []string{`href="/1"`, `aria-current="step"`}, []string{`href="/3"`}},
		{"sorted column", ui.Table(ui.TableData{Caption: "C", Columns: []ui.Column{{Label: "A", SortURL: "/?s=a", Sorted: "descending"}, {Label: "B"}}}), []string{`aria-sort="descending"`, `role="region"`, `aria-label="C"`, `scope="col"`, "arrow-down"}, nil},
		{"first page", ui.Pager(ui.PagerData{Shown: "1–50 of more than 10,000", Next: "/?after=x"}), []string{"more than 10,000", "Next"}, []string{"Previous"}},
		{"share", ui.ShareBar("Half is used.", []ui.Share{{Label: "Used", Value: 1}, {Label: "Unknown", Value: 1, Unknown: true}}), []string{`role="img"`, "Half is used.", `fill="url(#hatch)"`, `width="500.0"`}, nil},
		{"share of nothing", ui.ShareBar("Nothing.", []ui.Share{{Label: "Used", Value: 0}}), []string{`width="0.0"`}, []string{"NaN"}},
		{"line of equal points", ui.Sparkline([]float64{2, 2, 2}, ""), []string{"M0.0 13.0", `aria-hidden="true"`}, []string{"NaN"}},
		{"change", ui.Timeline([]ui.Event{{At: at(), Who: "Ada", What: "set the owner", After: "Grace"}}), []string{"nothing", "Grace"}, nil},
		{"empty", ui.Empty(ui.EmptyState{Kind: ui.NotPermitted, Title: "T", Text: "X"}), []string{"#lock", "T", "X"}, []string{"<button"}},
		{"post button", ui.PostButton("/sync", ui.Button{Label: "Sync"}, map[string]string{"task": "a"}), []string{`name="task" value="a"`, `type="submit"`, "tok-1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := render(t, c.part)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is missing in %s", w, got)
				}
			}
			for _, n := range c.never {
				if strings.Contains(got, n) {
					t.Errorf("%q stands in %s", n, got)
				}
			}
		})
	}
}

func TestHostileTextStaysText(t *testing.T) {
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> hx-get="/x" ` + "\u202e"
	for name, c := range map[string]templ.Component{
		"name":     ui.NameCell(ui.Name{Title: hostile, Sub: hostile, Initials: hostile}),
		"initials": ui.Initials(`<"`),
		"copy":     ui.CopyField(hostile, hostile, hostile),
		"error":    ui.ErrorPanel(ui.Failure{What: hostile, Why: hostile, Details: hostile}),
		"timeline": ui.Timeline([]ui.Event{{What: hostile, Before: hostile}}),
		"select":   ui.SelectCell("id", hostile, hostile, true),
		"facts":    ui.KeyValues([]ui.KV{{Key: hostile, Value: hostile}}),
		"badge":    ui.StatusBadges(hostile, hostile),
	} {
		if got := render(t, c); strings.Contains(got, "<script") || strings.Contains(got, "<img") || strings.Contains(got, ` hx-get="`) {
			t.Errorf("%s lets markup through: %s", name, got)
		}
	}
	for _, href := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example.com", " javascript:alert(1)"} {
		if got := render(t, ui.ExternalLink("x", href)); strings.Contains(got, "href") {
			t.Errorf("%q became a link: %s", href, got)
		}
		if got := render(t, ui.Btn(ui.Button{Label: "x", Href: href})); strings.Contains(strings.ToLower(got), "javascript:") || strings.Contains(got, "data:text") {
			t.Errorf("%q became a button: %s", href, got)
		}
	}
}

func TestNavigationLinksOnlyWhatExistsAndTheRoleMayOpen(t *testing.T) {
	got := render(t, ui.Layout(ui.Page{Title: "Acme", Section: ui.Integrations, Hidden: []ui.Section{ui.Findings, ui.Spend, ui.Licenses, ui.Contracts}, User: ui.User{Name: "Ada", Role: "auditor"}}))
	for _, want := range []string{`<title>Acme · Integrations · Purser</title>`, `href="/integrations" data-keys="g i" aria-current="page"`, `href="#main"`, "Ada", "auditor"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, never := range []string{`href="/spend"`, `href="/licenses"`, "Money", "/findings", "/contracts"} {
		if strings.Contains(got, never) {
			t.Errorf("%s is linked", never)
		}
	}
	if theme, css := strings.Index(got, "theme.js"), strings.Index(got, "app.css"); theme < 0 || theme > css {
		t.Error("the theme is not set before the styles: the page would flash")
	}
}

func TestGalleryAnswersARefusedFormWith422(t *testing.T) {
	h := ui.Gallery(ui.Kit{Assets: assets.Fake(), Now: at})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/form", nil))
	body, _ := io.ReadAll(w.Result().Body)
	if w.Code != 422 || !strings.Contains(string(body), "2 things are missing or wrong") {
		t.Errorf("answered %d %s", w.Code, body)
	}
}

// Rules that the content security policy and hostile data ask of every view.
func TestViewsHoldNothingInline(t *testing.T) {
	never := map[string]*regexp.Regexp{
		"an inline style":        regexp.MustCompile(`\sstyle=|<style`),
		"an inline handler":      regexp.MustCompile(`\son[a-z]+=["{]`),
		"an htmx handler":        regexp.MustCompile(`hx-on|hx-live|hx-vals=["{]\s*js:`),
		"a trigger that is code": regexp.MustCompile(`hx-trigger="[^"]*\[`),
		"unescaped text":         regexp.MustCompile(`templ\.Raw|@templ\.Raw`),
		"a css or script block":  regexp.MustCompile(`(?m)^(css|script) \w+\(`),
		"an inline script":       regexp.MustCompile(`<script(>|\s+type)`),
		"another host":           regexp.MustCompile(`(src|href)="(https?:)?//`),
	}
	n := 0
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		n++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for what, re := range never {
			if m := re.Find(text); m != nil {
				t.Errorf("%s holds %s: %s", path, what, m)
			}
		}
		return nil
	})
	if err != nil || n < 16 {
		t.Fatalf("looked at %d views: %v", n, err)
	}
}

func TestEveryIconThatIsNamedIsInTheSprite(t *testing.T) {
	list, err := os.ReadFile("../assets/src/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, n := range strings.Fields(string(list)) {
		have[n] = true
	}
	named := regexp.MustCompile(`(?:\bIcon\("|\bIcon:\s*")([a-z0-9-]+)"`)
	n := 0
	err = filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !(strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".go")) || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			n++
			if !have[string(m[1])] {
				t.Errorf("%s names the icon %q, which is not in icons.txt", path, m[1])
			}
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Fatalf("found %d names of icons: %v", n, err)
	}
}

func TestNumbersAndTimesReadWell(t *testing.T) {
	for got, want := range map[string]string{
		ui.Int(0): "0", ui.Int(999): "999", ui.Int(1000): "1,000", ui.Int(-1234567): "−1,234,567",
		ui.Count(1, "account", "accounts"): "1 account", ui.Count(1200, "account", "accounts"): "1,200 accounts",
		ui.Duration(400 * time.Millisecond): "400 ms", ui.Duration(40 * time.Microsecond): "< 1 ms", ui.Duration(72 * time.Second): "1 min 12 s",
		ui.Duration(2 * time.Hour): "2 h", ui.Duration(48 * time.Second): "48 s", ui.Bytes(14200): "14.2 kB", ui.Bytes(812): "812 B",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
