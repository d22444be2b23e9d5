package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// careNeeds are about who looks after instances, and what they may say of people.
func (s *Service) careNeeds(ctx context.Context) (needs []Need, err error) {
	lost, err := store.LostOwners(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, l := range lost {
		n := Need{Sentence: l.Instance + " has no owner any more: the user was removed.", Button: "Choose an owner", URL: "/instances/" + l.InstanceID + "/settings", Tone: "stale"}
		if l.Owner != "" {
			n.Sentence = l.Owner + ", who looks after " + l.Instance + ", has left the organization."
		}
		needs = append(needs, n)
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
