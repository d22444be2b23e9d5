package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"purser"
	"purser/internal/contract"
)

type contractCmd struct {
	List   contractListCmd   `cmd:"" help:"List contracts by notice deadline, overdue ones first."`
	Show   contractShowCmd   `cmd:"" help:"Show a contract with its periods and decisions."`
	Create contractCreateCmd `cmd:"" help:"Write a contract down, from a file."`
	Change contractChangeCmd `cmd:"" help:"Change what a file names of a contract; the rest stays."`
	Amend  contractAmendCmd  `cmd:"" help:"Add a dated change of the plans."`
	Renew  contractRenewCmd  `cmd:"" help:"Begin the next period; the one before is kept."`
	Decide contractDecideCmd `cmd:"" help:"Say what is to become of a contract, and why."`
	Remove contractRemoveCmd `cmd:"" help:"Remove one that was written down by mistake, with its history and documents."`
	Sheet  contractSheetCmd  `cmd:"" help:"Make the renewal sheet: use, cost, and the quantity they ask for."`
	Cost   contractCostCmd   `cmd:"" help:"List the contracts that run on a day and what each costs in a year."`
	Import contractImportCmd `cmd:"" help:"Take contracts over from a table; see what changes first with --dry-run."`
	Export contractExportCmd `cmd:"" help:"Write contracts as a table, to be changed and imported again."`

	Documents contractDocumentsCmd `cmd:"" help:"List the files that are kept with a contract."`
	Attach    contractAttachCmd    `cmd:"" help:"Keep a file with a contract, sealed."`
	Document  contractDocumentCmd  `cmd:"" help:"Write such a file where one says; that stands in the audit log."`
	Detach    contractDetachCmd    `cmd:"" help:"Remove such a file; the contract stays."`

	Calendars   contractCalendarsCmd   `cmd:"" help:"List the calendars that programs subscribe to."`
	AddCalendar contractCalendarAddCmd `cmd:"" help:"Make a calendar; its secret address is printed, this once."`
	EndCalendar contractCalendarEndCmd `cmd:"" help:"End a calendar."`
}

type contractFilter struct {
	grouping
	Query       string   `help:"Name, vendor or order number." short:"q"`
	Standing    []string `help:"overdue, over, due, decided, running or ended."`
	Decision    []string `help:"undecided, renew, change or cancel."`
	Owner       string   `help:"Owner, by e-mail address."`
	Application string   `help:"Application, such as app_3."`
	From        string   `help:"Not due before that day." placeholder:"YYYY-MM-DD"`
	Until       string   `help:"Due until that day." placeholder:"YYYY-MM-DD"`
	Ended       bool     `help:"Also those that are canceled and over."`
}

func (c contractFilter) query() url.Values {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "standing", c.Standing...)
	set(q, "decision", c.Decision...)
	set(q, "owner", c.Owner)
	set(q, "application", c.Application)
	set(q, "from", c.From)
	set(q, "until", c.Until)
	if c.Ended {
		q.Set("ended", "true")
	}
	return q
}

type contractListCmd struct {
	listing
	contractFilter
	Sort string `help:"due, name or end." enum:",due,name,end" default:""`
}

// Run prints the contracts.
func (c *contractListCmd) Run(ctx context.Context, s *session) error {
	q := c.query()
	set(q, "sort", c.Sort)
	return list(ctx, s, "/contracts", q, c.Limit, []string{"ID", "CONTRACT", "VENDOR", "STANDING", "NOTICE UNTIL", "END", "DECISION", "OWNER", "A YEAR"},
		func(c purser.Contract) []string {
			return []string{c.ID, c.Name, c.Vendor, string(c.Standing), c.NoticeOn, c.Terms.End, string(c.Decision), c.Owner.Name, yearly(c)}
		})
}

// yearly is what a contract costs in twelve months, or why that is not said.
func yearly(c purser.Contract) string {
	if c.Hidden {
		return "hidden for your role"
	}
	words := make([]string, len(c.Worth.Yearly))
	for i, m := range c.Worth.Yearly {
		words[i] = m.String()
	}
	if c.Worth.Unknown > 0 {
		words = append(words, "some unknown")
	}
	return strings.Join(words, " + ")
}

type contractShowCmd struct {
	Contract string `arg:"" help:"Identifier, such as ctr_01…"`
}

// Run prints the contract.
func (c *contractShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	path := "/contracts/" + url.PathEscape(c.Contract)
	var got purser.Contract
	var periods struct {
		Items []purser.ContractPeriod `json:"items"`
	}
	var decisions struct {
		Items []purser.ContractDecision `json:"items"`
	}
	for p, into := range map[string]any{path: &got, path + "/periods": &periods, path + "/decisions": &decisions} {
		if err := cl.do(ctx, http.MethodGet, p, nil, nil, into); err != nil {
			return err
		}
	}
	if s.json {
		return s.printJSON(struct {
			purser.Contract
			Periods   []purser.ContractPeriod   `json:"periods"`
			Decisions []purser.ContractDecision `json:"decisions"`
		}{got, periods.Items, decisions.Items})
	}
	return s.contract(got, periods.Items, decisions.Items)
}

