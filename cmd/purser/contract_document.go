package main

import (
	"cmp"
	"context"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"purser"
)

type contractDocumentsCmd struct {
	Contract string `arg:"" help:"Identifier, such as ctr_01…"`
}

// Run lists the files of a contract.
func (c *contractDocumentsCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, documents(c.Contract), nil, []string{"ID", "NAME", "MEDIA", "BYTES", "ADDED", "BY"}, func(d purser.ContractDocument) []string {
		return []string{d.ID, d.Name, d.Media, count(d.Bytes), moment(d.AddedAt), d.AddedBy}
	})
}

// documents is the address of the files of a contract.
func documents(contract string, id ...string) string {
	path := "/contracts/" + url.PathEscape(contract) + "/documents"
	for _, d := range id {
		path += "/" + url.PathEscape(d)
	}
	return path
}

type contractAttachCmd struct {
	Contract string `arg:"" help:"Identifier."`
	File     string `arg:"" help:"The file; it is kept sealed." type:"existingfile"`
	Name     string `help:"What it is called; its own name without it." placeholder:"NAME"`
}

// Run keeps a file with a contract.
func (c *contractAttachCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	name := cmp.Or(c.Name, filepath.Base(c.File))
	q := url.Values{"name": {name}, "media": {cmp.Or(mime.TypeByExtension(filepath.Ext(name)), octets)}}
	var d purser.ContractDocument
	if err := cl.post(ctx, documents(c.Contract)+"?"+q.Encode(), f, &d); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(d)
	}
	return s.say("%s: %s, %d bytes\n", d.ID, d.Name, d.Bytes)
}

type contractDocumentCmd struct {
	Contract string `arg:"" help:"Identifier."`
	Document string `arg:"" help:"Identifier of the file, such as doc_01…"`
	Out      string `short:"o" help:"File to write; standard output without it." placeholder:"FILE"`
}

// Run reads a file of a contract; that stands in the audit log.
func (c *contractDocumentCmd) Run(ctx context.Context, s *session) error {
	return s.download(ctx, documents(c.Contract, c.Document), nil, c.Out)
}

type contractDetachCmd struct {
	Contract string `arg:"" help:"Identifier."`
	Document string `arg:"" help:"Identifier of the file."`
}

// Run removes a file; the contract stays.
func (c *contractDetachCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return cl.do(ctx, http.MethodDelete, documents(c.Contract, c.Document), nil, nil, nil)
}
