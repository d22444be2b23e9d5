package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
)

type actionSwitchCmd struct {
	Name     string  `arg:"" help:"Instance, by name or identifier."`
	Switch   string  `arg:"" optional:"" help:"reclamation or provisioning."`
	On       bool    `help:"Turn it on: from now on actions may be planned and run." xor:"on"`
	Off      bool    `help:"Turn it off." xor:"on"`
	Approval *string `help:"never, irreversible, always; organization: as for the organization." placeholder:"RULE"`
}

// Run shows the switches, or changes one.
func (c *actionSwitchCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	if c.Switch != "" && (c.On || c.Off || c.Approval != nil) {
		in := map[string]any{}
		if c.On || c.Off {
			in["on"] = c.On
		}
		if c.Approval != nil {
			in["approval"] = strings.TrimPrefix(*c.Approval, "organization")
		}
		var sw purser.InstanceSwitch
		if err := cl.do(ctx, http.MethodPatch, "/instances/"+i.ID+"/switches/"+url.PathEscape(c.Switch), nil, in, &sw); err != nil {
			return err
		}
		if len(sw.Missing) > 0 {
			s.note("the vendor has to grant %s: authorize anew on the instance's page\n", strings.Join(sw.Missing, ", "))
		}
	}
	return wholeList(ctx, s, "/instances/"+i.ID+"/switches", nil, []string{"SWITCH", "ON", "APPROVAL", "ACTIONS", "MISSING"}, func(sw purser.InstanceSwitch) []string {
		var names []string
		for _, a := range sw.Actions {
			names = append(names, a.Name)
		}
		approval := string(sw.Approval)
		if approval == "" {
			approval = "organization"
		}
		return []string{string(sw.Switch), map[bool]string{true: "yes", false: "no"}[sw.On], approval, strings.Join(names, " "), strings.Join(sw.Missing, " ")}
	})
}

type actionApprovalCmd struct {
	Rule string `arg:"" optional:"" help:"never, irreversible or always."`
}

// Run shows the organization's rule, or changes it.
func (c *actionApprovalCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if c.Rule != "" {
		if err := cl.do(ctx, http.MethodPut, "/actions-approval", nil, map[string]any{"approval": c.Rule}, nil); err != nil {
			return err
		}
	}
	var out struct {
		Approval purser.Approval `json:"approval"`
	}
	if err := cl.do(ctx, http.MethodGet, "/actions-approval", nil, nil, &out); err != nil {
		return err
	}
	return s.done(out, "a second person approves: %s\n", string(out.Approval))
}

type actionProtectedCmd struct{}

// Run prints the protected list.
func (*actionProtectedCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/protected", nil, []string{"ID", "KIND", "WHAT", "NOTE", "ADDED BY"}, func(p purser.Protected) []string {
		return []string{p.ID, string(p.Kind), plain(p.Value), plain(p.Note), plain(p.AddedBy)}
	})
}

type actionProtectCmd struct {
	What string `arg:"" help:"acc_…, per_… or a pattern such as *@board.example.com."`
	Note string `help:"Why."`
}

// Run adds an entry.
func (c *actionProtectCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := map[string]any{"note": c.Note}
	switch {
	case strings.HasPrefix(c.What, "acc_"):
		in["account"] = c.What
	case strings.HasPrefix(c.What, "per_"):
		in["person"] = c.What
	default:
		in["pattern"] = c.What
	}
	var p purser.Protected
	if err := cl.do(ctx, http.MethodPost, "/protected", nil, in, &p); err != nil {
		return err
	}
	return s.done(p, "%s  %s is protected\n", p.ID, plain(p.Value))
}

type actionUnprotectCmd struct {
	ID string `arg:"" help:"prt_…"`
}

// Run removes an entry.
func (c *actionUnprotectCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/protected/"+url.PathEscape(c.ID), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is off the protected list\n", c.ID)
}
