package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
)

type instanceCmd struct {
	List        instanceListCmd        `cmd:"" help:"List instances."`
	Create      instanceCreateCmd      `cmd:"" help:"Connect an application."`
	Show        instanceShowCmd        `cmd:"" help:"Show an instance with its tasks."`
	Credential  instanceCredentialCmd  `cmd:"" help:"Enter a credential anew, test it and go live."`
	Sync        instanceSyncCmd        `cmd:"" help:"Sync now."`
	Activate    instanceActivateCmd    `cmd:"" help:"Sync again on schedule, and at once."`
	Deactivate  instanceDeactivateCmd  `cmd:"" help:"Stop syncing; token and data stay."`
	Calls       instanceCallsCmd       `cmd:"" help:"List every host and path that was asked."`
	Task        instanceTaskCmd        `cmd:"" help:"Show the task table; switch a task, change its schedule."`
	Permissions instancePermissionsCmd `cmd:"" help:"Show granted permissions and which lie idle."`

	instanceCareCmds `embed:""`
	DeleteUsers      instanceDeleteUsersCmd `cmd:"" help:"Delete all that was read of its users; the next sync reads everyone again."`
	Delete           instanceDeleteCmd      `cmd:"" help:"Delete an instance with all that was read through it."`
}

type instanceListCmd struct {
	Attention bool `help:"Only those that somebody should look at."`
}

// Run prints the instances, the most urgent first.
func (c *instanceListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	if c.Attention {
		q.Set("attention", "true")
	}
	return wholeList(ctx, s, "/instances", q, instanceHeads(), instanceRow)
}

func instanceHeads() []string {
	return []string{"ID", "NAME", "CONNECTOR", "STATUS", "HEALTH", "DATA", "TENANT", "ACCOUNT", "HOW IT STANDS"}
}

func instanceRow(p purser.Placed) []string {
	i := p.Instance
	return []string{i.ID, i.Name, i.Connector, string(i.Status), string(i.Health), string(p.Standing.Freshness), i.TenantName, i.Account, standsText(p.Standing)}
}

// standsText is how an instance stands and what somebody has to see to beside it.
func standsText(st purser.Standing) string {
	text := st.Sentence
	for _, c := range st.Care {
		text += " " + c.Sentence
	}
	return text
}

type instanceShowCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// shown is an instance with its tasks.
type shown struct {
	purser.Placed
	Tasks []purser.InstanceTask `json:"tasks"`
}

// Run prints the instance and its task table.
func (c *instanceShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var i purser.Placed
	if err := cl.do(ctx, http.MethodGet, "/instances/"+url.PathEscape(c.Name), nil, nil, &i); err != nil {
		return err
	}
	var tasks struct {
		Items []purser.InstanceTask `json:"items"`
	}
	if err := cl.do(ctx, http.MethodGet, "/instances/"+i.ID+"/tasks", nil, nil, &tasks); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(shown{Placed: i, Tasks: tasks.Items})
	}
	heads, row := instanceHeads(), instanceRow(i)
	last := len(heads) - 1
	if err := s.table(heads[:last], [][]string{row[:last]}); err != nil {
		return err
	}
	if err := s.say("%s\n", plain(row[last])); err != nil {
		return err
	}
	rows := make([][]string, len(tasks.Items))
	for n, t := range tasks.Items {
		rows[n] = taskRow(t)
	}
	return s.table(taskHeads(), rows)
}

// instance returns the client, and the instance of that name or identifier.
func (s *session) instance(ctx context.Context, name string) (*client, purser.Instance, error) {
	cl, err := s.client()
	if err != nil {
		return nil, purser.Instance{}, err
	}
	i, err := cl.instance(ctx, name)
	return cl, i, err
}

// instance looks an instance up by name or identifier.
func (c *client) instance(ctx context.Context, name string) (i purser.Instance, err error) {
	return i, c.do(ctx, http.MethodGet, "/instances/"+url.PathEscape(name), nil, nil, &i)
}

type instanceSyncCmd struct {
	Name  string   `arg:"" help:"Name or identifier."`
	Tasks []string `help:"Tasks to run; all that are enabled without it." placeholder:"TASK"`
	Full  bool     `help:"Read everything again, not only what changed."`
	Since string   `help:"With --full: what is dated from then on." placeholder:"2026-01-31"`
	Wait  bool     `help:"Wait for the end, show progress; exit code 0 succeeded, 3 partial or held, 4 failed, 5 canceled."`
}

