package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Entry is what happened to one object.
type Entry struct {
	Operation  purser.Operation
	Object     string         // public identifier of what was changed: usr_…, ins_…
	ObjectName string         // how people know it
	Before     map[string]any // nil if it did not exist
	After      map[string]any // nil if it does not exist any more
	At         time.Time      // zero means now
}

// Append adds the entry in tx, in the name of the actor of ctx. Without an actor
// it stands under Purser itself.
func Append(ctx context.Context, tx bun.IDB, e Entry) error {
	actor, ok := purser.ActorFrom(ctx)
	if !ok {
		actor = purser.Actor{Kind: purser.ActorSystem, ID: "purser", Name: "Purser", Origin: "system"}
	}
	if e.At.IsZero() {
		e.At = time.Now() // the one clock that callers may leave to us
	}
	before, err := document(e.Before)
	if err != nil {
		return fmt.Errorf("audit of %s: before: %w", e.Operation, err)
	}
	after, err := document(e.After)
	if err != nil {
		return fmt.Errorf("audit of %s: after: %w", e.Operation, err)
	}
	seq, previous, err := store.NextAudit(ctx, tx)
	if err != nil {
		return fmt.Errorf("audit of %s: %w", e.Operation, err)
	}
	row := store.AuditRow{Seq: seq, At: purser.MicrosOf(e.At), ActorKind: string(actor.Kind), ActorID: actor.ID,
		ActorName: actor.Name, Origin: actor.Origin, Operation: string(e.Operation), Object: e.Object,
		ObjectName: e.ObjectName, Before: before, After: after}
	if row.Hash, err = chain(previous, row); err != nil {
		return fmt.Errorf("audit of %s: %w", e.Operation, err)
	}
	if err := store.InsertAudit(ctx, tx, row); err != nil {
		return fmt.Errorf("audit of %s: %w", e.Operation, err)
	}
	return nil
}

// chain returns the hash of row after the entry with the hash previous. Changing
// the form that is hashed breaks every chain that exists.
func chain(previous string, r store.AuditRow) (string, error) {
	canonical, err := json.Marshal([]any{previous, r.Seq, int64(r.At), r.ActorKind, r.ActorID, r.ActorName, r.Origin,
		r.Operation, r.Object, r.ObjectName, r.Before, r.After})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// document writes what stood before or after as JSON with sorted keys. A value
// whose key says that it is a secret is left out, should a caller ever hand one over.
func document(m map[string]any) (string, error) {
	if m == nil {
		return "", nil
	}
	clean := make(map[string]any, len(m))
	for key, value := range m {
		clean[key] = withoutSecrets(key, value)
	}
	raw, err := json.Marshal(clean)
	return string(raw), err
}

func withoutSecrets(key string, value any) any {
	switch key {
	case "secret", "password", "token", "private_key", "client_secret", "access_token", "refresh_token", "api_key", "key":
		return "(not shown)"
	}
	if inner, ok := value.(map[string]any); ok {
		clean := make(map[string]any, len(inner))
		for k, v := range inner {
			clean[k] = withoutSecrets(k, v)
		}
		return clean
	}
	return value
}
