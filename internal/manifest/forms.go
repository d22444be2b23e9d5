package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// pairs reads a mapping of names to texts or lists of texts.
func (d *decoder) pairs(path string, n *yaml.Node) []Pair {
	if n.Kind != yaml.MappingNode {
		d.fail(n, path, "write name: value lines here", "a mapping is expected here")
		return nil
	}
	var out []Pair
	d.keys(path, n, func(key string, kn, vn *yaml.Node) {
		d.lines[join(path, key)] = kn.Line
		out = append(out, Pair{Name: key, Values: d.texts(join(path, key), vn)})
	})
	return out
}

func (d *decoder) texts(path string, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		if s, ok := d.text(path, n); ok {
			return []string{s}
		}
		return nil
	}
	out := []string{}
	for i, in := range n.Content {
		if s, ok := d.text(fmt.Sprintf("%s.%d", path, i), in); ok {
			out = append(out, s)
		}
	}
	return out
}

func (s *Scopes) decodeNode(d *decoder, path string, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		*s = Scopes{d.texts(path, n)}
		return
	}
	for i, in := range n.Content {
		if group := d.texts(fmt.Sprintf("%s.%d", path, i), in); len(group) > 0 {
			*s = append(*s, group)
		}
	}
}

func (v *Vary) decodeNode(d *decoder, path string, n *yaml.Node) {
	pairs := d.pairs(path, n)
	if len(pairs) != 1 {
		d.fail(n, path, "such as vary: {product: [A, B]}", "one name with its values is expected here")
		return
	}
	v.Name, v.Values = pairs[0].Name, pairs[0].Values
}

func (f *TenantFrom) decodeNode(d *decoder, path string, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && (n.Value == "answer" || n.Value == "settings") {
		f.Answer, f.Settings = n.Value == "answer", n.Value == "settings"
		return
	}
	d.structure(path, n, structOf(f))
}

func (t *Tree) decodeNode(d *decoder, path string, n *yaml.Node) {
	t.node = n
	d.tree(path, n)
}

// tree refuses what JSON cannot say.
func (d *decoder) tree(path string, n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail(n, path, "write the value out", "anchors and aliases are not allowed")
	case notInJSON(n):
		d.fail(n, path, "", "%s cannot be written in JSON", n.Value)
	case n.Kind == yaml.MappingNode:
		d.keys(path, n, func(key string, _, vn *yaml.Node) { d.tree(join(path, key), vn) })
	case n.Kind == yaml.SequenceNode:
		for i, in := range n.Content {
			d.tree(fmt.Sprintf("%s.%d", path, i), in)
		}
	}
}

func (u *Duration) decodeNode(d *decoder, path string, n *yaml.Node) {
	s, ok := d.text(path, n)
	if !ok {
		return
	}
	v, err := ParseDuration(s)
	if err != nil {
		d.fail(n, path, "write 90s, 5m, 24h, 30d or 2w", "%q is not a length of time", s)
		return
	}
	*u = v
}

// ParseDuration reads 90s, 5m, 24h, 30d, 2w, with an optional minus.
func ParseDuration(s string) (Duration, error) {
	m := regexp.MustCompile(`^(-?)(\d{1,6})(s|m|h|d|w)$`).FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a length of time such as 5m, 24h or 30d", s)
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return 0, err
	}
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[3]]
	if m[1] == "-" {
		unit = -unit
	}
	return Duration(time.Duration(n) * unit), nil
}

// String returns d as people write it.
func (u Duration) String() string {
	d, sign := time.Duration(u), ""
	if d < 0 {
		d, sign = -d, "-"
	}
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= unit.size && d%unit.size == 0 {
			return sign + strconv.FormatInt(int64(d/unit.size), 10) + unit.name
		}
	}
	return sign + strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// ParseRate reads 60/1m, 5/s or 5000/1d: so many requests in so much time.
func ParseRate(s string) (n int, per time.Duration, err error) {
	count, unit, ok := strings.Cut(s, "/")
	if n, err = strconv.Atoi(count); !ok || err != nil || n < 1 {
		return 0, 0, fmt.Errorf("%q is not a rate such as 60/1m or 1/s", s)
	}
	if unit == "s" || unit == "m" || unit == "h" || unit == "d" {
		unit = "1" + unit
	}
	d, err := ParseDuration(unit)
	if err != nil || d <= 0 {
		return 0, 0, fmt.Errorf("%q is not a rate such as 60/1m or 1/s", s)
	}
	return n, d.Std(), nil
}
