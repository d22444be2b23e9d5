package deletion

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Gate says whether the actor of ctx may do something: nil, or a *purser.Problem.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Runs stops what reads an instance.
type Runs interface {
	// StopInstance interrupts the runs of an instance that this process works
	// on, and reports whether it still works on any.
	StopInstance(instanceNo int64) (working bool)
}

// Options make a Service.
type Options struct {
	DB   *store.DB
	Gate Gate
	Runs Runs
	IDs  purser.IDSource
	Now  func() time.Time
	Log  *slog.Logger
	// Sleep waits, or returns the context's error.
	Sleep func(ctx context.Context, d time.Duration) error
	// GiveBack gives the credential of an instance back to the vendor, where
	// that can be, and says in words how it went. It is called once nobody reads
	// the instance any more. nil: it is not tried.
	GiveBack func(ctx context.Context, i purser.Instance) string
	// Promise says in words what GiveBack would do. nil: nothing is said.
	Promise func(i purser.Instance) string
	// Derive works out anew what rested on rows of an instance, as the marks in
	// the database ask for. It may be called twice. nil: whoever finds the marks does.
	Derive func(ctx context.Context, instanceNo int64) error
	// Tell notes an event for those who are to know, in the transaction that ends
	// the deletion. nil: nobody is told.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Service deletes. It is safe for concurrent use.
type Service struct {
	Options
	wake chan struct{}
	mu   sync.Mutex // one at a time: it is background work
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Runs == nil || o.Now == nil || o.Log == nil || o.Sleep == nil {
		return nil, errors.New("deletion: DB, Gate, Runs, Now, Log and Sleep must be set")
	}
	return &Service{Options: o, wake: make(chan struct{}, 1)}, nil
}

// Plan says what a deletion would take, what would stay, and how many of each.
func (s *Service) Plan(ctx context.Context, instance string, scope purser.DeletionScope) (purser.DeletionPlan, error) {
	if err := s.Gate.Allow(ctx, purser.OpInstanceDelete); err != nil {
		return purser.DeletionPlan{}, err
	}
	if err := checkScope(scope); err != nil {
		return purser.DeletionPlan{}, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil {
		return purser.DeletionPlan{}, err
	}
	return s.plan(ctx, i, scope)
}

// Begin begins a deletion. understood is the ticked sentence
// purser.DeletionConfirmation: without it nothing is deleted. From then on no
// run of the instance starts, and there is no way back.
func (s *Service) Begin(ctx context.Context, instance string, scope purser.DeletionScope, understood bool) (purser.Deletion, error) {
	if err := s.Gate.Allow(ctx, purser.OpInstanceDelete); err != nil {
		return purser.Deletion{}, err
	}
	if err := checkScope(scope); err != nil {
		return purser.Deletion{}, err
	}
	i, err := store.Instance(ctx, s.DB.Read(), instance)
	if err != nil {
		return purser.Deletion{}, err
	}
	if !understood {
		return purser.Deletion{}, &purser.Problem{Kind: purser.ProblemInvalid, Field: "i_understand", What: "the confirmation is missing: \"" + purser.DeletionConfirmation + "\"",
			Hint: "Look at what goes and what stays, then confirm: tick the sentence, set i_understand, or give --i-understand"}
	}
	plan, err := s.plan(ctx, i, scope)
	if err != nil {
		return purser.Deletion{}, err
	}
	row, err := s.begin(ctx, i, plan)
	if err != nil {
		return purser.Deletion{}, err
	}
	s.Runs.StopInstance(i.No)
	s.rouse()
	return row.Deletion()
}

func checkScope(scope purser.DeletionScope) error {
	if scope != purser.DeleteUsers && scope != purser.DeleteInstance {
		return purser.Invalid("scope", "there is no scope %q; it is one of users, instance", string(scope))
	}
	return nil
}

func (s *Service) begin(ctx context.Context, i purser.Instance, plan purser.DeletionPlan) (store.DeletionRow, error) {
	actor, ok := purser.ActorFrom(ctx)
	if !ok {
		actor = purser.Actor{Kind: purser.ActorSystem, ID: "purser", Name: "Purser", Origin: "system"}
	}
	actor.Session, actor.Scopes = "", nil
	who, err := json.Marshal(actor)
	if err != nil {
		return store.DeletionRow{}, err
	}
	counted, err := json.Marshal(plan)
	if err != nil {
		return store.DeletionRow{}, err
	}
	now := s.Now()
	row := store.DeletionRow{ID: s.IDs.New(purser.PrefixDeletion), Scope: string(plan.Scope), InstanceNo: i.No, InstanceID: i.ID, InstanceName: i.Name,
		Connector: i.Connector, Actor: string(who), Plan: string(counted), Gone: "{}", Phase: phaseStopping, BegunAt: purser.MicrosOf(now)}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		row.StatusBefore, row.ReasonBefore = string(i.Status), i.Reason
		ok, err := store.SetInstanceStatus(ctx, tx, i.ID, purser.StatusDeleting, reason(plan.Scope), purser.MicrosOf(now),
			purser.StatusDraft, purser.StatusLive, purser.StatusInactive, purser.StatusRevoked)
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is being deleted already", Hint: "Look at its page to see how far that is"}
		}
		if err := store.InsertDeletion(ctx, tx, row); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceDelete, Object: i.ID, ObjectName: i.Name, At: now,
			Before: map[string]any{"status": row.StatusBefore}, After: map[string]any{"status": string(purser.StatusDeleting), "scope": string(plan.Scope), "goes": counts(plan.Goes)}})
	})
	return row, err
}

func reason(scope purser.DeletionScope) string {
	if scope == purser.DeleteUsers {
		return "all that was read of its users is being deleted; the instance stays"
	}
	return "the instance is being deleted with all that was read through it"
}

func counts(all []purser.DeletionCount) map[string]any {
	out := map[string]any{}
	for _, c := range all {
		out[c.What] = c.Count
	}
	return out
}

// Deletion returns one deletion, under way or over.
func (s *Service) Deletion(ctx context.Context, id string) (purser.Deletion, error) {
	if err := s.Gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return purser.Deletion{}, err
	}
	row, ok, err := store.DeletionByID(ctx, s.DB.Read(), id)
	if err != nil {
		return purser.Deletion{}, err
	}
	if !ok {
		return purser.Deletion{}, purser.NotFound("deletion", id)
	}
	return row.Deletion()
}

// Deletions returns the deletions of an instance, the latest first, also of one
// that is no more.
func (s *Service) Deletions(ctx context.Context, instanceID string) ([]purser.Deletion, error) {
	if err := s.Gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	rows, err := store.Deletions(ctx, s.DB.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	out := make([]purser.Deletion, len(rows))
	for i, row := range rows {
		if out[i], err = row.Deletion(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
