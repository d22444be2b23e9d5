package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// renewalNeeds names the contracts that want a decision, as their findings do: their notice
// period ends soon, or has passed.
func (s *Service) renewalNeeds(ctx context.Context) ([]Need, error) {
	if s.gate.Allow(ctx, purser.OpContractRead) != nil || s.gate.Allow(ctx, purser.OpFindingRead) != nil {
		return nil, nil
	}
	rows, err := store.CountFindings(ctx, s.db.Read(), store.FindingFilter{Kinds: []string{string(purser.FindingRenewalDue)}, States: []string{purser.FindingOpen}})
	n := int64(0)
	for _, r := range rows {
		n += r.N
	}
	if err != nil || n == 0 {
		return nil, err
	}
	return []Need{{Sentence: purser.Counted(n, "contract wants", "contracts want") + " a decision: the notice period ends soon, or has passed.",
		Button: "Show them", URL: "/findings?kind=" + string(purser.FindingRenewalDue), Tone: "stale"}}, nil
}
