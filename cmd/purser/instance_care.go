package main

import (
	"context"
	"net/http"

	"purser"
)

// instanceCareCmds are those that change and repair an instance in place.
type instanceCareCmds struct {
	Edit    instanceEditCmd    `cmd:"" help:"Change name, owner or settings in place."`
	Check   instanceCheckCmd   `cmd:"" help:"Check again with the kept credential after something was mended at the vendor."`
	HR      instanceHRCmd      `cmd:"" name:"hr" help:"Say whether the instance may end a person's employment."`
	Discard instanceDiscardCmd `cmd:"" help:"Give up a credential that was entered anew and not confirmed."`
}

type instanceEditCmd struct {
	Instance string   `arg:"" help:"Name or identifier."`
	Name     *string  `help:"Another name."`
	Owner    *string  `help:"Another owner: identifier or e-mail address of a user." placeholder:"USER"`
	Set      []string `help:"Setting: name=value, empty to give it up; can be repeated." placeholder:"NAME=VALUE" sep:"none"`
	Again    bool     `help:"Save also where the credential has to be entered again afterwards, as the hosts change."`
}

// Run changes what is named. What would make the credential unusable is said first.
func (c *instanceEditCmd) Run(ctx context.Context, s *session) error {
	set, err := settings(c.Set)
	if err != nil {
		return err
	}
	cl, i, err := s.instance(ctx, c.Instance)
	if err != nil {
		return err
	}
	in := map[string]any{"version": i.Version}
	if c.Name != nil {
		in["name"] = *c.Name
	}
	if c.Owner != nil {
		in["owner"] = *c.Owner
	}
	if len(set) > 0 {
		in["settings"] = set
		var would struct {
			EnterAgain bool   `json:"enter_again"`
			Message    string `json:"message"`
		}
		if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/settings/preview", nil, map[string]any{"settings": set}, &would); err != nil {
			return err
		}
		if would.EnterAgain && !c.Again {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "settings", What: plain(would.Message), Hint: "Give --again to save it all the same"}
		}
	}
	if err := cl.do(ctx, http.MethodPatch, "/instances/"+i.ID, nil, in, &i); err != nil {
		return err
	}
	return s.done(i, "%s is %s, looked after by %s. %s\n", plain(i.Name), i.Status, plain(or(i.OwnerName, "nobody")), plain(i.Reason))
}

type instanceCheckCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run tries the kept credential; exit code 4 says that the vendor refuses it.
func (c *instanceCheckCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	var t tested
	if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/check", nil, nil, &t); err != nil {
		return err
	}
	if err := s.done(t, "%s %s\n", plain(t.Message), plain(t.Hint)); err != nil || t.OK {
		return err
	}
	return &exit{code: exitFailed}
}

type instanceHRCmd struct {
	Name   string `arg:"" help:"Name or identifier."`
	Source string `arg:"" enum:"yes,no" help:"yes or no."`
}

// Run marks the instance, or takes the mark away.
func (c *instanceHRCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodPut, "/instances/"+i.ID+"/hr-source", nil, map[string]bool{"hr_source": c.Source == "yes"}, nil); err != nil {
		return err
	}
	if i, err = cl.instance(ctx, i.ID); err != nil {
		return err
	}
	return s.done(i, "%s: HR source %s\n", plain(i.Name), c.Source)
}

type instanceDiscardCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run gives the credential up that waits for its confirmation.
func (c *instanceDiscardCmd) Run(ctx context.Context, s *session) error {
	return s.step(ctx, c.Name, "discard")
}
