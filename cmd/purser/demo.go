package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/demo"
	"purser/internal/sandbox"
)

type demoCmd struct {
	Exit   bool   `help:"Stop after the first sync and print a summary."`
	Listen string `help:"Where to listen." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Seed   uint64 `help:"Another company for another number." default:"1"`
	Labs   bool   `help:"The company bought a firm: a second identity provider, other addresses, contractors, people under an earlier name."`
}

// Run serves a made-up company's vendors on loopback, connects them to a Purser
// with a throw-away data folder, and stays up.
func (c *demoCmd) Run(ctx context.Context, s *session) (err error) {
	dir, err := os.MkdirTemp("", "purser-demo-")
	if err != nil {
		return fmt.Errorf("making a throw-away data folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	vendors, err := sandbox.Start(ctx, sandbox.Options{Seed: c.Seed, Unlimited: true, Labs: c.Labs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, vendors.Close()) }()

	listen := c.Listen
	if c.Exit {
		listen = "127.0.0.1:0" // nobody will open it
	}
	a, err := app.Build(ctx, app.Options{Server: config.Server{Data: filepath.Join(dir, "data"), Listen: listen, Workers: 4,
		VendorMap: vendorMap(vendors)}, Version: s.version, Log: slog.New(slog.NewTextHandler(s.demoLog(), nil)), Now: time.Now,
		Proof: 24 * time.Hour}) // its user signs in by a link and has nothing else to prove who they are
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx) }()
	defer func() { stop(); err = errors.Join(err, <-served) }()

	host := purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "demo", Name: "demo", Role: purser.RoleAdmin, Origin: "system"})
	d := &demo.Demo{Organization: a.Organization, Matching: a.Identity, Connect: a.Connect, Contracts: a.Contracts, Loads: a.Loads, Sandbox: vendors, Pause: pause, Say: func(format string, args ...any) { s.note(format+"\n", args...) }}
	s.note("Connecting a made-up company's %d systems\n", len(vendors.Connections()))
	summary, err := d.Run(host)
	if err != nil {
		return err
	}
	if c.Exit {
		return s.demoSummary(summary)
	}
	path, err := a.Login.OneTimeSignIn(host, "ada@example.com", "Ada Example", purser.RoleAdmin)
	if err != nil {
		return err
	}
	s.note("\nSign in (this link works once, for 30 minutes):\n\n  %s%s\n\nThe command line, in another shell:\n\n  purser --data %s instance list\n\n"+
		"Ctrl-C stops the demo and throws its data away.\n", a.PublicURL(), path, a.Data)
	<-ctx.Done()
	return nil
}

func (s *session) demoSummary(summary demo.Summary) error {
	if err := s.demoPrint(summary); err != nil {
		return err
	}
	if !summary.Complete() {
		return &exit{code: exitFailed, err: errors.New("not every run of the demo succeeded")}
	}
	return nil
}

func (s *session) demoPrint(summary demo.Summary) error {
	if s.json {
		return s.printJSON(summary)
	}
	for _, c := range summary.Connectors {
		fmt.Fprintf(s.out, "%-24s %6d records\n", c.Instance, c.Records)
		for _, task := range slices.Sorted(maps.Keys(c.Runs)) {
			fmt.Fprintf(s.out, "  %-22s %s\n", task, c.Runs[task])
		}
	}
	return nil
}

// demoLog is where the server of a demo writes: what it says would drown the progress.
func (s *session) demoLog() io.Writer {
	if _, ok := s.lookup("PURSER_LOG_LEVEL"); ok {
		return s.err
	}
	return io.Discard
}

func vendorMap(vendors *sandbox.Sandbox) string {
	m := vendors.Map()
	pairs := make([]string, 0, len(m))
	for _, host := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, host+"="+m[host])
	}
	return strings.Join(pairs, ",")
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
