package config

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// File reads a configuration file: YAML with the names of the flags. A name that
// no flag has is an error, so that a slip does not go unseen.
// lookup finds a variable of the environment, which weighs more than the file.
func File(r io.Reader, lookup func(string) (string, bool)) (kong.Resolver, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration file: %w", err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(raw, &values); err != nil {
		return nil, fmt.Errorf("the configuration file is no YAML: %w", err)
	}
	return &file{values: values, lookup: lookup}, nil
}

type file struct {
	values map[string]any
	lookup func(string) (string, bool)
}

// Validate refuses names that no flag of any command has.
func (f *file) Validate(app *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	var unknown []string
	for name := range f.values {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		return fmt.Errorf("the configuration file has unknown settings: %s; the names are those of the flags, as in `purser serve --help`",
			strings.Join(unknown, ", "))
	}
	return nil
}

// Resolve gives a flag its value from the file, unless the environment has one.
func (f *file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, ok := f.values[flag.Name]
	if !ok {
		return nil, nil
	}
	for _, name := range flag.Envs {
		if _, set := f.lookup(name); set {
			return nil, nil
		}
	}
	if list, ok := value.([]any); ok {
		texts := make([]string, len(list))
		for i, v := range list {
			texts[i] = fmt.Sprint(v)
		}
		return strings.Join(texts, ","), nil
	}
	return fmt.Sprint(value), nil
}
