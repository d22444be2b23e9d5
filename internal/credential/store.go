package credential

import (
	"context"
	"errors"
	"time"
)

// ExpirySource is who says when a credential ends.
type ExpirySource string

// The sources of an end.
const (
	ExpiryDeclared ExpirySource = "declared" // by the connector: so long after it was entered, or the vendor's deadline
	ExpiryEntered  ExpirySource = "entered"  // by a person
	ExpiryRead     ExpirySource = "read"     // by the vendor, with the token
)

// Record is one credential as the store keeps it.
type Record struct {
	ID         string // crd_…
	InstanceID string // ins_…
	Connector  string
	Auth       string            // the manifest's auth entry
	Hosts      string            // digest of the hosts it was entered for
	Generation int64             // grows with each change; 1 for the first
	Sealed     map[string][]byte // by field: what was entered ("secret.<name>"), and "tokens"
	EnteredAt  time.Time         // when a person entered or granted it
	ExpiresAt  time.Time         // end that is said of this very credential; zero if none is known
	ExpiresBy  ExpirySource      // who says so: entered or read
	DeclaredAt time.Time         // end by what the connector says; zero if it says none
	UsedAt     time.Time         // last time that the vendor accepted it, as of the last change
}

// ErrConflict says that the record is not of the expected generation any more:
// somebody else changed it. Read it again.
var ErrConflict = errors.New("the credential was changed meanwhile")

// ErrNoCredential says that there is no such record.
var ErrNoCredential = errors.New("no credential is stored")

// Store keeps credentials. No method holds a transaction over a call.
type Store interface {
	// Credential returns the record, ErrNoCredential if there is none.
	Credential(ctx context.Context, id string) (Record, error)
	// SwapCredential writes r if the stored generation is was (0: there is no
	// record yet); ErrConflict otherwise. r.Generation is was+1. When it returns
	// nil the record survives a crash.
	SwapCredential(ctx context.Context, r Record, was int64) error
	// LeaseCredential lets holder, and nobody else, refresh the credential until
	// the given time. It reports false if another holds an unexpired lease; the
	// same holder may lengthen its own.
	LeaseCredential(ctx context.Context, id, holder string, now, until time.Time) (bool, error)
	// ReleaseCredential ends the lease of holder, if it has one.
	ReleaseCredential(ctx context.Context, id, holder string) error
}

// Flow is one way of a person through a vendor's consent page.
type Flow struct {
	State      string // the digest of the state parameter: who reads the store cannot continue the flow
	Session    string // digest of the browser session that began it
	UserID     string
	InstanceID string
	Connector  string
	Auth       string
	Hosts      string   // digest of the hosts it was begun for
	Scopes     []string // asked for
	Redirect   string   // redirect address sent to the vendor
	Sealed     []byte   // proof key, sealed
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// ErrNoFlow says that there is no such flow, or that it was used already.
var ErrNoFlow = errors.New("no such authorization is under way")

// FlowStore keeps flows for the ten minutes that they last.
type FlowStore interface {
	// PutFlow stores a new flow and forgets those that ended before now.
	PutFlow(ctx context.Context, f Flow, now time.Time) error
	// TakeFlow returns and deletes the flow with this state digest in one step:
	// of two calls one gets it, the other ErrNoFlow.
	TakeFlow(ctx context.Context, state string) (Flow, error)
}
