package connect

import (
	"context"
	"errors"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
)

// notDeleting refuses to change an instance that is being deleted: there is no way back.
func notDeleting(i purser.Instance) error {
	if i.Status != purser.StatusDeleting {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is being deleted", Hint: "Wait until that is over; its page says how far it is"}
}

// revokes reports whether the vendor has a call that takes a credential back.
func (s *Service) revokes(i purser.Instance) bool {
	c := s.links.Catalog.Get(i.Connector)
	if c == nil {
		return false
	}
	way := c.Manifest.AuthNamed(i.Auth)
	return way != nil && way.RevokeURL != ""
}

// PromiseToGiveBack says what becomes of the credential when the instance is deleted.
func (s *Service) PromiseToGiveBack(i purser.Instance) string {
	if s.revokes(i) {
		return "Purser gives the credential back to the vendor first, and forgets it."
	}
	return "Purser forgets the credential. This vendor has no call that takes it back: remove it there by hand."
}

// GiveBack gives the credential of an instance that is being deleted back to the
// vendor, where the vendor has a call for that, and says how it went. Whatever
// went wrong is told: the deletion goes on.
func (s *Service) GiveBack(ctx context.Context, i purser.Instance) string {
	const byHand = "Remove it at the vendor by hand."
	var failed error
	given := false
	for _, pending := range []bool{false, true} {
		id := CredentialID(i.ID, pending)
		r, err := store.CredentialByID(ctx, s.db.Read(), id)
		if errors.Is(err, credential.ErrNoCredential) {
			continue
		}
		if err == nil {
			of := i
			of.Auth = r.Auth
			if !s.revokes(of) {
				return "The vendor has no call that takes the credential back. " + byHand
			}
			var link *Link
			if link, err = s.links.open(of, id, nil, nil); err == nil {
				err = s.links.Broker.Revoke(ctx, link.Session)
			}
		}
		given = given || err == nil
		failed = errors.Join(failed, err)
	}
	switch {
	case failed != nil:
		why := "the vendor did not take it"
		if e, ok := errors.AsType[*purser.Error](failed); ok {
			why = e.What
		}
		return "The credential could not be given back: " + why + ". " + byHand
	case given:
		return "The vendor took the credential back."
	}
	return "No credential was stored."
}
