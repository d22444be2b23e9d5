// Package demo connects the made-up company's systems to a Purser, through the
// very same services that pages, API and command line call.
package demo

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

// Connect is the life of a connection; package connect has it.
type Connect interface {
	Preview(ctx context.Context, connector string, settings map[string]string) (connect.Preview, error)
	Create(ctx context.Context, in connect.CreateInput) (purser.Instance, error)
	SetCredential(ctx context.Context, instance, auth string, fields map[string]string) error
	StartAuthorize(ctx context.Context, instance, session string) (string, error)
	FinishAuthorize(ctx context.Context, session string, query url.Values) (string, error)
	Test(ctx context.Context, instance string) (connect.TestResult, error)
	ChooseTenant(ctx context.Context, instance, tenant string) error
	Confirm(ctx context.Context, instance string) error
	SetHR(ctx context.Context, instance string, hr bool) error
	Tasks(ctx context.Context, instance string) ([]purser.InstanceTask, error)
}

// Organization keeps what an admin says of the company.
type Organization interface {
	Set(ctx context.Context, o purser.Organization) (purser.Organization, error)
}

// Matching says which addresses are the same; package identity does.
type Matching interface {
	SetRules(ctx context.Context, r purser.MatchRules) (purser.MatchRules, error)
}

// Demo connects one company.
type Demo struct {
	Matching     Matching     // nil: nothing is said of the domains of a firm that the company bought
	Organization Organization // nil: nothing is said of the company
	Connect      Connect
	// Contracts, if set, gets a contract for each application.
	Contracts Contracts
	// Loads, if set, gets the lists of an application that none of the systems tells of.
	Loads   Loads
	Sandbox *sandbox.Sandbox
	Say     func(format string, args ...any) // progress for a person
	Pause   func(ctx context.Context) error  // between two looks at the runs
	Only    []string                         // connectors of the systems to connect; nil for every one
}

// session is the browser session that consent is bound to: here no browser is used.
const session = "demo"

// Run connects every system and waits until the first sync of each is over.
func (d *Demo) Run(ctx context.Context) (Summary, error) {
	if err := d.introduce(ctx); err != nil {
		return Summary{}, err
	}
	var all []connected
	var agreed []agreement
	for _, c := range d.chosen() {
		i, title, err := d.connect(ctx, c)
		if err != nil {
			return Summary{}, fmt.Errorf("connecting %s: %w", c.Name, err)
		}
		all, agreed = append(all, connected{c.Connector, c.Name, i.ID}), append(agreed, agreement{application: title, plans: c.Plans})
	}
	if d.Loads != nil {
		c, a, err := d.handOver(ctx)
		if err != nil {
			return Summary{}, err
		}
		all, agreed = append(all, c), slices.Insert(agreed, len(agreed)-1, a) // the last is one of which not all is known
	}
	if err := d.write(ctx, agreed); err != nil {
		return Summary{}, err
	}
	return d.wait(ctx, all)
}

// connected is a system whose first sync is on its way.
type connected struct{ connector, name, id string }

// introduce says who the company is, as an admin does first: only then is a guest
// told from a colleague.
func (d *Demo) introduce(ctx context.Context) error {
	if d.Organization == nil {
		return nil
	}
	o := purser.Organization{Currency: "GBP", TimeZone: "Europe/London", FiscalStart: 4}
	var rules purser.MatchRules
	d.Sandbox.Company(func(c *sandbox.Company) {
		o.Name, o.MailDomains = c.Name, []string{c.Domain}
		if len(c.Labs) > 0 {
			o.MailDomains = append(o.MailDomains, sandbox.LabsDomain())
			rules.SameDomains = [][]string{o.MailDomains}
		}
	})
	if _, err := d.Organization.Set(ctx, o); err != nil {
		return fmt.Errorf("saying who the company is: %w", err)
	}
	if d.Matching != nil && len(rules.SameDomains) > 0 {
		if _, err := d.Matching.SetRules(ctx, rules); err != nil {
			return fmt.Errorf("saying which domains are the same: %w", err)
		}
	}
	return nil
}

