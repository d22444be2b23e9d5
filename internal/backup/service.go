package backup

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// shortest is how many characters a passphrase must have: who finds a backup may
// guess as long as they like.
const shortest = 12

// Gate says whether the actor of a context may do something.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options are what a Service stands on.
type Options struct {
	DB      *store.DB
	Gate    Gate
	Version string
	Now     func() time.Time
	// WorkFactor of passphrases, a power of two: memory is 1 KiB times two to it. 0: 16.
	WorkFactor int
}

// Service makes backups of a running Purser.
type Service struct{ Options }

// New returns the service.
func New(o Options) *Service {
	if o.WorkFactor == 0 {
		o.WorkFactor = 16
	}
	return &Service{o}
}

// Lock says who may open a backup: whoever knows the passphrase, or has the key of
// one of the recipients (age1…). Either, not both.
type Lock struct {
	Passphrase string
	Recipients []string
}

// Begin sees that a backup may be made, notes it in the audit log, and returns what
// writes it.
func (s *Service) Begin(ctx context.Context, l Lock) (write func(ctx context.Context, w io.Writer) (Summary, error), err error) {
	if err := s.Gate.Allow(ctx, purser.OpBackup); err != nil {
		return nil, err
	}
	to, err := l.recipients(s.WorkFactor)
	if err != nil {
		return nil, err
	}
	how := "a passphrase"
	if l.Passphrase == "" {
		how = strings.Join(l.Recipients, " ")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpBackup, Object: "backup", ObjectName: "backup", At: s.Now(),
			After: map[string]any{"encrypted_to": how}})
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, w io.Writer) (Summary, error) { return Write(ctx, w, s.DB, s.Version, to) }, nil
}

func (l Lock) recipients(workFactor int) ([]age.Recipient, error) {
	switch {
	case l.Passphrase != "" && len(l.Recipients) > 0:
		return nil, purser.Invalid("recipients", "a backup opens with a passphrase or with the keys of recipients, not with both")
	case l.Passphrase == "" && len(l.Recipients) == 0:
		p := purser.Invalid("passphrase", "nobody could open this backup")
		p.Hint = "Give a passphrase, or the public age key (age1…) of who may open it"
		return nil, p
	case l.Passphrase != "":
		if utf8.RuneCountInString(l.Passphrase) < shortest {
			return nil, purser.Invalid("passphrase", "a passphrase has at least %d characters: who finds a backup may guess as long as they like", shortest)
		}
		to, err := age.NewScryptRecipient(l.Passphrase)
		if err != nil {
			return nil, err
		}
		to.SetWorkFactor(workFactor)
		return []age.Recipient{to}, nil
	}
	to, err := age.ParseRecipients(strings.NewReader(strings.Join(l.Recipients, "\n")))
	if err != nil {
		p := purser.Invalid("recipients", "this is no public age key: %v", err)
		p.Hint = "`age-keygen` makes a pair; its public key begins with age1"
		return nil, p
	}
	return to, nil
}

// Identities reads who opens a backup: a passphrase, or the text of an age key file.
func Identities(passphrase, keys string) ([]age.Identity, error) {
	if passphrase != "" {
		id, err := age.NewScryptIdentity(passphrase)
		return []age.Identity{id}, err
	}
	all, err := age.ParseIdentities(strings.NewReader(keys))
	if err != nil {
		return nil, purser.Invalid("identity", "this file holds no age key (AGE-SECRET-KEY-1…)") // the cause could quote it
	}
	return all, nil
}

// FileName is how a backup of that time is called.
func FileName(at time.Time) string {
	return "purser-" + at.UTC().Format("2006-01-02-150405") + ".backup.age"
}
