package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// sprite joins the icons that list names, one a line, into one file of symbols.
func sprite(list, icons string) ([]byte, error) {
	names, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	inner := regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	space := regexp.MustCompile(`>\s+<`)
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for name := range strings.FieldsSeq(string(names)) {
		svg, err := os.ReadFile(filepath.Join(icons, name+".svg"))
		if err != nil {
			return nil, fmt.Errorf("icon %q of %s: %w", name, list, err)
		}
		m := inner.FindSubmatch(svg)
		if m == nil {
			return nil, fmt.Errorf("icon %q is no svg", name)
		}
		body := space.ReplaceAll(bytes.TrimSpace(m[1]), []byte("><"))
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `+
			`stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, name, body)
	}
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// writeHashed writes data as name-HASH.ext and returns that name.
func writeHashed(dir, name string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + base32.StdEncoding.EncodeToString(sum[:5]) + ext
	return hashed, os.WriteFile(filepath.Join(dir, hashed), data, 0o644)
}

// notices collects the licenses of the packages that the bundle contains.
func notices(root string) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range []string{"@fontsource-variable/inter", "basecoat-css", "htmx.org", "lucide-static"} {
		dir := filepath.Join(root, "node_modules", p)
		found, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("license of %s: no LICENSE file in its package", p)
		}
		text, err := os.ReadFile(found[0])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s\n%s\n%s\n\n", p, strings.Repeat("=", len(p)), bytes.TrimSpace(text))
	}
	return b.Bytes(), nil
}
