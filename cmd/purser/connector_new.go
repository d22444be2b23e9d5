package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/term"

	"purser"
	"purser/connectors"
	"purser/internal/connectortest"
	"purser/internal/draft"
	"purser/internal/manifest"
)

type connectorNewCmd struct {
	Name    string `arg:"" help:"Name of the connector and its folder: lower case with dashes."`
	Dir     string `help:"Folder in which the connector's folder is made." default:"."`
	Title   string `help:"The vendor's name as people know it; asked for without it."`
	Host    string `help:"Host of the vendor's interface, such as api.example.com; asked for without it."`
	Auth    string `help:"How a request shows who it is: bearer, header, basic, client_credentials or code; asked for without it." enum:",bearer,header,basic,client_credentials,code" default:""`
	Openapi string `name:"openapi" help:"The vendor's OpenAPI 3 or Swagger 2 document: streams are proposed from it." placeholder:"FILE" type:"existingfile"`
}

// documentLimit is the most that a vendor's description may have.
const documentLimit = 64 << 20

// Run writes a folder that reads its own made-up answers, and says what to do next:
// what the linter asks of the vendor, only its documentation can answer.
func (c *connectorNewCmd) Run(ctx context.Context, s *session) error {
	if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(c.Name) {
		return &exit{code: exitUsage, err: purser.Invalid("name", "%q is no name of a connector: lower case with dashes", c.Name)}
	}
	if _, err := fs.Stat(connectors.Files(), c.Name); err == nil {
		return &exit{code: exitUsage, err: purser.Invalid("name", "%s is a built-in connector; choose another name", c.Name)}
	}
	folder := filepath.Join(c.Dir, c.Name)
	if _, err := os.Stat(folder); err == nil {
		return &exit{code: exitUsage, err: purser.Invalid("name", "%s is there already", folder)}
	}
	d, err := c.draft(s)
	if err != nil {
		return err
	}
	if err := write(ctx, folder, d); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	streams := make([]string, len(d.Streams))
	for i, st := range d.Streams {
		streams[i] = st.Name + " (" + st.Emits + ")"
	}
	asks := manifest.Lint(os.DirFS(folder))
	for _, p := range asks {
		if !p.Left() { // the draft says itself what it leaves to its author
			s.note("lint asks: %s\n", p)
		}
	}
	return s.done(map[string]any{"folder": folder, "streams": streams, "left": d.Left, "lint": len(asks)},
		"%s: a draft with %s. Next:\n  compare every line that says guess or TODO with the vendor's documentation\n"+
			"  purser connector lint %[1]s\n  purser connector test %[1]s\n  purser connector try %[1]s --secret …\n", folder, strings.Join(streams, ", "))
}

func (c *connectorNewCmd) draft(s *session) (draft.Draft, error) {
	if c.Openapi != "" {
		f, err := os.Open(c.Openapi)
		if err != nil {
			return draft.Draft{}, err
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return draft.Draft{}, err
		}
		if info.Size() > documentLimit {
			return draft.Draft{}, purser.Invalid("openapi", "the document has more than %d MiB", documentLimit>>20)
		}
		document, err := os.ReadFile(c.Openapi)
		if err != nil {
			return draft.Draft{}, err
		}
		d, err := draft.FromOpenAPI(c.Name, c.Title, document)
		if c.Host != "" {
			d.Host = c.Host
		}
		if c.Auth != "" {
			d.Auth.Kind = c.Auth
		}
		return d, err
	}
	in := bufio.NewReader(s.in)
	for _, q := range []struct {
		value    *string
		question string
		usual    string
	}{{&c.Title, "The vendor's name as people know it", strings.ToUpper(c.Name[:1]) + c.Name[1:]}, {&c.Host, "Host of its interface", "api.example.com"},
		{&c.Auth, "How a request shows who it is (bearer, header, basic, client_credentials, code)", "bearer"}} {
		if *q.value != "" {
			continue
		}
		if *q.value = q.usual; term.IsTerminal(int(s.in.Fd())) {
			s.note("%s [%s]: ", q.question, q.usual)
			line, err := in.ReadString('\n')
			if err != nil {
				return draft.Draft{}, err
			}
			if line = strings.TrimSpace(line); line != "" {
				*q.value = line
			}
		}
	}
	return draft.Plain(c.Name, c.Title, c.Host, c.Auth), nil
}

// write makes the folder: the files of the draft, and a fixture whose records the
// draft itself gives.
func write(ctx context.Context, folder string, d draft.Draft) error {
	files, err := d.Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(folder, "testdata"), 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	fixture, err := d.Fixture(os.DirFS(folder))
	if err != nil {
		return err
	}
	if _, err := connectortest.Golden(ctx, os.DirFS(folder), fixture, draft.Task); err != nil {
		return fmt.Errorf("the draft cannot read its own answers, which is an error of this program: %w", err)
	}
	raw, err := fixtureText(fixture)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "testdata", draft.Task+".json"), raw, 0o644)
}
