package load

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/columns"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Starter starts runs.
type Starter interface {
	Start(ctx context.Context, instanceID string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error)
}

// Options make a Service.
type Options struct {
	DB      *store.DB
	Gate    Gate
	Catalog manifest.Catalog
	Starter Starter
	IDs     purser.IDSource
	Now     func() time.Time
	Log     *slog.Logger
	Formats []columns.Format
	// Folder is watched for files; "" watches none.
	Folder string
	// MaxFile is the most bytes of a file; 0: 1 GiB.
	MaxFile int64
}

// Service takes what is handed over. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("load: DB, Gate, Now and Log must be set")
	}
	if o.MaxFile == 0 {
		o.MaxFile = 1 << 30
	}
	return &Service{Options: o}, nil
}

// Limits of what one load may hold.
const (
	maxPages   = 100_000
	maxRecords = 5_000   // of one page
	maxPage    = 8 << 20 // bytes of one page
	keepLoads  = 3       // of a kind and instance, whose content is kept
	openFor    = 24 * time.Hour
)

// Input opens a load.
type Input struct {
	Instance string // identifier or name
	Kind     purser.Kind
	Mode     purser.LoadMode
	File     string // its name, for a load of a file; "" for pages
	Origin   string // upload, folder, api
}

// Open begins a load. What is sent afterwards counts only once it is finished.
func (s *Service) Open(ctx context.Context, in Input) (purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return purser.Load{}, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), in.Instance)
	if err != nil {
		return purser.Load{}, err
	}
	source, err := s.takes(i)
	if err != nil {
		return purser.Load{}, err
	}
	if in.Mode == "" {
		in.Mode = purser.LoadSnapshot
	}
	if err := s.checkInput(ctx, i, in); err != nil {
		return purser.Load{}, err
	}
	row := store.LoadRow{ID: s.IDs.New(purser.PrefixLoad), InstanceNo: i.No, Kind: string(in.Kind), Mode: string(in.Mode), Form: "pages",
		Name: baseName(in.File), Origin: in.Origin, State: string(purser.LoadOpen), OpenedAt: purser.MicrosOf(s.Now()), OpenedBy: "Purser"}
	if source == manifest.SourceFile {
		row.Form = "file" // until its content has said which
	}
	if actor, ok := purser.ActorFrom(ctx); ok {
		row.OpenedBy = actor.Name
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.InsertLoad(ctx, tx, row); err != nil {
			return err
		}
		return s.note(ctx, tx, i.Name, row.ID, map[string]any{"instance": i.ID, "kind": row.Kind, "mode": row.Mode, "file": row.Name, "state": row.State})
	})
	if err != nil {
		return purser.Load{}, fmt.Errorf("open a load: %w", err)
	}
	return s.load(ctx, row.ID)
}

func (s *Service) note(ctx context.Context, tx bun.Tx, name, id string, after map[string]any) error {
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpLoadWrite, Object: id, ObjectName: name, After: after, At: s.Now()})
}

// takes returns how records are handed over to an instance; one that asks a
// vendor takes none.
func (s *Service) takes(i purser.Instance) (source string, err error) {
	c := s.Catalog.Get(i.Connector)
	if c == nil || !c.Manifest.HandedOver() {
		return "", &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: i.Name + " is read from its vendor: nothing can be handed over to it",
			Hint: "Connect “File” or “Push” from the catalog, and hand it over to that instance"}
	}
	if i.Status != purser.StatusLive {
		return "", &purser.Problem{Kind: purser.ProblemConflict, Field: "instance", What: fmt.Sprintf("%s is %s", i.Name, i.Status), Hint: "Activate it first"}
	}
	return c.Manifest.Source, nil
}

func (s *Service) checkInput(ctx context.Context, i purser.Instance, in Input) error {
	if in.Mode != purser.LoadSnapshot && in.Mode != purser.LoadDelta {
		return purser.Invalid("mode", "%q is neither snapshot (all there is) nor delta (what changed)", in.Mode)
	}
	stream, task := s.stream(i.Connector, in.Kind)
	if stream == "" {
		return purser.Invalid("kind", "%q is no kind of record that can be handed over", in.Kind)
	}
	row, ok, err := store.TaskRowOf(ctx, s.DB.Read(), i.ID, task)
	if err != nil {
		return err
	}
	if !ok || !row.Enabled {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "kind", What: fmt.Sprintf("the task %q of %s is switched off", task.Title(), i.Name),
			Hint: "Switch it on in the instance's tasks"}
	}
	return nil
}

// stream finds the stream of a connector that reads records of a kind.
func (s *Service) stream(connector string, kind purser.Kind) (name string, task purser.TaskName) {
	c := s.Catalog.Get(connector)
	if c == nil {
		return "", ""
	}
	for _, t := range c.Tasks {
		for _, st := range t.Streams {
			if st.Emits == kind && kind != "" {
				return st.Name, purser.TaskName(t.Name)
			}
		}
	}
	return "", ""
}

// Load returns one load.
func (s *Service) Load(ctx context.Context, id string) (purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpRunRead); err != nil {
		return purser.Load{}, err
	}
	return s.load(ctx, id)
}

func (s *Service) load(ctx context.Context, id string) (purser.Load, error) {
	row, err := s.row(ctx, id)
	return row.Load(), err
}

func (s *Service) row(ctx context.Context, id string) (store.LoadRow, error) {
	row, ok, err := store.LoadByID(ctx, s.DB.Read(), id)
	if err == nil && !ok {
		err = purser.NotFound("load", id)
	}
	return row, err
}

// openRow returns a load that is still open, of a file or of pages.
func (s *Service) openRow(ctx context.Context, id string, pages bool) (store.LoadRow, error) {
	row, err := s.row(ctx, id)
	switch {
	case err != nil:
		return row, err
	case row.State != string(purser.LoadOpen):
		return row, &purser.Problem{Kind: purser.ProblemConflict, What: "the load is " + row.State + ": nothing can be added to it", Hint: "Open a new one"}
	case pages != (row.Form == "pages"):
		return row, &purser.Problem{Kind: purser.ProblemConflict, What: "the instance takes " + map[bool]string{true: "files, not pages", false: "pages, not files"}[pages]}
	}
	return row, nil
}

// List returns the newest loads: of an instance, of all for "".
func (s *Service) List(ctx context.Context, instance string) ([]purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpRunRead); err != nil {
		return nil, err
	}
	no := int64(0)
	if instance != "" {
		i, err := store.Instance(ctx, s.DB.Read(), instance)
		if err != nil {
			return nil, err
		}
		no = i.No
	}
	rows, err := store.Loads(ctx, s.DB.Read(), no, 200)
	out := make([]purser.Load, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Load())
	}
	return out, err
}

// Cancel gives up a load that is open or waits. One that is being read is
// canceled with its run.
func (s *Service) Cancel(ctx context.Context, id string) error {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return err
	}
	row, err := s.row(ctx, id)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.CancelLoad(ctx, tx, id, purser.MicrosOf(s.Now()))
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "the load is being read, or is over", Hint: "Cancel its run"}
		}
		return s.note(ctx, tx, row.InstanceName, id, map[string]any{"state": string(purser.LoadCanceled)})
	})
	if err != nil {
		return err
	}
	return s.empty(ctx, row.No)
}
