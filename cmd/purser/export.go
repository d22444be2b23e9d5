package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
)

type exportCmd struct {
	What    string   `arg:"" enum:"accounts,sso-accounts,people,access-matrix,applications,transactions,devices,contracts,contract-cost,findings,licenses,seats,runs,changes,suspicious,leavers,unmatched" help:"accounts, sso-accounts, people, access-matrix: who has an account where, applications, transactions, devices, contracts, contract-cost: of a day, findings, licenses, seats: of plans, runs, changes, suspicious: use that HR does not explain, leavers: accounts of who left, or unmatched: accounts of nobody."`
	Format  string   `enum:"csv,xlsx,json" default:"csv" help:"csv, xlsx, or json: one object a line, as with --json."`
	Out     string   `short:"o" help:"File to write; standard output without it." placeholder:"FILE"`
	Filter  string   `help:"Filter as on the page: status=active&kind=guest." placeholder:"QUERY"`
	Columns []string `help:"Columns, by their keys; all without it." placeholder:"KEY"`
}

// Run writes the list. A file appears only once it is whole.
func (c *exportCmd) Run(ctx context.Context, s *session) error {
	q, err := url.ParseQuery(c.Filter)
	if err != nil {
		return &exit{code: exitUsage, err: fmt.Errorf("--filter: %w", err)}
	}
	if s.json {
		c.Format = "json"
	}
	q.Set("format", c.Format)
	set(q, "columns", c.Columns...)
	return s.download(ctx, "/export/"+c.What, q, c.Out)
}

// download writes what the server answers to a file, or to standard output.
func (s *session) download(ctx context.Context, path string, q url.Values, to string) (err error) {
	cl, err := s.client()
	if err != nil {
		return err
	}
	res, err := cl.send(ctx, http.MethodGet, path, q, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if to == "" {
		_, err := io.Copy(s.out, res.Body)
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(to), ".export-*")
	if err != nil {
		return fmt.Errorf("making the file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := io.Copy(f, res.Body); err != nil {
		return errors.Join(fmt.Errorf("the export broke off: %w", err), f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the file: %w", err)
	}
	return os.Rename(f.Name(), to)
}
