package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Delivery is a notice on its way to one address or endpoint.
type Delivery struct {
	ID         string           `json:"id"` // dlv_…
	Way        string           `json:"way"`
	To         string           `json:"to"` // the address, or the endpoint's name
	State      string           `json:"state"`
	Kind       purser.EventKind `json:"kind"`
	What       string           `json:"what"`
	Path       string           `json:"path"` // the page that it is about
	InstanceID string           `json:"instance_id,omitempty"`
	Why        string           `json:"why"` // why it goes there: list, instance, owner, admin, endpoint, test
	Warning    string           `json:"warning,omitempty"`
	At         time.Time        `json:"at"`
	Tries      int64            `json:"tries"`
	NextAt     time.Time        `json:"next_at,omitzero"` // of the next try
	DoneAt     time.Time        `json:"done_at,omitzero"`
	Error      string           `json:"error,omitempty"`
	Hint       string           `json:"hint,omitempty"`
	Log        []DeliveryTry    `json:"log,omitempty"` // of one delivery only
}

// DeliveryTry is one try of a delivery.
type DeliveryTry struct {
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took"`             // nanoseconds
	Status int64         `json:"status,omitempty"` // of SMTP or HTTP, 0 if there was no answer
	Error  string        `json:"error,omitempty"`
}

// Filter selects deliveries; zero fields select every one.
type Filter struct {
	State      string // waiting, sending, sent, failed, unsure, dropped
	Way        string // mail, webhook, chat
	InstanceID string
}

// States lists the states of a delivery.
func States() []string {
	return []string{store.DeliveryWaiting, store.DeliverySending, store.DeliverySent, store.DeliveryFailed, store.DeliveryUnsure, store.DeliveryDropped}
}

// countedUpTo is how far a total is exact.
const countedUpTo = 10_000

// Deliveries returns deliveries, the newest first.
func (s *Service) Deliveries(ctx context.Context, f Filter, page purser.Page) (list purser.List[Delivery], err error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return list, err
	}
	if f.State != "" && !slices.Contains(States(), f.State) {
		return list, purser.Invalid("state", "there is no state %q", f.State)
	}
	limit := min(max(page.Limit, 0), 1000)
	if limit == 0 {
		limit = 50
	}
	where := store.DeliveryFilter{State: f.State, Way: f.Way, InstanceID: f.InstanceID, Limit: limit + 1}
	if page.After != "" {
		if where.BeforeNo, err = strconv.ParseInt(page.After, 10, 64); err != nil || where.BeforeNo < 1 {
			return list, purser.Invalid("after", "%q is not a cursor of this list", page.After)
		}
	}
	rows, err := store.Deliveries(ctx, s.DB.Read(), where)
	if err != nil {
		return list, fmt.Errorf("read the outbox: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		list.Next = strconv.FormatInt(rows[limit-1].No, 10)
	}
	if list.Total, err = store.CountDeliveries(ctx, s.DB.Read(), where); err != nil {
		return list, fmt.Errorf("count the outbox: %w", err)
	}
	if list.Total > countedUpTo {
		list.Total, list.More = countedUpTo, true
	}
	for _, r := range rows {
		list.Items = append(list.Items, shown(r))
	}
	return list, nil
}

func shown(r store.DeliveryRow) Delivery {
	var e purser.Event
	_ = json.Unmarshal([]byte(r.Event), &e) // written by Post
	d := Delivery{ID: r.ID, Way: r.Way, To: r.Target, State: r.State, Kind: purser.EventKind(r.Kind), What: e.What, Path: e.Path, InstanceID: e.InstanceID,
		Why: r.Reason, Warning: r.Warning, At: r.At.Time(), Tries: r.Tries, DoneAt: r.DoneAt.Time(), Error: r.Error, Hint: r.Hint}
	if r.Way != WayMail {
		d.To = r.Name
		if d.To == "" {
			d.To = "an endpoint that was removed"
		}
	}
	if r.State == store.DeliveryWaiting {
		d.NextAt = r.NextAt.Time()
	}
	return d
}

// Delivery returns one with its tries.
func (s *Service) Delivery(ctx context.Context, id string) (Delivery, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return Delivery{}, err
	}
	r, ok, err := store.Delivery(ctx, s.DB.Read(), id)
	if err != nil {
		return Delivery{}, err
	}
	if !ok {
		return Delivery{}, purser.NotFound("delivery", id)
	}
	d := shown(r)
	tries, err := store.Tries(ctx, s.DB.Read(), r.No)
	for _, t := range tries {
		d.Log = append(d.Log, DeliveryTry{At: t.At.Time(), Took: time.Duration(t.TookUS) * time.Microsecond, Status: t.Status, Error: t.Error})
	}
	return d, err
}

// Retry sends again what failed, or what nobody knows of, at once.
func (s *Service) Retry(ctx context.Context, id string) error {
	return s.decide(ctx, id, func(d store.DeliveryRow) (store.DeliveryRow, string) {
		switch d.State {
		case store.DeliverySending, store.DeliverySent:
			return d, "it is " + d.State + " already"
		}
		d.State, d.NextAt, d.DoneAt, d.Error, d.Hint = store.DeliveryWaiting, s.now(), 0, "", ""
		return d, ""
	})
}

// Drop leaves what failed, or waits, as it is: it is not tried again and needs nobody.
func (s *Service) Drop(ctx context.Context, id string) error {
	return s.decide(ctx, id, func(d store.DeliveryRow) (store.DeliveryRow, string) {
		switch d.State {
		case store.DeliverySending, store.DeliverySent, store.DeliveryDropped:
			return d, "it is " + d.State + " already"
		}
		d.State, d.NextAt, d.DoneAt = store.DeliveryDropped, 0, s.now()
		return d, ""
	})
}

func (s *Service) decide(ctx context.Context, id string, move func(store.DeliveryRow) (store.DeliveryRow, string)) error {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, ok, err := store.Delivery(ctx, tx, id)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("delivery", id)
		}
		from := d.State
		d, refused := move(d)
		if refused != "" {
			return &purser.Problem{Kind: purser.ProblemConflict, What: refused}
		}
		if ok, err := store.MoveDelivery(ctx, tx, d, from); err != nil || !ok {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: d.ID, ObjectName: shown(d).What,
			Before: map[string]any{"state": from}, After: map[string]any{"state": d.State}, At: s.Now()})
	})
	s.mu.Lock()
	s.mailRest = time.Time{}
	s.mu.Unlock()
	s.rouse()
	return err
}
