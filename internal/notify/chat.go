package notify

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"purser"
)

// ChatFormat is how a chat wants its messages. It is a data file of folder
// formats/chat: message is sent with its ${…} filled in; an object with "when" is
// left out where that text is empty.
type ChatFormat struct {
	Name    string            `json:"name"` // the file's
	Title   string            `json:"title"`
	Order   int               `json:"order"`
	Read    string            `json:"read"`   // the vendor's page that says so, and when it was read
	Hosts   []string          `json:"hosts"`  // where its addresses lie; none: anywhere
	Steps   []string          `json:"steps"`  // how to get an address
	Escape  map[string]string `json:"escape"` // what means something in its texts
	Errors  map[string]string `json:"errors"` // words of its answers, and what to do
	Message any               `json:"message"`
}

// ChatFormats returns every format in the order in which they are offered.
func ChatFormats() ([]ChatFormat, error) {
	names, err := fs.Glob(formats, "formats/chat/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the formats of chats: %w", err)
	}
	var all []ChatFormat
	for _, name := range names {
		f, err := chatFormat(strings.TrimSuffix(path.Base(name), ".json"))
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b ChatFormat) int { return cmp.Compare(a.Order, b.Order) })
	return all, nil
}

func chatFormat(name string) (f ChatFormat, err error) {
	raw, err := formats.ReadFile("formats/chat/" + path.Base(name) + ".json")
	if err != nil {
		return f, purser.Invalid("format", "there is no format %q", name)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("the format %s is not right: %w", name, err)
	}
	f.Name = name
	return f, nil
}

// longestChatText keeps within what chats take: a part of 3000 characters.
const longestChatText = 2000

// fill returns the message as it is posted.
func (f ChatFormat) fill(m message) ([]byte, error) {
	lines := make([]string, len(m.Fields))
	for i, field := range m.Fields {
		lines[i] = "• " + field
	}
	texts := map[string]string{"what": m.What, "why": m.Why, "hint": m.Hint, "fields": strings.Join(lines, "\n"), "button": m.Button}
	var pairs []string
	for from, to := range f.Escape {
		pairs = append(pairs, from, to)
	}
	escape := strings.NewReplacer(pairs...)
	for name, text := range texts {
		if len(text) > longestChatText {
			text = strings.ToValidUTF8(text[:longestChatText], "") + "…"
		}
		texts[name] = escape.Replace(text)
	}
	texts["url"] = m.URL
	body, _ := filled(f.Message, texts)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, fmt.Errorf("write a message as %s wants it: %w", f.Name, err)
	}
	return out.Bytes(), nil
}

// filled returns v with its texts filled in; keep is false for what is left out.
func filled(v any, texts map[string]string) (out any, keep bool) {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(os.Expand(v, func(name string) string { return texts[name] })), true
	case []any:
		list := []any{}
		for _, item := range v {
			if item, keep := filled(item, texts); keep {
				list = append(list, item)
			}
		}
		return list, true
	case map[string]any:
		object := map[string]any{}
		for key, item := range v {
			if key == "when" {
				if name, _ := item.(string); texts[name] == "" {
					return nil, false
				}
				continue
			}
			if key[0] == '$' { // "$schema" is a name, not a text to fill in
				object[key] = item
				continue
			}
			if item, keep := filled(item, texts); keep {
				object[key] = item
			}
		}
		return object, true
	}
	return v, true
}
