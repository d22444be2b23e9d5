package login

import (
	"crypto/rand"
	"errors"
	"io"
	"net/mail"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// How long things last.
const (
	IdleSession     = 12 * time.Hour     // unused for so long, a session is over
	LongestSession  = 7 * 24 * time.Hour // used or not
	AdminLinkLife   = 30 * time.Minute
	InvitationLife  = 72 * time.Hour
	ProofLife       = 15 * time.Minute // so long after a proof nobody is asked for another
	LongestToken    = 366 * 24 * time.Hour
	seenGranularity = time.Minute // last use is noted this precisely
)

// Options are what a Service stands on.
type Options struct {
	DB     *store.DB
	Now    func() time.Time // nil: the database's clock
	Rand   io.Reader        // nil: the operating system's
	Sealer Sealer           // nil: nothing is kept that must be sealed
	Proof  time.Duration    // how long a proof counts; 0: ProofLife
	OpenID *OpenID          // nil: people sign in with passwords only
}

// Sealer seals what must not be read in the database. What was sealed for one
// field of one row opens for that alone.
type Sealer interface {
	Seal(plain []byte, row, field string) ([]byte, error)
	Open(sealed []byte, row, field string) ([]byte, error)
}

// Service knows the users of Purser. It is safe for concurrent use.
type Service struct {
	db      *store.DB
	now     func() time.Time
	rand    io.Reader
	ids     purser.IDSource
	hasher  *hasher
	limiter *limiter
	sealer  Sealer
	openID  *OpenID
	proof   time.Duration
	table   map[purser.Operation][]purser.Role
	proofs  map[purser.Operation]bool
}

// New returns the service.
func New(o Options) (*Service, error) {
	if o.DB == nil {
		return nil, errors.New("login: Options.DB must be set")
	}
	if o.Now == nil {
		o.Now = o.DB.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Proof == 0 {
		o.Proof = ProofLife
	}
	return &Service{db: o.DB, now: o.Now, rand: o.Rand, ids: purser.IDSource{Now: o.Now, Rand: o.Rand}, hasher: newHasher(o.Rand),
		limiter: &limiter{db: o.DB, now: o.Now}, sealer: o.Sealer, openID: o.OpenID, proof: o.Proof, table: Table(), proofs: ProofTable()}, nil
}

// User is somebody who may sign in.
type User struct {
	ID           string      `json:"id"`
	Email        string      `json:"email"`
	Name         string      `json:"name"`
	Role         purser.Role `json:"role"`
	CreatedAt    time.Time   `json:"created_at"`
	LastSignInAt time.Time   `json:"last_sign_in_at,omitzero"`
	SecondFactor bool        `json:"second_factor"`
	Password     bool        `json:"password"`  // signs in with a password
	Connected    bool        `json:"connected"` // signs in by the provider
}

func userOf(u store.User) User {
	return User{ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role, CreatedAt: u.CreatedAt.Time(), LastSignInAt: u.LastSignInAt.Time(),
		Password: u.Password != ""}
}

func actorOf(u store.User, origin string) purser.Actor {
	return purser.Actor{Kind: purser.ActorUser, ID: u.ID, Name: u.Email, Role: u.Role, Origin: origin}
}

// longestText is the most that a name or address may have.
const longestText = 200

func cleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > longestText || !plain(email) {
		return "", purser.Invalid("email", "this is not an e-mail address")
	}
	return email, nil
}

func cleanName(name, field string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", purser.Invalid(field, "a name is missing")
	case len(name) > longestText:
		return "", purser.Invalid(field, "the name may have at most %d bytes", longestText)
	case !plain(name):
		return "", purser.Invalid(field, "the name contains control characters")
	}
	return name, nil
}

func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) < 0
}

func checkRole(role purser.Role) error {
	for _, r := range purser.Roles() {
		if r == role {
			return nil
		}
	}
	return purser.Invalid("role", "there is no role %q; it is one of admin, operator, finance, auditor", string(role))
}

func me(actor purser.Actor) string {
	if actor.Name != "" {
		return actor.Name
	}
	return actor.ID
}
