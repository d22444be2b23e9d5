package inventory

import (
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// careNeeds are about credentials and owners of instances, and what these may say of people.
func (s *Service) careNeeds(ctx context.Context, instances []purser.Placed) (needs []Need, err error) {
	for _, i := range instances {
		for _, c := range i.Standing.Care {
			needs = append(needs, Need{Sentence: c.Sentence, Button: c.Button, URL: c.URL, Tone: c.Tone})
		}
	}
	slices.SortStableFunc(needs, func(a, b Need) int { return strings.Compare(a.Tone, b.Tone) }) // what fails first
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
		needs = append(needs, Need{Sentence: e.Name + " reports that " + purser.Counted(e.N, "employment", "employments") + " ended. It is not marked as an HR source, so nothing follows from it.",
			Button: "Decide", URL: "/instances/" + e.InstanceID + "/settings", Tone: "unknown"})
	}
	return needs, nil
}
