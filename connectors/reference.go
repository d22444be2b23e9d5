package connectors

import (
	"bytes"
	"fmt"
	"strings"

	"purser/internal/manifest"
)

// Reference writes what every built-in connector reads, asks for and cannot
// tell, as a page of the documentation.
func Reference() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# What the connectors read\n\nThis page is made from the manifests; `go test ./connectors` says when it is out of date.\n")
	for _, name := range Names() {
		data, err := Manifest(name)
		if err != nil {
			return nil, err
		}
		m, err := manifest.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		writeConnector(&b, m)
	}
	return b.Bytes(), nil
}

func writeConnector(b *bytes.Buffer, m *manifest.Manifest) {
	fmt.Fprintf(b, "\n## %s\n\n", m.Title)
	if m.Needs != "" {
		fmt.Fprintf(b, "Needs: %s\n\n", m.Needs)
	}
	if m.HandedOver() {
		b.WriteString("Calls nobody: records are handed over to it.\n")
		for i := range m.Tasks {
			fmt.Fprintf(b, "\n### `%s`\n\nReads %s.\n", m.Tasks[i].Name, m.Tasks[i].Reads)
		}
		bullets(b, "It never tells:", m.Cannot)
		return
	}
	var hosts []string
	for _, h := range m.Hosts {
		hosts = append(hosts, "`"+h+"`")
	}
	fmt.Fprintf(b, "Calls %s and no other host.\n\n", strings.Join(hosts, ", "))
	if m.AdminURL != "" {
		fmt.Fprintf(b, "Its own page of an account: `%s`\n\n", m.AdminURL)
	}
	b.WriteString("| way to authorize | why | ends | taken back at the vendor |\n|---|---|---|---|\n")
	for i := range m.Auth {
		a := &m.Auth[i]
		row(b, a.Title, a.Why, ends(a), a.RevokeAt)
	}
	writeSettings(b, m.Settings)
	for _, s := range m.Settings {
		for _, c := range s.Choices {
			if c.EndsOn != "" {
				fmt.Fprintf(b, "\n%s, %s: the vendor ends it on %s.\n", s.Label, c.Title, c.EndsOn)
			}
		}
	}
	for i := range m.Tasks {
		writeTask(b, &m.Tasks[i])
	}
	if len(m.Why) > 0 {
		b.WriteString("\n| scope | reason |\n|---|---|\n")
		for _, p := range m.Why {
			row(b, "`"+p.Name+"`", p.Value())
		}
	}
	if len(m.Actions) > 0 {
		b.WriteString("\n| action | asks for | what happens |\n|---|---|---|\n")
		for _, a := range m.Actions {
			row(b, a.Name, code(a.Scopes), a.DataEffect)
		}
	}
	bullets(b, m.Title+" never tells:", m.Cannot)
}

// writeSettings says what is typed in besides the credential.
func writeSettings(b *bytes.Buffer, settings []manifest.Setting) {
	if len(settings) == 0 {
		return
	}
	b.WriteString("\n| setting | what it is | without it |\n|---|---|---|\n")
	for _, s := range settings {
		without := "needed"
		switch {
		case s.Default != "":
			without = "`" + s.Default + "`"
		case s.Optional:
			without = "left out"
		}
		what := s.Help
		if s.Example != "" && s.Example != s.Default {
			what = strings.TrimSpace(what + " Such as `" + s.Example + "`.")
		}
		row(b, s.Label, what, without)
	}
}

// ends says when a credential of that kind ends by itself.
func ends(a *manifest.Auth) string {
	var said []string
	if a.ExpiresAfter > 0 {
		said = append(said, a.ExpiresAfter.String()+" after it was made")
	}
	if a.IdleExpiresAfter > 0 {
		said = append(said, a.IdleExpiresAfter.String()+" after its last use")
	}
	if a.EndsOn != "" {
		said = append(said, "for everybody on "+a.EndsOn)
	}
	if len(said) == 0 {
		return "when it is taken back, or as chosen at the vendor"
	}
	return strings.Join(said, ", ")
}

func writeTask(b *bytes.Buffer, t *manifest.Task) {
	fmt.Fprintf(b, "\n### `%s`\n\nReads %s.\n", t.Name, strings.TrimSuffix(t.Reads, "."))
	for _, said := range []struct{ label, text string }{{"Off until chosen", t.Off}, {"Needs", t.Needs}, {"Counts as use", t.CountsAsUse}} {
		if said.text != "" {
			fmt.Fprintf(b, "\n%s: %s\n", said.label, said.text)
		}
	}
	if t.Lag > 0 {
		fmt.Fprintf(b, "\nThe vendor's own data may be %s late.\n", t.Lag)
	}
	b.WriteString("\n| stream | gives | read as | asks for |\n|---|---|---|---|\n")
	for _, s := range t.Streams {
		row(b, s.Name, string(s.Emits), s.Mode, code(s.Scopes))
	}
	bullets(b, "It cannot tell:", t.Cannot)
}

// code writes scopes; of alternatives one is enough.
func code(s manifest.Scopes) string {
	var out []string
	for _, group := range s {
		out = append(out, "`"+strings.Join(group, "` or `")+"`")
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func bullets(b *bytes.Buffer, head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", head)
	for _, l := range lines {
		fmt.Fprintf(b, "- %s\n", strings.TrimSpace(l))
	}
}

func row(b *bytes.Buffer, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(strings.TrimSpace(c), "|", "\\|") + " ")
	}
	b.WriteString("|\n")
}