func (s *session) contract(c purser.Contract, periods []purser.ContractPeriod, decisions []purser.ContractDecision) error {
	applications := make([]string, len(c.Applications))
	for i, a := range c.Applications {
		applications[i] = a.Name
	}
	facts := [][]string{{"Name", c.Name}, {"Vendor", c.Vendor}, {"Applications", strings.Join(applications, ", ")}, {"Standing", string(c.Standing)}, {"Decision", string(c.Decision)},
		{"Begins", c.Terms.Start}, {"Ends", c.Terms.End}, {"Notice period", contract.NoticeText(c.Terms.Notice)}, {"Notice until", c.NoticeOn},
		{"Renews by itself", c.Terms.AutoRenew.String()}, {"Order number", c.Terms.PONumber}, {"A year", yearly(c)}, {"Cost centers", contract.SharesText(c.CostCenters, "; ")},
		{"Owner", c.Owner.Name}, {"Contact", strings.TrimSpace(c.Contact.Name + " " + c.Contact.Email)}, {"Note", c.Note}}
	if err := s.table([]string{"CONTRACT", c.ID}, facts); err != nil {
		return err
	}
	var rows [][]string
	for _, p := range periods {
		rows = append(rows, []string{count(int64(p.Period)), p.Terms.Start, p.Terms.End, contract.PlansText(p.Terms.PlansOn(p.Terms.End)), p.MadeBy})
	}
	if err := s.say("\n"); err != nil {
		return err
	}
	if err := s.table([]string{"PERIOD", "FROM", "UNTIL", "PLANS AT ITS END", "WRITTEN BY"}, rows); err != nil || len(decisions) == 0 {
		return err
	}
	rows = nil
	for _, d := range decisions {
		rows = append(rows, []string{moment(d.At), count(int64(d.Period)), string(d.Decision), d.By, d.Why})
	}
	if err := s.say("\n"); err != nil {
		return err
	}
	return s.table([]string{"DECIDED", "PERIOD", "DECISION", "BY", "WHY"}, rows)
}

type contractCreateCmd struct {
	File string `arg:"" help:"YAML or JSON with the fields of the API (purser openapi); - for the standard input."`
}

// Run writes it down.
func (c *contractCreateCmd) Run(ctx context.Context, s *session) error {
	in, err := s.document(c.File)
	if err != nil {
		return err
	}
	return s.sendContract(ctx, http.MethodPost, "/contracts", in)
}

// document reads YAML or JSON as it is sent to the API.
func (s *session) document(file string) (map[string]any, error) {
	in := io.Reader(s.in)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err != nil {
		return nil, err
	}
	var doc map[string]any
	if json.Unmarshal(raw, &doc) == nil {
		return doc, nil
	}
	var node yaml.Node
	err = yaml.Unmarshal(raw, &node)
	if err == nil {
		daysAsText(&node)
		err = node.Decode(&doc)
	}
	if err != nil {
		return nil, purser.Invalid("file", "%s is neither JSON nor YAML: %v", file, err)
	}
	return doc, nil
}

// daysAsText keeps the days of a YAML document as they are written: 2026-01-01 is no moment.
func daysAsText(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		daysAsText(child)
	}
}

func (s *session) sendContract(ctx context.Context, method, path string, in any) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var c purser.Contract
	if err := cl.do(ctx, method, path, nil, in, &c); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(c)
	}
	return s.say("%s: %s, %s, notice until %s, %s\n", c.ID, c.Name, c.Standing, orNone(c.NoticeOn), c.Decision)
}

func orNone(text string) string {
	if text == "" {
		return "no known day"
	}
	return text
}

type contractRenewCmd struct {
	Contract string `arg:"" help:"Identifier."`
	Terms    string `help:"YAML or JSON with the terms of the next period; without it, those that were agreed." placeholder:"FILE"`
}

// Run begins the next period.
func (c *contractRenewCmd) Run(ctx context.Context, s *session) error {
	in := map[string]any{}
	if c.Terms != "" {
		terms, err := s.document(c.Terms)
		if err != nil {
			return err
		}
		in["terms"] = terms
	}
	return s.sendContract(ctx, http.MethodPost, "/contracts/"+url.PathEscape(c.Contract)+"/renew", in)
}

type contractDecideCmd struct {
	Contract string `arg:"" help:"Identifier."`
	Decision string `arg:"" help:"renew, change, cancel or undecided." enum:"renew,change,cancel,undecided"`
	Why      string `help:"Why." placeholder:"TEXT"`
}

// Run decides.
func (c *contractDecideCmd) Run(ctx context.Context, s *session) error {
	return s.sendContract(ctx, http.MethodPost, "/contracts/"+url.PathEscape(c.Contract)+"/decisions", map[string]any{"decision": c.Decision, "why": c.Why})
}