// chosen are the systems to connect.
func (d *Demo) chosen() []sandbox.Connection {
	return slices.DeleteFunc(slices.Clone(d.Sandbox.Connections()), func(c sandbox.Connection) bool {
		return d.Only != nil && !slices.Contains(d.Only, c.Connector)
	})
}

func (d *Demo) connect(ctx context.Context, c sandbox.Connection) (i purser.Instance, title string, err error) {
	preview, err := d.Connect.Preview(ctx, c.Connector, c.Settings)
	if err != nil {
		return i, "", err
	}
	in := connect.CreateInput{Connector: c.Connector, Name: c.Name, Auth: c.Auth, Settings: c.Settings}
	for _, t := range preview.Tasks {
		// An organization has one source of truth for its people: the HR system.
		if t.Name == purser.TaskHRRoster && len(preview.Tasks) > 1 {
			continue
		}
		in.Tasks = append(in.Tasks, t.Name)
	}
	i, err = d.Connect.Create(ctx, in)
	if err != nil {
		return i, "", err
	}
	if preview.Category == "hr" {
		if err := d.Connect.SetHR(ctx, i.ID, true); err != nil {
			return i, "", err
		}
	}
	if err := d.Connect.SetCredential(ctx, i.ID, c.Auth, c.Fields); err != nil {
		return i, "", err
	}
	if browser(preview, c.Auth) {
		if err := d.authorize(ctx, i.ID); err != nil {
			return i, "", err
		}
	}
	result, err := d.Connect.Test(ctx, i.ID)
	if err != nil {
		return i, "", err
	}
	if len(result.Tenants) > 0 {
		if err := d.Connect.ChooseTenant(ctx, i.ID, result.Tenants[0].ID); err != nil {
			return i, "", err
		}
		if result, err = d.Connect.Test(ctx, i.ID); err != nil {
			return i, "", err
		}
	}
	if !result.OK {
		return i, "", fmt.Errorf("%s %s", result.Message, result.Hint)
	}
	if err := d.Connect.Confirm(ctx, i.ID); err != nil {
		return i, "", err
	}
	d.Say("%s: %s", c.Name, result.Message)
	return i, preview.Title, nil
}

func browser(p connect.Preview, auth string) bool {
	for _, a := range p.Auth {
		if a.Name == auth {
			return a.Browser
		}
	}
	return false
}

// authorize consents at the vendor's page as a person would.
func (d *Demo) authorize(ctx context.Context, id string) error {
	address, err := d.Connect.StartAuthorize(ctx, id, session)
	if err != nil {
		return err
	}
	back, err := d.Sandbox.Consent(ctx, address, true)
	if err != nil {
		return err
	}
	u, err := url.Parse(back)
	if err != nil {
		return fmt.Errorf("the vendor's redirect cannot be read: %w", err)
	}
	_, err = d.Connect.FinishAuthorize(ctx, session, u.Query())
	return err
}

// wait looks at the runs until all are over.
func (d *Demo) wait(ctx context.Context, all []connected) (Summary, error) {
	said := map[string]purser.RunState{}
	for {
		summary, running, err := d.look(ctx, all, said)
		if err != nil || !running {
			return summary, err
		}
		if err := d.Pause(ctx); err != nil {
			return summary, err
		}
	}
}

func (d *Demo) look(ctx context.Context, all []connected, said map[string]purser.RunState) (Summary, bool, error) {
	var summary Summary
	running := false
	for _, c := range all {
		tasks, err := d.Connect.Tasks(ctx, c.id)
		if err != nil {
			return summary, false, err
		}
		line := Connector{Name: c.connector, Instance: c.name}
		for _, t := range tasks {
			if !t.Enabled {
				continue
			}
			if t.LastRun == nil || !t.LastRun.State.Ended() {
				running = true
				continue
			}
			line.add(t)
			if said[t.LastRun.ID] != t.LastRun.State {
				said[t.LastRun.ID] = t.LastRun.State
				d.Say("%s, %s: %s, %d records in %s", c.name, t.Task.Title(), t.LastRun.State, t.LastRun.Counts.Read,
					t.LastRun.EndedAt.Sub(t.LastRun.StartedAt).Round(time.Millisecond))
			}
		}
		summary.Connectors = append(summary.Connectors, line)
	}
	return summary, running, nil
}
