package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"purser"
	"purser/internal/app"
	"purser/internal/connect"
	"purser/internal/manifest"
	"purser/internal/web/browsertest"
	"purser/internal/web/view"
)

func TestTheManifestThatThePageTeachesIsOne(t *testing.T) {
	con, err := manifest.LoadConnector(fstest.MapFS{"manifest.yaml": {Data: []byte(view.ShortestManifest())}})
	if err != nil || con.Manifest.Name != "planner" {
		t.Errorf("%v: %v", con, err)
	}
}

// TestWaysInInABrowser walks the ways in for what has no connector: files, pages of
// programs, and connectors of the operator's own.
func TestWaysInInABrowser(t *testing.T) {
	b := chromium.Start(t)
	folder := t.TempDir()
	s := serveWith(t, func(o *app.Options) { o.ConnectorFolder = folder })
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	auditor := s.signIn(t, b, "otto@example.com", purser.RoleAuditor)
	t.Run("an empty folder teaches how to write a connector", func(t *testing.T) {
		lookAt(t, s, admin.For(t), "/catalog/own?empty=1")
		says(admin.For(t), "purser connector new")
	})
	t.Run("an own connector is trusted after a look, and waits again when it changes", func(t *testing.T) {
		trustInABrowser(t, s, admin.For(t), auditor.For(t), folder)
	})
	t.Run("a file's columns and words are mapped, and its load is read", func(t *testing.T) { loadInABrowser(t, s, admin.For(t)) })
	s.clean(admin)
	s.clean(auditor)
}

func trustInABrowser(t *testing.T, s *site, p, auditor *browsertest.Page, folder string) {
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name, "manifest.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := view.ShortestManifest() + "\nactions:\n  suspend: {target: account, scopes: [users.write], post: \"/users/${account.external_id}/suspend\"}\n"
	put("planner", text)
	put("broken", "manifest: 1\nname: broken\ntitel: Broken\n")
	put("waiting", strings.ReplaceAll(view.ShortestManifest(), "planner", "waiting"))
	p.Size(1280, 800)
	p.Light()
	p.Open(s.PublicURL() + "/catalog/own")
	says(p, "planner.example.com")
	says(p, "/users/${account.external_id}/suspend")
	says(p, "line 3")
	press(p, "Trust it as it is now") // nothing is ticked
	p.Expect(422)
	says(p, "Say that you have looked")
	p.Axe()
	p.Click(`input[name="seen.planner"]`)
	p.Click(`form[action="/catalog/own/planner/trust"] button[type="submit"]`)
	p.Until(`location.search.includes("done=saved") && document.readyState === "complete"`)
	says(p, "It works exactly as")
	if _, err := s.Connect.Create(s.host, connect.CreateInput{Connector: "planner", Name: "Planner of Acme", Tasks: []purser.TaskName{purser.TaskApplicationRoster}}); err != nil {
		t.Fatal(err)
	}
	put("planner", strings.Replace(text, "hosts: [planner.example.com]", "hosts: [planner.example.com, evil.example.net]", 1))
	lookAt(t, s, p, "/catalog/own")
	says(p, "+ hosts: [planner.example.com, evil.example.net]")
	auditor.Open(s.PublicURL() + "/catalog/own")
	says(auditor, "Only an admin can trust it")
	auditor.Axe()
}

func loadInABrowser(t *testing.T, s *site, p *browsertest.Page) {
	i, err := s.Connect.Create(s.host, connect.CreateInput{Connector: "file", Name: "Planner users", Tasks: []purser.TaskName{purser.TaskApplicationRoster}, Settings: map[string]string{"application": "Planner"}})
	if err != nil {
		t.Fatal(err)
	}
	push, err := s.Connect.Create(s.host, connect.CreateInput{Connector: "push", Name: "Planner pushed", Tasks: []purser.TaskName{purser.TaskApplicationRoster}, Settings: map[string]string{"application": "Planner"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Size(1280, 800)
	p.Light()
	p.Open(s.PublicURL() + "/instances/" + i.ID + "/loads")
	p.Click(`form[enctype] button[type="submit"]`) // no file was chosen
	p.Expect(422)
	says(p, "hoose a file")
	p.Axe()
	p.Screenshot("loads-no-file", false)
	csv := "User ID,E-mail,Full name,State,Admin?\n1,ada@example.com,Ada,Aktiv,ja\n2,bob@example.com,Bob,Gesperrt,nein\n3,cleo@example.com,<img src=x onerror=\"window.__pwned=1\">,Aktiv,nein\n,nobody@example.com,Nobody,Aktiv,nein\n"
	browsertest.Eval[int](p, `(() => { const d = new DataTransfer(); d.items.add(new File([`+"`"+csv+"`"+`], "users.csv", {type: "text/csv"}));
		document.querySelector("#f-file").files = d.files; return 0; })()`)
	p.Click(`form[enctype] button[type="submit"]`)
	p.Until(`/^.loads.[a-z]+_/.test(location.pathname) && document.readyState === "complete"`)
	says(p, "Gesperrt")
	says(p, "line 5")
	path := browsertest.Eval[string](p, `location.pathname`)
	lookAt(t, s, p, path)
	p.Size(1280, 800)
	p.Light()
	browsertest.Eval[int](p, `(document.querySelector('select[aria-label="status: Gesperrt means"]').value = "suspended", 0)`)
	browsertest.Eval[int](p, `(document.querySelector('select[aria-label="status: Aktiv means"]').value = "active", 0)`)
	browsertest.Eval[int](p, `(document.querySelector('select[aria-label="admin: ja means"]').value = "true", 0)`)
	browsertest.Eval[int](p, `(document.querySelector('select[aria-label="admin: nein means"]').value = "false", 0)`)
	p.Click(`button[name="do"][value="preview"]`)
	p.Until(`[...document.querySelectorAll("table")].some(t => t.caption && t.caption.innerText === "First rows" && t.innerText.includes("suspended"))`)
	p.Axe()
	p.Screenshot("load-mapped", true)
	p.Click(`button[name="do"][value="load"]`)
	p.Until(`document.readyState === "complete" && !document.querySelector("main").innerText.includes("not loaded yet")`)
	says(p, "What came of it")
	for range 50 { // until the run has read it
		p.Open(s.PublicURL() + path)
		if strings.Contains(browsertest.Eval[string](p, `document.querySelector("main").innerText`), "Download what could not be read") {
			break
		}
	}
	says(p, "Loaded, but for what could not be read")
	for _, path := range []string{path, "/instances/" + i.ID + "/loads", "/instances/" + push.ID + "/loads"} {
		lookAt(t, s, p, path)
	}
	got, err := s.DB.Read().QueryContext(s.host, `SELECT external_id, status || ' ' || admin FROM account WHERE instance_no = (SELECT no FROM instance WHERE id = '`+i.ID+`') ORDER BY external_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Close() }()
	var rows []string
	for got.Next() {
		var id, status string
		if err := got.Scan(&id, &status); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, id+"="+status)
	}
	if err := got.Err(); err != nil || strings.Join(rows, " ") != "1=active 1 2=suspended 0 3=active 0" {
		t.Errorf("loaded %v (%v)", rows, err)
	}
}
