package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"purser"
	"purser/connectors"
	"purser/internal/connect"
	"purser/internal/connectortest"
	"purser/internal/manifest"
)

type connectorCmd struct {
	List   connectorListCmd   `cmd:"" help:"List the catalog. Needs no server."`
	Show   connectorShowCmd   `cmd:"" help:"Show what a connector reads and needs. Needs no server."`
	Lint   connectorLintCmd   `cmd:"" help:"Check the folder of a connector."`
	Test   connectorTestCmd   `cmd:"" help:"Run a connector on the answers in its testdata."`
	New    connectorNewCmd    `cmd:"" help:"Begin a connector of one's own: a folder that passes lint and test."`
	Try    connectorTryCmd    `cmd:"" help:"Connect to the vendor and read some pages, without a server."`
	Record connectorRecordCmd `cmd:"" help:"Record the vendor's answers, without the people in them, as a fixture."`
	Own    connectorOwnCmd    `cmd:"" help:"List the connectors of the server's own folder: what they call and write, what changed, what is wrong."`
	Trust  connectorTrustCmd  `cmd:"" help:"Trust a connector of the server's own folder as it is now."`
	Schema connectorSchemaCmd `cmd:"" help:"Print the JSON Schema of manifests, for editors."`
}

type connectorSchemaCmd struct{}

// Run prints the schema.
func (connectorSchemaCmd) Run(s *session) error { return s.say("%s\n", manifest.Schema()) }

// listed is a connector in the list.
type listed struct {
	Name     string            `json:"name"`
	Title    string            `json:"title"`
	Category string            `json:"category"`
	Auth     []string          `json:"auth"`
	Tasks    []purser.TaskName `json:"tasks"`
	Actions  []string          `json:"actions"`
	// What backs each of the tasks and actions.
	Proofs []connectors.Proof `json:"proofs"`
}

type connectorListCmd struct{}

// Run prints the catalog.
func (connectorListCmd) Run(s *session) error {
	catalog, err := manifest.Load(connectors.Files())
	if err != nil {
		return err
	}
	all := []listed{}
	for _, c := range catalog.All() {
		e := connect.Entry(c.Manifest)
		one := listed{Name: e.Name, Title: e.Title, Category: e.Category, Auth: []string{}, Tasks: []purser.TaskName{}, Actions: e.Actions,
			Proofs: connectors.Proofs(c.Manifest)}
		for _, a := range e.Auth {
			one.Auth = append(one.Auth, a.Name)
		}
		for _, t := range e.Tasks {
			one.Tasks = append(one.Tasks, t.Name)
		}
		all = append(all, one)
	}
	if s.json {
		return s.printJSON(all)
	}
	rows := make([][]string, len(all))
	for i, c := range all {
		tasks := make([]string, len(c.Tasks))
		for n, t := range c.Tasks {
			tasks[n] = string(t)
		}
		rows[i] = []string{c.Name, c.Title, c.Category, strings.Join(c.Auth, " "), strings.Join(tasks, " "), strings.Join(c.Actions, " ")}
	}
	return s.table([]string{"NAME", "TITLE", "CATEGORY", "AUTH", "TASKS", "ACTIONS"}, rows)
}

// manifestOf prints a manifest as it is understood.
func (s *session) manifestOf(folder fs.FS) error {
	data, err := fs.ReadFile(folder, "manifest.yaml")
	if err != nil {
		return err
	}
	if data, err = manifest.Expand(data); err != nil {
		return err
	}
	return s.say("%s", data)
}

type connectorShowCmd struct {
	Name     string `arg:"" help:"Connector, as in purser connector list."`
	Manifest bool   `help:"Print its manifest instead, with all that short forms stand for written out."`
}

// Run prints what the connector reads, how it authorizes and what it cannot know.
func (c *connectorShowCmd) Run(s *session) error {
	catalog, err := manifest.Load(connectors.Files())
	if err != nil {
		return err
	}
	found := catalog.Get(c.Name)
	if found == nil {
		p := purser.NotFound("connector", c.Name)
		p.Hint = "See `purser connector list`"
		return p
	}
	if c.Manifest {
		return s.manifestOf(found.Folder)
	}
	e := connect.Entry(found.Manifest)
	if s.json {
		return s.printJSON(e)
	}
	if err := s.say("%s (%s), %s\n\n", e.Title, e.Name, e.Category); err != nil {
		return err
	}
	for _, t := range e.Tasks {
		if err := s.say("%s (%s)\n  reads %s\n", t.Title, t.Name, t.Reads); err != nil {
			return err
		}
	}
	for i, a := range e.Auth {
		note := ""
		if i == 0 {
			note = " (recommended)"
		}
		fields := make([]string, len(a.Fields))
		for n, f := range a.Fields {
			fields[n] = f.Name
		}
		if err := s.say("\n--auth %s%s\n  %s\n  --secret %s\n", a.Name, note, a.Why, strings.Join(fields, ", ")); err != nil {
			return err
		}
	}
	for _, more := range []struct{ head, text string }{{"Needs", e.Needs}, {"Cannot know", e.Cannot}, {"Set-up", string(found.Setup)}} {
		if more.text != "" {
			if err := s.say("\n%s\n%s\n", more.head, more.text); err != nil {
				return err
			}
		}
	}
	return nil
}

