package table

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options make a Service.
type Options struct {
	DB        *store.DB
	Gate      Gate
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
	Zone      func(ctx context.Context) *time.Location // in which days of addresses are read
	Inventory Inventory
	Contracts ContractKeeper
	Findings  Inbox
	Runs      Runner
	Leavers   LeaverKeeper
	Licenses  LicenseKeeper
	Identity  Matcher
	// Tell posts an event in the transaction of its change. nil: no report is mailed.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Service writes lists as files and keeps views of them. It is safe for concurrent use.
type Service struct {
	Options
	ids purser.IDSource
}

// New returns a Service.
func New(o Options) *Service {
	if o.Zone == nil {
		o.Zone = func(context.Context) *time.Location { return time.UTC }
	}
	return &Service{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}}
}

// Info is a list as the reader's role sees it.
type Info struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Path    string   `json:"path"` // its page
	Columns []Head   `json:"columns"`
	Groups  []string `json:"groups,omitempty"` // conditions that may stand in groups: any1.<name>
	// Conditions are all that its address may ask for.
	Conditions Conditions `json:"-"`
}

// Lists returns the lists that the reader may open, each with the columns that
// exist for the reader's role.
func (s *Service) Lists(ctx context.Context) (all []Info) {
	for _, x := range s.sources() {
		if s.Gate.Allow(ctx, x.op) == nil {
			all = append(all, Info{Name: x.name, Title: x.title, Path: x.path, Columns: s.Visible(ctx, x.heads), Groups: x.conditions.Groups(), Conditions: x.conditions})
		}
	}
	return all
}

// Visible returns the columns that the reader may see.
func (s *Service) Visible(ctx context.Context, heads []Head) []Head {
	return slices.DeleteFunc(slices.Clone(heads), func(h Head) bool { return h.Op != "" && s.Gate.Allow(ctx, h.Op) != nil })
}

func (s *Service) source(ctx context.Context, name string) (source, error) {
	x, ok := s.named(name)
	if !ok {
		return x, purser.NotFound("list", name)
	}
	return x, s.Gate.Allow(ctx, x.op)
}

func (s *Service) named(name string) (source, bool) {
	for _, x := range s.sources() {
		if x.name == name {
			return x, true
		}
	}
	return source{}, false
}

// Write writes what an address of a list shows as a file: its rows in its order,
// with the columns that it names in cols. named says that heads are keys, not titles.
func (s *Service) Write(ctx context.Context, list string, q url.Values, format string, named bool, w io.Writer) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	x, err := s.source(ctx, list)
	if err != nil {
		return err
	}
	heads := Shown(s.Visible(ctx, x.heads), q["cols"])
	return write(w, format, x.title, named, func(begin func([]Head) error, fn func([]string) error) error {
		return x.each(ctx, q, heads, begin, fn)
	})
}
