package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"purser"
	"purser/internal/columns"
	"purser/internal/load"
)

type loadRejectsCmd struct {
	ID  string `arg:"" help:"lod_…"`
	Out string `help:"File to write; the standard output without it." short:"o" type:"path" placeholder:"FILE"`
}

// Run writes the rows that could not be read.
func (c *loadRejectsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	path := "/loads/" + url.PathEscape(c.ID) + "/rejects"
	if c.Out != "" {
		return cl.save(ctx, path, c.Out)
	}
	res, err := cl.send(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(s.out, res.Body)
	return err
}

// save writes an answer into a file.
func (c *client) save(ctx context.Context, path, file string) error {
	res, err := c.send(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, res.Body)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// put sends a file as the body of a request.
func (c *client) put(ctx context.Context, path string, body io.Reader) error {
	res, err := c.sendBody(ctx, http.MethodPut, path, octets, body)
	if err != nil {
		return err
	}
	_ = res.Body.Close() // nothing more is read of it
	return nil
}

// preview prints what a mapping makes of the first rows of a file.
func (s *session) preview(p load.FilePreview) error {
	if s.json {
		return s.printJSON(p)
	}
	if p.Problem != "" {
		if err := s.say("%s\nThe file's columns are %s\n", plain(p.Problem), plain(strings.Join(p.Columns, ", "))); err != nil {
			return err
		}
		return &exit{code: exitFailed}
	}
	names := p.Mapping.Names()
	head := append([]string{"LINE"}, names...)
	rows := make([][]string, 0, len(p.Rows))
	for _, r := range p.Rows {
		row := []string{count(int64(r.Line))}
		for _, name := range names {
			text := ""
			if v, ok := r.Values[name]; ok {
				text = fmt.Sprint(v)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	if err := s.table(head, rows); err != nil {
		return err
	}
	for _, f := range p.Faults {
		if err := s.say("%s\n", plain(f.String())); err != nil {
			return err
		}
	}
	if err := s.say("%d of the first %d rows cannot be read. Nothing was loaded.\n", p.Faulty, p.Checked); err != nil || p.Faulty == 0 {
		return err
	}
	return &exit{code: exitPartial}
}

type loadMappingsCmd struct{}

// Run prints the saved and the ready mappings.
func (loadMappingsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var saved struct{ Items []load.SavedMapping }
	var ready struct{ Items []columns.Format }
	if err := cl.do(ctx, http.MethodGet, "/mappings", nil, nil, &saved); err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodGet, "/mappings/ready", nil, nil, &ready); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"saved": saved.Items, "ready": ready.Items})
	}
	rows := [][]string{}
	for _, m := range saved.Items {
		rows = append(rows, []string{m.Name, string(m.Mapping.Kind), "saved by " + m.MadeBy, strings.Join(m.Mapping.Names(), " ")})
	}
	for _, f := range ready.Items {
		rows = append(rows, []string{f.Name, string(f.Mapping.Kind), f.Title, strings.Join(f.Mapping.Names(), " ")})
	}
	return s.table([]string{"NAME", "KIND", "WHAT", "FIELDS"}, rows)
}

type loadSaveCmd struct {
	Name string `arg:"" help:"Name; “<instance> <kind>” is used for that instance's files in the watched folder."`
	File string `arg:"" help:"File with the mapping, YAML or JSON." type:"existingfile"`
}

// Run saves the mapping.
func (c *loadSaveCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	m, _, err := mappingOf(c.File)
	if err != nil {
		return err
	}
	if m == nil {
		return purser.Invalid("file", "%s cannot be read", c.File)
	}
	if err := cl.do(ctx, http.MethodPut, "/mappings/"+url.PathEscape(c.Name), nil, m, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"name": c.Name}, "%s is saved\n", c.Name)
}
