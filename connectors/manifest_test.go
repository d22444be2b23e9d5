package connectors_test

import (
	"io/fs"
	"strings"
	"testing"

	"purser/connectors"
	"purser/internal/hook"
	"purser/internal/manifest"
)

func TestEveryManifestIsDecodedWithoutAComplaint(t *testing.T) {
	names := connectors.Names()
	if len(names) < 5 {
		t.Fatalf("only %v are built in", names)
	}
	for _, name := range names {
		data, err := connectors.Manifest(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Decode(data)
		if problems, ok := err.(manifest.Problems); ok {
			for _, p := range problems {
				t.Errorf("%s: %s", name, p)
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		if m.Name != name {
			t.Errorf("folder %s holds the connector %q", name, m.Name)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if len(line) > 120 {
				t.Errorf("%s line %d has %d columns, at most 120 are read with ease", name, i+1, len(line))
			}
		}
	}
}

func TestEveryManifestMakesAPlan(t *testing.T) {
	for _, name := range connectors.Names() {
		plan, err := manifest.Compile(decoded(t, name), folder(t, name))
		if problems, ok := err.(manifest.Problems); ok {
			for _, p := range problems {
				t.Errorf("%s: %s", name, p)
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if plan != nil && plan.Manifest.AsksHTTP() && (plan.Tenant == nil || plan.Probe == nil) {
			t.Errorf("%s: neither the tenant nor the probe may be left out", name)
		}
	}
}

func TestEveryHookThatAManifestNamesIsThere(t *testing.T) {
	named := map[string]bool{}
	for _, name := range connectors.Names() {
		for _, task := range decoded(t, name).Tasks {
			for _, s := range task.Streams {
				named[name+"/"+s.Hook] = true
				if s.Hook != "" && hook.Pages(connectors.Hooks(), name, s.Hook, false) == nil {
					t.Errorf("%s %s names the code %s, which nobody wrote", name, s.Name, s.Hook)
				}
			}
		}
	}
	with := map[string]bool{}
	for _, h := range connectors.Hooks() {
		if with[h.Connector] = true; !named[h.Connector+"/"+h.Name] && h.Page != nil {
			t.Errorf("no manifest names the code %s of %s", h.Name, h.Connector)
		}
	}
	if len(with) > 4 {
		t.Errorf("%d connectors have code, at most 4 may", len(with))
	}
}

func TestTheLinterHasNothingToSayAboutTheConnectorsThatComeWithTheProduct(t *testing.T) {
	for _, name := range connectors.Names() {
		folder, err := fs.Sub(connectors.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range manifest.Lint(folder) {
			t.Errorf("%s: %s", name, p)
		}
		text, err := connectors.Manifest(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range manifest.Shorter(text) {
			t.Errorf("%s could be shorter: %s", name, p)
		}
	}
}

// The page draws headings, lists, paragraphs, code, links and emphasis; a table
// would stand there as a heap of bars, and HTML is dropped.
func TestHelpIsWrittenInWhatThePageDraws(t *testing.T) {
	for _, name := range connectors.Names() {
		help, err := fs.ReadFile(connectors.Files(), name+"/setup.md")
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(help), "\n") {
			spans := strings.Split(line, "`")
			for j := 0; j < len(spans); j += 2 { // outside code
				if strings.HasPrefix(strings.TrimSpace(line), "|") || strings.ContainsAny(spans[j], "<>") && !strings.Contains(spans[j], "<https://") {
					t.Errorf("%s/setup.md line %d has a table or HTML: %s", name, i+1, line)
					break
				}
			}
		}
	}
}
