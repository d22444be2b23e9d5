package login

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Failed sign-ins that are allowed in a window, per key.
const (
	limitWindow  = 15 * time.Minute
	limitBoth    = 5  // one account from one address
	limitAccount = 50 // one account from anywhere: high, as strangers must not lock a person out
	limitOrigin  = 30 // one address for any accounts
	limitTrips   = 500
	limitCode    = 10 // codes of a second factor of one user from anywhere: there are but a million of them
)

// limiter counts failed sign-ins in fixed windows, in the database: a restart
// forgives none of them, and several nodes count together.
type limiter struct {
	db  *store.DB
	now func() time.Time
}

// tries are keys with how many failures each may have.
type tries map[string]int64

func triesOf(email, origin string) tries {
	origin = network(origin)
	return tries{digest("both\x00" + email + "\x00" + origin): limitBoth, digest("account\x00" + email): limitAccount,
		digest("origin\x00" + origin): limitOrigin}
}

// tripTries are ways to the provider that one network may begin: many people may
// stand behind one address, but nobody shall fill the database.
func tripTries(origin string) tries { return tries{digest("trip\x00" + network(origin)): limitTrips} }

func codeTries(userID string) tries { return tries{digest("code\x00" + userID): limitCode} }

// network is what one owner of addresses has: a whole /64 of IPv6.
func network(origin string) string {
	a, err := netip.ParseAddr(origin)
	if err != nil || a.Unmap().Is4() {
		return origin
	}
	p, err := a.Prefix(64)
	if err != nil {
		return origin
	}
	return p.String()
}

var errTooMany = errors.New("too many failed tries")

// begin counts an attempt as failed until succeed says otherwise, so that many
// at once cannot slip through. It returns how long to wait if there were too many;
// then nothing is counted, so that a stranger who goes on locks out nobody else.
func (l *limiter) begin(ctx context.Context, keys tries) (wait time.Duration, err error) {
	now := l.now()
	err = l.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		wait = 0
		for _, key := range slices.Sorted(maps.Keys(keys)) { // in one order: no deadlock
			failed, since, err := store.CountTry(ctx, tx, key, purser.MicrosOf(now), limitWindow)
			if err != nil {
				return err
			}
			if failed > keys[key] {
				wait = max(wait, since.Time().Add(limitWindow).Sub(now))
			}
		}
		if wait > 0 {
			return errTooMany
		}
		return store.ForgetTries(ctx, tx, purser.MicrosOf(now.Add(-limitWindow)))
	})
	if errors.Is(err, errTooMany) {
		return wait, nil
	}
	if err != nil {
		return 0, fmt.Errorf("counting the tries to sign in: %w", err)
	}
	return 0, nil
}

// succeed takes the attempt back and clears the account's failures from there.
func (l *limiter) succeed(ctx context.Context, keys tries) error {
	err := l.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if err := store.TakeBackTry(ctx, tx, key, keys[key] <= limitCode); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting that the sign-in succeeded: %w", err)
	}
	return nil
}

// tooMany is what is said to one who must wait.
func tooMany(what string, wait time.Duration) *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemTooMany, What: what, Hint: fmt.Sprintf("Try again in %d minutes", int(wait/time.Minute)+1)}
}