// Run starts the runs, and waits for them if asked.
func (c *instanceSyncCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	var started struct {
		Items []purser.Run `json:"items"`
	}
	in := map[string]any{"tasks": c.Tasks}
	if len(c.Tasks) == 0 {
		in = map[string]any{}
	}
	if c.Full {
		in["full"] = true
	}
	if c.Since != "" {
		in["since"] = c.Since
	}
	if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/sync", nil, in, &started); err != nil {
		return err
	}
	if c.Wait {
		return s.wait(ctx, cl, started.Items)
	}
	if s.json {
		return s.printJSON(started.Items)
	}
	for _, r := range started.Items {
		if err := s.say("%s  %s  %s\n", r.ID, r.Task, r.State); err != nil {
			return err
		}
	}
	return nil
}

// pollEvery is how often a run that is waited for is asked about.
const pollEvery = 300 * time.Millisecond

// wait follows runs to their end and turns the worst of them into the exit code.
func (s *session) wait(ctx context.Context, cl *client, runs []purser.Run) error {
	said := map[string]string{}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ended := true
		for n := range runs {
			if runs[n].State.Ended() {
				continue
			}
			if err := cl.do(ctx, http.MethodGet, "/runs/"+runs[n].ID, nil, nil, &runs[n]); err != nil {
				return err
			}
			ended = ended && runs[n].State.Ended()
			if now := progress(runs[n]); now != said[runs[n].ID] {
				said[runs[n].ID] = now
				s.note("%s\n", now)
			}
		}
		if ended {
			break
		}
		select {
		case <-ctx.Done():
			s.note("the runs go on; see them with `purser run list`\n")
			return ctx.Err()
		case <-tick.C:
		}
	}
	if s.json {
		if err := s.printJSON(runs); err != nil {
			return err
		}
	} else {
		rows := make([][]string, len(runs))
		for n, r := range runs {
			rows[n] = runRow(r)
		}
		if err := s.table([]string{"ID", "INSTANCE", "TASK", "STATE", "STARTED", "READ", "ADDED", "CHANGED", "REMOVED", "MESSAGE"}, rows); err != nil {
			return err
		}
	}
	if code := codeOf(runs); code != 0 {
		return &exit{code: code}
	}
	return nil
}

func progress(r purser.Run) string {
	text := string(r.Task) + "  " + stateOf(r) + "  " + count(r.Counts.Read) + " read, page " + count(r.Pages)
	if r.State == purser.RunWaiting && r.WaitReason != "" {
		text += ", waiting: " + r.WaitReason
	}
	for _, more := range []string{r.Message, r.Hint} {
		if more != "" {
			text += "  " + more
		}
	}
	return plain(text)
}

// codeOf is the exit code of the worst run: failed, then canceled, then partial or held.
func codeOf(runs []purser.Run) int {
	code := 0
	for _, r := range runs {
		switch {
		case r.State == purser.RunFailed || r.State == purser.RunAbandoned:
			return exitFailed
		case r.State == purser.RunCanceled:
			code = exitCanceled
		case (r.State == purser.RunPartial || r.Held) && code == 0:
			code = exitPartial
		}
	}
	return code
}

type instanceActivateCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run activates.
func (c *instanceActivateCmd) Run(ctx context.Context, s *session) error {
	return s.step(ctx, c.Name, "activate")
}

type instanceDeactivateCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run deactivates.
func (c *instanceDeactivateCmd) Run(ctx context.Context, s *session) error {
	return s.step(ctx, c.Name, "deactivate")
}

// step does one thing to an instance and prints how it stands then.
func (s *session) step(ctx context.Context, name, what string) error {
	cl, i, err := s.instance(ctx, name)
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/"+what, nil, nil, nil); err != nil {
		return err
	}
	if i, err = cl.instance(ctx, i.ID); err != nil {
		return err
	}
	return s.done(i, "%s is %s\n", plain(i.Name), i.Status)
}

// settings reads name=value pairs.
func settings(given []string) (map[string]string, error) {
	out := map[string]string{}
	for _, g := range given {
		name, value, ok := strings.Cut(g, "=")
		if !ok || name == "" {
			return nil, &exit{code: exitUsage, err: purser.Invalid("set", "%q is not name=value", g)}
		}
		out[name] = value
	}
	return out, nil
}
