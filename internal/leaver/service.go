package leaver

import (
	"context"
	"errors"
	"io"
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
	DB   *store.DB
	Gate Gate
	Now  func() time.Time
	Rand io.Reader
	// AdminURL returns the vendor's page for an account, "" if there is none. May be nil.
	AdminURL func(i purser.Instance, externalID string) string
	// Tell posts an event in the transaction of its change. nil: nobody is told.
	Tell func(ctx context.Context, tx bun.Tx, e purser.Event) error
}

// Service keeps checklists. It is safe for concurrent use.
type Service struct {
	Options
	ids purser.IDSource
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Gate == nil || o.Now == nil || o.Rand == nil {
		return nil, errors.New("leaver: DB, Gate, Now and Rand must be set")
	}
	if o.AdminURL == nil {
		o.AdminURL = func(purser.Instance, string) string { return "" }
	}
	return &Service{Options: o, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}}, nil
}

func (s *Service) mayRead(ctx context.Context) error {
	for _, op := range []purser.Operation{purser.OpPersonRead, purser.OpAccountRead, purser.OpNameRead} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return err
		}
	}
	return nil
}

// Filter selects checklists.
type Filter struct {
	State    string // open, closed, "" for all
	Assignee string // usr_…; "me" is who asks
	Person   string // per_<number>
}

// List returns one page of checklists without their items, the newest first.
func (s *Service) List(ctx context.Context, f Filter, p purser.Page) (purser.List[purser.LeaverChecklist], error) {
	out := purser.List[purser.LeaverChecklist]{Items: []purser.LeaverChecklist{}}
	if err := s.mayRead(ctx); err != nil {
		return out, err
	}
	where := store.LeaverFilter{Open: f.State == "open", Closed: f.State == "closed", Assignee: f.Assignee}
	switch f.State {
	case "", "open", "closed":
	default:
		return out, purser.Invalid("state", "a checklist is open or closed")
	}
	if f.Assignee == "me" {
		me, err := purser.Me(ctx, "assignee")
		if err != nil {
			return out, err
		}
		where.Assignee = me
	}
	if f.Person != "" {
		person, ok, err := store.PersonByID(ctx, s.DB.Read(), store.KeyOf("per_", f.Person))
		if err != nil {
			return out, err
		}
		if !ok {
			return out, purser.NotFound("person", f.Person)
		}
		where.Source, where.Key = person.InstanceID, person.ExternalID
	}
	rows, err := store.Leavers(ctx, s.DB.Read(), where, p, true)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	for _, r := range rows.Items {
		out.Items = append(out.Items, checklist(r))
	}
	return out, err
}

func checklist(r store.LeaverRow) purser.LeaverChecklist {
	return purser.LeaverChecklist{ID: r.ID, PersonID: store.RowID("per_", r.Person), PersonName: r.Name, EndedOn: r.EndedOn, StartedAt: r.StartedAt.Time(), StartedBy: r.StartedBy,
		ClosedAt: r.ClosedAt.Time(), Total: r.Total, Done: r.Done, Verified: r.Verified}
}

// Checklist returns one checklist with its items as data show them now.
func (s *Service) Checklist(ctx context.Context, id string) (purser.LeaverChecklist, error) {
	if err := s.mayRead(ctx); err != nil {
		return purser.LeaverChecklist{}, err
	}
	r, ok, err := store.Leaver(ctx, s.DB.Read(), id)
	if err != nil {
		return purser.LeaverChecklist{}, err
	}
	if !ok {
		return purser.LeaverChecklist{}, purser.NotFound("checklist", id)
	}
	out := checklist(r)
	rows, err := store.LeaverItems(ctx, s.DB.Read(), r.No)
	if err != nil {
		return out, err
	}
	for _, t := range rows {
		out.Items = append(out.Items, s.item(ctx, t))
	}
	return out, nil
}

func (s *Service) item(ctx context.Context, r store.LeaverItemRow) purser.LeaverItem {
	t := purser.LeaverItem{ID: store.RowID("lvi_", r.No), AccountID: store.RowID("acc_", r.Account), Account: r.Label, InstanceID: r.Source, InstanceName: r.SourceName,
		Status: r.Status, Admin: r.Admin(), AssigneeID: r.Assignee, Assignee: r.AssigneeName, DoneAt: r.DoneAt.Time(), DoneBy: r.DoneBy, Note: r.Note,
		VerifiedAt: r.VerifiedAt.Time(), VerifiedHow: r.VerifiedHow, ReadAt: r.ReadAt.Time(), State: purser.LeaverOpen}
	switch {
	case r.VerifiedAt > 0 && r.Shut():
		t.State = purser.LeaverVerified
	case r.VerifiedAt > 0:
		t.State = purser.LeaverBack
	case r.DoneAt > 0 && r.ReadAt > r.DoneAt && r.Account != 0:
		t.State = purser.LeaverStillThere
	case r.DoneAt > 0:
		t.State = purser.LeaverDone
	}
	if r.Account != 0 {
		if i, err := store.Instance(ctx, s.DB.Read(), r.Source); err == nil {
			t.AdminURL = s.AdminURL(i, r.ExternalID)
		}
	}
	return t
}

// by is who acts, as people know them.
func by(ctx context.Context) string {
	if actor, ok := purser.ActorFrom(ctx); ok && actor.Name != "" {
		return actor.Name
	}
	return "Purser"
}
