package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"purser"
	"purser/internal/contract"
)

type contractImportCmd struct {
	File    string `arg:"" help:"CSV, JSON Lines or an Excel workbook; an export that was changed, too." type:"existingfile"`
	Mapping string `help:"A file (YAML or JSON) that says what the columns are. Without it that is proposed by their names." placeholder:"FILE"`
	DryRun  bool   `help:"Show what would change, and write nothing."`
}

// Run sends the file, and takes it over.
func (c *contractImportCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	mapping, named, err := mappingOf(c.Mapping)
	if err != nil {
		return err
	}
	if named != "" {
		return purser.Invalid("mapping", "there is no file %s", named)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var in contract.Import
	if err := cl.post(ctx, "/contract-imports?"+url.Values{"name": {filepath.Base(c.File)}}.Encode(), f, &in); err != nil {
		return err
	}
	step := "/apply"
	if c.DryRun {
		step = "/preview"
	}
	if err := cl.do(ctx, http.MethodPost, "/contract-imports/"+in.ID+step, nil, map[string]any{"mapping": mapping}, &in); err != nil {
		return err
	}
	return s.contractImport(in)
}

func (s *session) contractImport(in contract.Import) error {
	if s.json {
		return s.printJSON(in)
	}
	if in.Problem != "" {
		return purser.Invalid(in.Field, "%s", in.Problem)
	}
	var rows [][]string
	for _, r := range in.Rows {
		var words []string
		for _, f := range r.Faults {
			words = append(words, f.String())
		}
		for _, x := range r.Changes {
			words = append(words, x.Field+": "+x.Before+" → "+x.After)
		}
		if r.Twin != "" {
			words = append(words, "a contract of this name and vendor is there already: "+r.Twin)
		}
		if len(r.Managed) > 0 {
			words = append(words, "becomes managed: "+strings.Join(r.Managed, ", "))
		}
		rows = append(rows, []string{count(int64(r.Line)), r.ID, r.Name, r.What, strings.Join(words, "; ")})
	}
	if err := s.table([]string{"LINE", "ID", "CONTRACT", "WHAT", "CHANGES"}, rows); err != nil {
		return err
	}
	if in.Counts[contract.ImportFault]+in.Counts[contract.ImportConflict] > 0 {
		return &exit{code: exitPartial}
	}
	return nil
}

type contractExportCmd struct {
	contractFilter
	File   string `arg:"" optional:"" help:"File to write; the standard output without it." type:"path"`
	Format string `help:"csv or json." enum:"csv,json" default:"csv"`
}

// Run writes the contracts as a table.
func (c *contractExportCmd) Run(ctx context.Context, s *session) error {
	e := exportCmd{What: "contracts", Format: c.Format, Out: c.File, Filter: c.query().Encode()}
	return e.Run(ctx, s)
}

// post sends a file as the body of a request and reads the answer into out.
func (c *client) post(ctx context.Context, path string, body io.Reader, out any) error {
	res, err := c.sendBody(ctx, http.MethodPost, path, octets, body)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(out)
}
