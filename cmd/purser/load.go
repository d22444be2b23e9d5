package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"purser"
	"purser/internal/columns"
	"purser/internal/load"
)

type loadCmd struct {
	File     loadFileCmd     `cmd:"" help:"Load a file: CSV, JSON Lines or an Excel workbook, packed by gzip or not."`
	Push     loadPushCmd     `cmd:"" help:"Send records, a JSON object a line, as pages."`
	List     loadListCmd     `cmd:"" help:"List the newest loads of an instance."`
	Show     loadShowCmd     `cmd:"" help:"Show a load."`
	Rejects  loadRejectsCmd  `cmd:"" help:"Write the rows of a file that could not be read as CSV, with line and reason."`
	Cancel   loadCancelCmd   `cmd:"" help:"Give up a load that is open or waits."`
	Mappings loadMappingsCmd `cmd:"" help:"List saved and ready mappings of columns."`
	Save     loadSaveCmd     `cmd:"" help:"Save a mapping of columns under a name."`
}

// handing is what a load of either kind needs to be told.
type handing struct {
	Instance string        `arg:"" help:"Name or identifier of an instance of “file” or “push”."`
	Kind     string        `help:"Kind of record: person, account, group, membership, activity, application, assignment, plan, seat, transaction." required:"" placeholder:"KIND"`
	Delta    bool          `help:"The load is what changed, not all there is."`
	Wait     bool          `help:"Wait for the run that reads it, and exit like it." default:"true" negatable:""`
	Every    time.Duration `hidden:"" default:"1s"`
}

func (h handing) mode() purser.LoadMode {
	if h.Delta {
		return purser.LoadDelta
	}
	return purser.LoadSnapshot
}

func (h handing) open(ctx context.Context, c *client, file string) (l purser.Load, err error) {
	err = c.do(ctx, http.MethodPost, "/instances/"+url.PathEscape(h.Instance)+"/loads", nil,
		map[string]any{"kind": h.Kind, "mode": h.mode(), "file": file}, &l)
	return l, err
}

type loadFileCmd struct {
	handing
	File    string `arg:"" help:"The file." type:"existingfile"`
	Mapping string `help:"A saved or ready mapping by name, or a file (YAML or JSON) with one. Without it one is proposed by the names of the columns." placeholder:"NAME|FILE"`
	DryRun  bool   `help:"Show what the first rows would become, and load nothing."`
	Rejects string `help:"Write the rows that cannot be read into this file." type:"path" placeholder:"FILE"`
}

