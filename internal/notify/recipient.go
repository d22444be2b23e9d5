package notify

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Recipient is one address of a list.
type Recipient struct {
	Email   string    `json:"email"`
	AddedAt time.Time `json:"added_at"`
	AddedBy string    `json:"added_by"`
	SentAt  time.Time `json:"sent_at,omitzero"`   // when a mail was last taken there
	Error   string    `json:"error,omitempty"`    // why the last mail was not
	Gone    bool      `json:"gone"`               // was a user of Purser and is no longer: nothing is sent there
	UserNow string    `json:"user_now,omitempty"` // the user's address now, where it is another one: mail goes there
}

// Audience is who is told by mail: of everything, or of one instance.
type Audience struct {
	Recipients []Recipient `json:"recipients"`
	// Told are the addresses that mail goes to now, of the list or in its place.
	Told    []string `json:"told"`
	Why     string   `json:"why"`               // where they come from, in words
	Warning string   `json:"warning,omitempty"` // what is wrong with that
}

// longestList is how many addresses one list may have.
const longestList = 100

// Recipients returns who is told of everything ("") or, besides, of one instance.
func (s *Service) Recipients(ctx context.Context, instanceID string) (Audience, error) {
	i, err := s.scope(ctx, instanceID, purser.OpSettingRead, purser.OpInstanceRead)
	if err != nil {
		return Audience{}, err
	}
	rows, err := store.Recipients(ctx, s.DB.Read(), i.ID)
	if err != nil {
		return Audience{}, err
	}
	a := Audience{Recipients: make([]Recipient, 0, len(rows))}
	for _, r := range rows {
		one := Recipient{Email: r.Email, AddedAt: r.AddedAt.Time(), AddedBy: r.AddedBy, SentAt: r.LastSentAt.Time(), Error: r.LastError, Gone: r.UserGone}
		if r.UserEmail != r.Email {
			one.UserNow = r.UserEmail
		}
		a.Recipients = append(a.Recipients, one)
	}
	to, warning, err := s.people(ctx, s.DB.Read(), purser.Event{Kind: purser.EventSyncFailed, InstanceID: i.ID})
	if err != nil {
		return Audience{}, err
	}
	reasons := map[string]bool{}
	for _, t := range to {
		a.Told = append(a.Told, t.to)
		reasons[t.reason] = true
	}
	a.Why, a.Warning = told(reasons, i.ID != "", len(rows)), warning
	if i.ID == "" && len(rows) == 0 {
		a.Told = nil
	}
	return a, nil
}

// told says where the addresses come from that mail goes to.
func told(reasons map[string]bool, ofInstance bool, listed int) string {
	switch {
	case !ofInstance && listed == 0:
		return "The list is empty: mail about an instance goes to its owner."
	case reasons["admin"]:
		return "Nobody else can be reached, so mail goes to the admins."
	case !ofInstance:
		return "Mail goes to everybody on this list."
	case reasons["list"] && reasons["instance"]:
		return "Mail goes to the general list and to the addresses of this instance."
	case reasons["list"]:
		return "Mail goes to the general list."
	case reasons["owner"] && reasons["instance"]:
		return "The general list is empty, so mail goes to the owner, and to the addresses of this instance."
	case reasons["owner"]:
		return "The general list is empty, so mail goes to the owner."
	}
	return "Mail goes to the addresses of this instance."
}

// AddRecipients puts addresses on a list and returns how many were new. text holds
// one or several, divided by commas, semicolons, spaces or new lines.
func (s *Service) AddRecipients(ctx context.Context, instanceID, text string) (added int, err error) {
	i, err := s.scope(ctx, instanceID, purser.OpSettingWrite, purser.OpInstanceWrite)
	if err != nil {
		return 0, err
	}
	emails, err := addresses(text)
	if err != nil {
		return 0, err
	}
	actor, _ := purser.ActorFrom(ctx)
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		added = 0
		rows, err := store.Recipients(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if len(rows)+len(emails) > longestList {
			return purser.Invalid("email", "a list can have at most %d addresses; use a distribution list of your mail system", longestList)
		}
		var fresh []string
		for _, email := range emails {
			row := store.RecipientRow{ID: s.ids.New(purser.PrefixRecipient), InstanceID: i.ID, Email: email, AddedAt: s.now(), AddedBy: actor.Name}
			if u, ok, err := store.UserByEmail(ctx, tx, email); err != nil {
				return err
			} else if ok {
				row.UserID = u.ID
			}
			ok, err := store.InsertRecipient(ctx, tx, row)
			if err != nil {
				return err
			}
			if ok {
				added++
				fresh = append(fresh, email)
			}
		}
		if added == 0 {
			return nil
		}
		return s.audit(ctx, tx, i, nil, map[string]any{"recipients_added": fresh})
	})
	return added, err
}

// RemoveRecipient takes an address from a list.
func (s *Service) RemoveRecipient(ctx context.Context, instanceID, email string) error {
	i, err := s.scope(ctx, instanceID, purser.OpSettingWrite, purser.OpInstanceWrite)
	if err != nil {
		return err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.DeleteRecipient(ctx, tx, i.ID, email)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("recipient", email)
		}
		return s.audit(ctx, tx, i, map[string]any{"recipient": email}, nil)
	})
}

// scope asks the gate and returns the instance that a list is of, a zero one for the general list.
func (s *Service) scope(ctx context.Context, instanceID string, general, ofInstance purser.Operation) (i purser.Instance, err error) {
	if instanceID == "" {
		return i, s.Gate.Allow(ctx, general)
	}
	if err := s.Gate.Allow(ctx, ofInstance); err != nil {
		return i, err
	}
	return store.Instance(ctx, s.DB.Read(), instanceID)
}

func (s *Service) audit(ctx context.Context, tx bun.Tx, i purser.Instance, before, after map[string]any) error {
	e := audit.Entry{Operation: purser.OpSettingWrite, Object: "notifications", ObjectName: "Notifications", Before: before, After: after, At: s.Now()}
	if i.ID != "" {
		e.Operation, e.Object, e.ObjectName = purser.OpInstanceWrite, i.ID, i.Name
	}
	return audit.Append(ctx, tx, e)
}

// addresses reads what a person typed.
func addresses(text string) (out []string, err error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' })
	if len(parts) == 0 {
		return nil, purser.Invalid("email", "an e-mail address is missing")
	}
	for _, p := range parts {
		email := strings.ToLower(strings.Trim(p, "<>"))
		parsed, err := mail.ParseAddress(email)
		if err != nil || parsed.Address != email || len(email) > 200 || !strings.Contains(domain(email), ".") {
			return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "email", What: "“" + oneLine(p, 100) + "” is not an e-mail address",
				Hint: "Nothing was added. Write addresses like ops@example.com, several divided by commas"}
		}
		out = append(out, email)
	}
	return out, nil
}