// folder is a connector of one's own by path, or a built-in one by name.
func folder(path string) (fsys fs.FS, name string, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, "", err
		}
		return os.DirFS(filepath.Dir(abs)), filepath.Base(abs), nil
	}
	if _, err := fs.Stat(connectors.Files(), path+"/manifest.yaml"); err == nil {
		return connectors.Files(), path, nil
	}
	return nil, "", &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemNotFound, Field: "folder",
		What: fmt.Sprintf("%q is neither a folder nor a built-in connector", path), Hint: "Name the folder that holds manifest.yaml"}}
}

type connectorLintCmd struct {
	Folder []string `arg:"" optional:"" help:"Folder with a manifest.yaml, or a built-in connector's name; all built-in ones without it."`
}

// Run prints what is wrong; anything is exit code 1.
func (c *connectorLintCmd) Run(s *session) error {
	if len(c.Folder) == 0 {
		c.Folder = connectors.Names()
	}
	type result struct {
		Connector string            `json:"connector"`
		Problems  manifest.Problems `json:"problems"`
		Shorter   manifest.Problems `json:"shorter,omitempty"` // what could be said in fewer words; nothing is wrong with it
	}
	all, bad := []result{}, false
	for _, path := range c.Folder {
		fsys, name, err := folder(path)
		if err != nil {
			return err
		}
		sub, err := fs.Sub(fsys, name)
		if err != nil {
			return err
		}
		problems := manifest.Lint(sub)
		if problems == nil {
			problems = manifest.Problems{}
		}
		bad = bad || len(problems) > 0
		var shorter manifest.Problems
		if text, err := manifest.ReadManifest(sub); err == nil {
			shorter = manifest.Shorter(text)
		}
		all = append(all, result{Connector: name, Problems: problems, Shorter: shorter})
		if s.json {
			continue
		}
		for _, p := range problems {
			if err := s.say("%s: %s\n", name, p); err != nil {
				return err
			}
		}
		if len(problems) == 0 {
			if err := s.say("%s: nothing to mend\n", name); err != nil {
				return err
			}
		}
		for _, p := range shorter {
			if err := s.say("%s: could be shorter: %s\n", name, p); err != nil {
				return err
			}
		}
	}
	if s.json {
		if err := s.printJSON(all); err != nil {
			return err
		}
	}
	if bad {
		return &exit{code: exitError}
	}
	return nil
}

type connectorTestCmd struct {
	Folder []string `arg:"" optional:"" help:"Folder with a manifest.yaml and testdata, or a built-in connector's name; all built-in ones without it."`
	Write  bool     `help:"Put the records that the answers give into testdata; without it nothing there is ever changed."`
}

// Run reads the answers of the vendor that stand in testdata and says what differs
// from the records that stand beside them.
func (c *connectorTestCmd) Run(ctx context.Context, s *session) error {
	if len(c.Folder) == 0 {
		c.Folder = connectors.Names()
	}
	for _, path := range c.Folder {
		if !c.Write {
			break
		}
		if err := s.writeRecords(ctx, path); err != nil {
			return err
		}
	}
	all, bad := []connectortest.Report{}, false
	for _, path := range c.Folder {
		fsys, name, err := folder(path)
		if err != nil {
			return err
		}
		report, err := connectortest.Run(ctx, fsys, name, connectors.Hooks()...)
		if p, ok := errors.AsType[manifest.Problems](err); ok {
			for _, one := range p {
				report.Problems = append(report.Problems, one.String())
			}
		} else if err != nil {
			return err
		}
		bad = bad || !report.OK()
		all = append(all, report)
		if !s.json {
			if err := s.report(report); err != nil {
				return err
			}
		}
	}
	if s.json {
		if err := s.printJSON(all); err != nil {
			return err
		}
	}
	if bad {
		return &exit{code: exitError}
	}
	return nil
}

func (s *session) report(r connectortest.Report) error {
	for _, p := range r.Problems {
		if err := s.say("%s: %s\n", r.Connector, p); err != nil {
			return err
		}
	}
	for _, st := range r.Streams {
		if err := s.say("%s %s/%s: %s, %d records\n", r.Connector, st.Task, st.Stream, st.State, st.Records); err != nil {
			return err
		}
		for _, p := range st.Problems {
			if err := s.say("  %s\n", p); err != nil {
				return err
			}
		}
		for path, n := range st.Drift {
			if err := s.say("  not named in the manifest: %s (%d times)\n", path, n); err != nil {
				return err
			}
		}
	}
	return nil
}
