package notify

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// SendTest sends one message, to a mail address or to a webhook or chat by its id
// or name, at once and once, and says how that went.
func (s *Service) SendTest(ctx context.Context, to string) (Delivery, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return Delivery{}, err
	}
	if s.frozen() {
		return Delivery{}, &purser.Problem{Kind: purser.ProblemPaused, What: "nothing is sent now: outgoing calls are stopped", Hint: "Let calls out again first"}
	}
	t := target{reason: "test"}
	row, ok, err := store.EndpointByID(ctx, s.DB.Read(), to)
	switch {
	case err != nil:
		return Delivery{}, err
	case ok:
		t.way, t.to = row.Way, row.ID
	default:
		emails, err := addresses(to)
		if err != nil || len(emails) != 1 {
			return Delivery{}, purser.Invalid("to", "this is neither one e-mail address nor the name of a webhook or chat")
		}
		if s.Mail == nil {
			return Delivery{}, &purser.Problem{Kind: purser.ProblemConflict, Field: "to", What: "no mail server is configured",
				Hint: "The operator of this server sets --smtp-url and --mail-from"}
		}
		t.way, t.to = WayMail, emails[0]
	}
	id, err := s.postTest(ctx, t)
	if err != nil {
		return Delivery{}, err
	}
	d, ok, err := store.Delivery(ctx, s.DB.Read(), id)
	if err != nil || !ok {
		return Delivery{}, err
	}
	if t.way == WayMail {
		s.sendMail(ctx, d)
	} else {
		s.post(ctx, d)
	}
	return s.Delivery(ctx, id)
}

// postTest notes the message; it is not due, so that the worker leaves it to us.
func (s *Service) postTest(ctx context.Context, t target) (id string, err error) {
	id = s.ids.New(purser.PrefixDelivery)
	actor, _ := purser.ActorFrom(ctx)
	e := purser.Event{Kind: testKind, At: s.Now(), Key: "test/" + id, What: "This is a test message of Purser",
		Why: "Somebody tried out whether messages arrive; nothing has happened", Path: "/settings/notifications"}
	text, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no, _, err := store.InsertNotice(ctx, tx, store.NoticeRow{Key: e.Key, Kind: string(e.Kind), At: purser.MicrosOf(e.At), Event: string(text)})
		if err != nil {
			return err
		}
		err = store.InsertDelivery(ctx, tx, store.DeliveryRow{ID: id, NoticeNo: no, Way: t.way, Target: t.to, Reason: t.reason, CreatedAt: s.now(),
			NextAt: purser.MicrosOf(s.Now().Add(sendingAtMost))})
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "notifications", ObjectName: "Test message",
			After: map[string]any{"way": t.way, "to": t.to, "by": actor.Name}, At: s.Now()})
	})
	return id, err
}
