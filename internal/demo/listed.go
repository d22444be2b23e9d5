package demo

import (
	"context"
	"fmt"
	"io"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/load"
)

// Loads takes what is handed over as files; package load does.
type Loads interface {
	Open(ctx context.Context, in load.Input) (purser.Load, error)
	Upload(ctx context.Context, id string, r io.Reader) (purser.Load, error)
	Finish(ctx context.Context, id string, in load.Settled) (purser.Load, error)
}

// handOver brings the lists of the application that no system tells of, and says what
// was agreed on it.
func (d *Demo) handOver(ctx context.Context) (connected, agreement, error) {
	list := d.Sandbox.Listed()
	c := connected{connector: "file", name: list.Application + " users"}
	i, err := d.Connect.Create(ctx, connect.CreateInput{Connector: c.connector, Name: c.name, Settings: map[string]string{"application": list.Application},
		Tasks: []purser.TaskName{purser.TaskApplicationRoster, purser.TaskLicenseInformation}})
	if err != nil {
		return c, agreement{}, fmt.Errorf("making a place for the lists of %s: %w", list.Application, err)
	}
	c.id = i.ID
	for _, f := range []struct {
		kind    purser.Kind
		content string
	}{{purser.KindAccount, list.Users}, {purser.KindPlan, list.Plans}, {purser.KindSeat, list.Seats}} {
		l, err := d.Loads.Open(ctx, load.Input{Instance: i.ID, Kind: f.kind, File: string(f.kind) + "s.csv", Origin: "upload"})
		if err == nil {
			_, err = d.Loads.Upload(ctx, l.ID, strings.NewReader(f.content))
		}
		if err == nil {
			_, err = d.Loads.Finish(ctx, l.ID, load.Settled{})
		}
		if err != nil {
			return c, agreement{}, fmt.Errorf("handing over the %ss of %s: %w", f.kind, list.Application, err)
		}
	}
	d.Say("%s: its lists are handed over as files", c.name)
	return c, agreement{application: list.Application, plans: []string{list.Plan}, quantity: list.Bought}, nil
}
