package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/trial"
	"purser/internal/vendorhttp"
)

// liveFlags say how a connector of one's own is connected without a server.
type liveFlags struct {
	Folder    string        `arg:"" help:"Folder with a manifest.yaml, or a built-in connector's name."`
	Auth      string        `help:"Way to authorize; the recommended one without it."`
	Set       []string      `help:"Setting: name=value; can be repeated." placeholder:"NAME=VALUE" sep:"none"`
	Secret    []string      `help:"Credential: name=@file, name=- for standard input, or name to be asked; can be repeated." placeholder:"NAME=@FILE" sep:"none"`
	Tenant    string        `help:"Identifier of the tenant, where the credential reaches several." placeholder:"ID"`
	Port      int           `help:"Port of the redirect address on this machine, where a person must consent at the vendor." default:"8976"`
	Deadline  time.Duration `help:"How long it may take." default:"10m"`
	VendorMap string        `help:"HOST=URL[,HOST=URL]: dial a loopback URL for a vendor's host." env:"PURSER_VENDOR_MAP" placeholder:"MAP"`
}

// open connects: it takes the credential, has a person consent where that is
// needed, and asks the vendor whose it is. Requests are told as they are made.
func (c *liveFlags) open(ctx context.Context, s *session, tasks []string) (*trial.Trial, manifest.Identity, error) {
	var whose manifest.Identity
	set, err := settings(c.Set)
	if err != nil {
		return nil, whose, err
	}
	fields, err := s.secrets(c.Secret)
	if err != nil {
		return nil, whose, err
	}
	fsys, name, err := folder(c.Folder)
	if err != nil {
		return nil, whose, err
	}
	hooks := connectors.Hooks()
	if info, err := os.Stat(c.Folder); err == nil && info.IsDir() {
		hooks = nil // a connector of one's own has no code, whatever it is called
	}
	to, err := egress.ParseVendorMap(c.VendorMap)
	if err != nil {
		return nil, whose, &exit{code: exitUsage, err: err}
	}
	t, err := trial.Open(ctx, trial.Options{Files: fsys, Folder: name, Auth: c.Auth, Settings: set, Fields: fields, Tasks: tasks, Hooks: hooks, VendorMap: to,
		UserAgent: "Purser/" + s.version, Now: time.Now, Rand: rand.Reader, Sleep: rest, Record: func(e vendorhttp.Event) { s.noteRequest(e) }})
	if err != nil {
		return nil, whose, err
	}
	if t.Consents() {
		if err := c.consent(ctx, s, t); err != nil {
			return nil, whose, err
		}
	}
	whose, err = t.Identify(ctx, c.Tenant)
	return t, whose, err
}

// rest waits, or ends with the context.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// noteRequest tells a request as a run's log does: without values and secrets.
func (s *session) noteRequest(e vendorhttp.Event) {
	switch {
	case e.Wait > 0:
		s.note("  waits %s: %s\n", e.Wait.Round(time.Millisecond), plain(e.Reason))
	case e.Status == 0:
		s.note("  %s %s%s: %s (%s)\n", e.Method, e.Host, e.Path, e.Class, plain(e.Message))
	default:
		class := "ok"
		if e.Class != "" {
			class = string(e.Class)
		}
		s.note("  %s %s%s: %d, %s, %d bytes in %s\n", e.Method, e.Host, plain(e.Path), e.Status, class, e.Bytes, e.Duration.Round(time.Millisecond))
	}
}

// consent listens on loopback for the vendor's page to come back.
func (c *liveFlags) consent(ctx context.Context, s *session, t *trial.Trial) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", c.Port))
	if err != nil {
		return fmt.Errorf("listen for the vendor's answer: %w; choose another --port", err)
	}
	redirect := fmt.Sprintf("http://%s/oauth/callback", l.Addr())
	to, err := t.Begin(ctx, redirect)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	s.note("Enter %s as redirect address at the vendor, then open this page and consent:\n  %s\n", redirect, to)
	ended := make(chan error, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth/callback", func(w http.ResponseWriter, r *http.Request) {
		err := t.Finish(ctx, r)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err == nil {
			_, _ = fmt.Fprintln(w, "Done. You can close this page and go back to the command line.")
		} else {
			_, _ = fmt.Fprintln(w, "That did not work; the command line says why.")
		}
		select {
		case ended <- err:
		default:
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Shutdown(context.WithoutCancel(ctx)) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return errors.New("nobody came back from the vendor's page")
	}
}

