package main

import (
	"strings"

	"purser/library"
)

type libraryCmd struct {
	List libraryListCmd `cmd:"" help:"List the applications that Purser knows, with or without a connector. Needs no server."`
}

type libraryListCmd struct {
	Query string `arg:"" optional:"" help:"Part of a name, a vendor, a category or a domain."`
}

// Run prints the library.
func (c *libraryListCmd) Run(s *session) error {
	l, err := library.Load()
	if err != nil {
		return err
	}
	all := l.Search(c.Query)
	if s.json {
		if all == nil {
			all = []library.Application{}
		}
		return s.printJSON(all)
	}
	rows := make([][]string, 0, len(all))
	for _, a := range all {
		rows = append(rows, []string{a.Name, a.Vendor, a.CategoryTitle, strings.Join(a.Domains, " "), a.Connector})
	}
	return s.table([]string{"NAME", "VENDOR", "CATEGORY", "DOMAINS", "CONNECTOR"}, rows)
}
