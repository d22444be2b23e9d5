package inventory

import (
	"context"
	"time"

	"purser"
	"purser/internal/store"
)

// endsSoon is how far ahead the end of a credential is told.
const endsSoon = 30 * 24 * time.Hour

// credentialNeeds are about credentials that end, or whose person has left.
func (s *Service) credentialNeeds(ctx context.Context) (needs []Need, err error) {
	leavers, err := store.LeaversCredentials(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, l := range leavers {
		if !s.names(ctx) {
			l.Account = "somebody"
		}
		needs = append(needs, Need{Sentence: l.Name + " is connected with the credential of " + l.Account + ", who has left. It dies with the account: enter another one before.",
			Button: "Replace it", URL: "/instances/" + l.InstanceID + "/credential", Tone: "failing"})
	}
	now := s.now()
	ending, err := store.EndingCredentials(ctx, s.db.Read(), purser.MicrosOf(now.Add(endsSoon)))
	if err != nil {
		return nil, err
	}
	for _, e := range ending {
		n := Need{Sentence: "The credential of " + e.Name + " has ended.", Button: "Replace it", URL: "/instances/" + e.InstanceID + "/credential", Tone: "failing"}
		if left := e.ExpiresAt.Time().Sub(now); left > 0 {
			days := int64(left / (24 * time.Hour))
			n.Sentence, n.Tone = "The credential of "+e.Name+" ends in "+plural(days, "day", "days")+".", "stale"
			if days == 0 {
				n.Sentence = "The credential of " + e.Name + " ends within a day."
			}
		}
		needs = append(needs, n)
	}
	return needs, nil
}

// careNeeds are about who looks after instances, and what they may say of people.
func (s *Service) careNeeds(ctx context.Context) (needs []Need, err error) {
	if needs, err = s.credentialNeeds(ctx); err != nil {
		return nil, err
	}
	lost, err := store.LostOwners(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, l := range lost {
		n := Need{Sentence: l.Instance + " has no owner any more: the user was removed.", Button: "Choose an owner", URL: "/instances/" + l.InstanceID + "/settings", Tone: "stale"}
		if l.Owner != "" && !s.names(ctx) {
			n.Sentence = "Whoever looks after " + l.Instance + " has left the organization."
		} else if l.Owner != "" {
			n.Sentence = l.Owner + ", who looks after " + l.Instance + ", has left the organization."
		}
		needs = append(needs, n)
	}
	handed, err := store.HandedOver(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, r := range handed {
		needs = append(needs, Need{Sentence: "The vendor's administrator has handed over the connection of " + r.Name + ". Nothing is read before you have confirmed account and tenant.",
			Button: "Look and confirm", URL: "/instances/" + r.InstanceID + "/credential", Tone: "stale"})
	}
	if s.gate.Allow(ctx, purser.OpInstanceHR) != nil {
		return needs, nil
	}
	ended, err := store.EndedNotApplied(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, e := range ended {
		needs = append(needs, Need{Sentence: e.Name + " reports that " + plural(e.N, "employment", "employments") + " ended. It is not marked as an HR source, so nothing follows from it.",
			Button: "Decide", URL: "/instances/" + e.InstanceID + "/settings", Tone: "unknown"})
	}
	return needs, nil
}