type connectorTryCmd struct {
	liveFlags
	Task    []string `help:"Tasks to read; all of them without it." placeholder:"TASK"`
	Pages   int      `help:"At most so many requests for each stream." default:"2"`
	Records int      `help:"So many records of each stream are shown." default:"3"`
	Action  string   `help:"Show the requests of an action instead; nothing is sent but what connects." placeholder:"ACTION"`
	For     string   `help:"What the action is for, as JSON fields of the record and of what is chosen: external_id, group, account …" placeholder:"JSON" default:"{}"`
	DryRun  bool     `help:"Must be said with --action: an action is carried out by the server alone, where it is approved and logged."`
}

// Run connects and reads some pages. Anything that is not as it should be is exit code 1.
func (c *connectorTryCmd) Run(ctx context.Context, s *session) error {
	ctx, stop := context.WithTimeout(ctx, c.Deadline)
	defer stop()
	if c.Action != "" && !c.DryRun {
		return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemInvalid, Field: "dry-run", What: "an action is carried out by the server alone",
			Hint: "Add --dry-run to see its requests here"}}
	}
	t, whose, err := c.open(ctx, s, c.Task)
	if err != nil {
		return err
	}
	if c.Action != "" {
		return c.action(s, t)
	}
	read := t.Read(ctx, c.Pages, c.Records)
	bad := slices.ContainsFunc(read, func(r trial.Read) bool { return r.Class != "" || len(r.Rejects) > 0 })
	if s.json {
		err = s.printJSON(map[string]any{"tenant": whose, "streams": read})
	} else {
		err = s.tried(whose, read)
	}
	if err == nil && bad {
		return &exit{code: exitError}
	}
	return err
}

func (s *session) tried(whose manifest.Identity, read []trial.Read) error {
	if whose.ID != "" {
		if err := s.say("Connected to %s (%s) %s\n", plain(whose.Name), plain(whose.ID), plain(whose.Account)); err != nil {
			return err
		}
	}
	for _, r := range read {
		state := string(r.State)
		if r.Limited {
			state = "good so far, ended by --pages"
		}
		if err := s.say("\n%s/%s: %s; %d records of %d items on %d pages\n", r.Task, r.Stream, state, r.Records, r.Items, r.Pages); err != nil {
			return err
		}
		if r.Class != "" {
			if err := s.say("  %s: %s\n  %s\n", r.Class, plain(r.Message), plain(r.Hint)); err != nil {
				return err
			}
		}
		for _, record := range r.First {
			raw, err := json.Marshal(record)
			if err != nil {
				return err
			}
			if err := s.say("  %s\n", plain(string(raw))); err != nil {
				return err
			}
		}
		for _, reject := range r.Rejects {
			if err := s.say("  refused: %s\n", plain(reject)); err != nil {
				return err
			}
		}
		if len(r.Drift) > 0 {
			if err := s.say("  not named in the manifest: %s\n", plain(strings.Join(slices.Sorted(maps.Keys(r.Drift)), ", "))); err != nil {
				return err
			}
		}
	}
	return nil
}

// action shows what an action would send.
func (c *connectorTryCmd) action(s *session, t *trial.Trial) error {
	record := map[string]string{}
	if err := json.Unmarshal([]byte(c.For), &record); err != nil {
		return &exit{code: exitUsage, err: purser.Invalid("for", "it is no JSON object of texts: %v", err)}
	}
	requests, err := t.Dry(c.Action, record)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(requests)
	}
	for _, r := range requests {
		if err := s.say("%s %s\n", r.Method, plain(r.URL)); err != nil {
			return err
		}
		if r.Body != "" {
			if err := s.say("  %s\n", plain(r.Body)); err != nil {
				return err
			}
		}
	}
	return nil
}
