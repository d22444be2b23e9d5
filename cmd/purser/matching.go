package main

import (
	"context"
	"net/http"
	"strings"

	"purser"
)

type matchingCmd struct {
	Show matchingShowCmd `cmd:"" default:"1" help:"Show which addresses are the same."`
	Set  matchingSetCmd  `cmd:"" help:"Say which addresses are the same; everything is matched anew."`
}

type matchingShowCmd struct{}

// Run prints the rules.
func (c *matchingShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var r purser.MatchRules
	if err := cl.do(ctx, http.MethodGet, "/matching", nil, nil, &r); err != nil {
		return err
	}
	return s.printRules(r)
}

func (s *session) printRules(r purser.MatchRules) error {
	if s.json {
		return s.printJSON(r)
	}
	rows := [][]string{{"addresses below a mail domain are the same", yesNo(r.SubDomains)}, {"what follows + makes another person", yesNo(r.TagsCount)}}
	for _, set := range r.SameDomains {
		rows = append(rows, []string{"the same domain", strings.Join(set, " = ")})
	}
	return s.table([]string{"RULE", "IS"}, rows)
}

type matchingSetCmd struct {
	Same       []string `help:"Domains under which everybody has the same name, such as example.com=example.org; once for each set." placeholder:"A=B"`
	NoSame     bool     `help:"No domains are the same."`
	SubDomains string   `help:"Addresses below a mail domain are the same: yes or no." enum:",yes,no" default:""`
	TagsCount  string   `help:"What follows + makes another person: yes or no." enum:",yes,no" default:""`
}

// Run changes what is named; the rest stays.
func (c *matchingSetCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var r purser.MatchRules
	if err := cl.do(ctx, http.MethodGet, "/matching", nil, nil, &r); err != nil {
		return err
	}
	if len(c.Same) > 0 || c.NoSame {
		r.SameDomains = [][]string{}
		for _, set := range c.Same {
			r.SameDomains = append(r.SameDomains, strings.FieldsFunc(set, func(x rune) bool { return x == '=' || x == ' ' }))
		}
	}
	if c.SubDomains != "" {
		r.SubDomains = c.SubDomains == "yes"
	}
	if c.TagsCount != "" {
		r.TagsCount = c.TagsCount == "yes"
	}
	if err := cl.do(ctx, http.MethodPut, "/matching", nil, r, &r); err != nil {
		return err
	}
	return s.printRules(r)
}