// Run sends the file, finishes the load and waits for the run that reads it.
func (c *loadFileCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	mapping, named, err := mappingOf(c.Mapping)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	l, err := c.open(ctx, cl, filepath.Base(c.File))
	if err != nil {
		return err
	}
	if err := cl.put(ctx, "/loads/"+l.ID+"/file", f); err != nil {
		return errors.Join(err, cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/cancel", nil, nil, nil))
	}
	if c.DryRun {
		var p load.FilePreview
		err := cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/preview", nil, map[string]any{"mapping": mapping, "named": named}, &p)
		if err = errors.Join(err, cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/cancel", nil, nil, nil)); err != nil {
			return err
		}
		return s.preview(p)
	}
	err = cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/finish", nil, map[string]any{"mapping": mapping, "named": named}, &l)
	if err != nil {
		return errors.Join(err, cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/cancel", nil, nil, nil))
	}
	l, err = c.follow(ctx, s, cl, l)
	if c.Rejects != "" && l.Rejected > 0 {
		err = errors.Join(err, cl.save(ctx, "/loads/"+l.ID+"/rejects", c.Rejects))
	}
	return err
}

// mappingOf reads a mapping from a file, or takes the text for a name.
func mappingOf(text string) (*columns.Mapping, string, error) {
	raw, err := os.ReadFile(text)
	if text == "" || err != nil {
		return nil, text, nil
	}
	var m columns.Mapping
	if err := yaml.Unmarshal(raw, &m); err != nil {
		return nil, "", purser.Invalid("mapping", "%s is no mapping: %v", text, err)
	}
	return &m, "", nil
}

// follow waits for the end of a load and tells it.
func (h handing) follow(ctx context.Context, s *session, cl *client, l purser.Load) (purser.Load, error) {
	for h.Wait && (l.State == purser.LoadQueued) {
		select {
		case <-ctx.Done():
			return l, ctx.Err()
		case <-time.After(h.Every):
		}
		if err := cl.do(ctx, http.MethodGet, "/loads/"+l.ID, nil, nil, &l); err != nil {
			return l, err
		}
		if !s.json && l.Read > 0 {
			s.note("%s: %d read, %d could not be read\n", l.State, l.Read, l.Rejected)
		}
	}
	if err := s.loads([]purser.Load{l}); err != nil {
		return l, err
	}
	switch l.State {
	case purser.LoadFailed:
		return l, &exit{code: exitFailed}
	case purser.LoadCanceled:
		return l, &exit{code: exitCanceled}
	}
	if l.Rejected > 0 {
		return l, &exit{code: exitPartial}
	}
	return l, nil
}

type loadPushCmd struct {
	handing
	File string `arg:"" optional:"" help:"File with JSON Lines; the standard input without it." type:"existingfile"`
	Size int    `help:"Records of a page." default:"1000"`
}

// Run sends the records in pages, finishes the load and waits for the run.
func (c *loadPushCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := io.Reader(s.in)
	if c.File != "" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	l, err := c.open(ctx, cl, "")
	if err != nil {
		return err
	}
	pages, err := c.send(ctx, cl, l.ID, in)
	if err == nil {
		err = cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/finish", nil, map[string]any{"pages": pages}, &l)
	}
	if err != nil {
		return errors.Join(err, cl.do(ctx, http.MethodPost, "/loads/"+l.ID+"/cancel", nil, nil, nil))
	}
	_, err = c.follow(ctx, s, cl, l)
	return err
}

func (c *loadPushCmd) send(ctx context.Context, cl *client, id string, in io.Reader) (pages int, err error) {
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 64<<10), 4<<20)
	var page []json.RawMessage
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		pages++
		err := cl.do(ctx, http.MethodPut, fmt.Sprintf("/loads/%s/pages/%d", id, pages), nil, map[string]any{"records": page}, nil)
		page = nil
		return err
	}
	for line := 1; scan.Scan(); line++ {
		text := strings.TrimSpace(scan.Text())
		if text == "" {
			continue
		}
		if !json.Valid([]byte(text)) {
			return pages, purser.Invalid("file", "line %d is no JSON", line)
		}
		if page = append(page, json.RawMessage(text)); len(page) >= min(max(c.Size, 1), 5000) {
			if err := flush(); err != nil {
				return pages, err
			}
		}
	}
	if err := scan.Err(); err != nil {
		return pages, err
	}
	return pages, flush()
}

type loadListCmd struct {
	Instance string `arg:"" help:"Name or identifier."`
}

// Run prints the loads.
func (c *loadListCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/instances/"+url.PathEscape(c.Instance)+"/loads", nil, loadHead(), loadRow)
}

func loadHead() []string {
	return []string{"ID", "INSTANCE", "KIND", "MODE", "FILE", "STATE", "READ", "REJECTED", "FINISHED", "RUN", "MESSAGE"}
}

func loadRow(l purser.Load) []string {
	return []string{l.ID, l.InstanceName, string(l.Kind), string(l.Mode), l.Name, string(l.State), count(l.Read), count(l.Rejected), moment(l.FinishedAt), l.RunID, l.Message}
}

func (s *session) loads(all []purser.Load) error {
	if s.json {
		return s.printJSON(all[0])
	}
	rows := make([][]string, len(all))
	for i, l := range all {
		rows[i] = loadRow(l)
	}
	return s.table(loadHead(), rows)
}

type loadShowCmd struct {
	ID string `arg:"" help:"lod_…"`
}

// Run prints the load.
func (c *loadShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var l purser.Load
	if err := cl.do(ctx, http.MethodGet, "/loads/"+url.PathEscape(c.ID), nil, nil, &l); err != nil {
		return err
	}
	return s.loads([]purser.Load{l})
}

type loadCancelCmd struct {
	ID string `arg:"" help:"lod_…"`
}

// Run gives the load up.
func (c *loadCancelCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodPost, "/loads/"+url.PathEscape(c.ID)+"/cancel", nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is given up\n", c.ID)
}
