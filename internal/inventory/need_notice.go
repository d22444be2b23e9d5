package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// noticeNeeds are about what people should have been told and were not.
func (s *Service) noticeNeeds(ctx context.Context) (needs []Need, err error) {
	if s.gate.Allow(ctx, purser.OpSettingRead) != nil {
		return nil, nil
	}
	failed, err := store.CountDeliveries(ctx, s.db.Read(), store.DeliveryFilter{State: store.DeliveryFailed})
	if err != nil {
		return nil, err
	}
	if failed > 0 {
		needs = append(needs, Need{Sentence: purser.Counted(failed, "message to people was", "messages to people were") + " not delivered.",
			Button: "Look at them", URL: "/settings/notifications/log?state=failed", Tone: "failing"})
	}
	unsure, err := store.CountDeliveries(ctx, s.db.Read(), store.DeliveryFilter{State: store.DeliveryUnsure})
	if err != nil {
		return nil, err
	}
	if unsure > 0 {
		needs = append(needs, Need{Sentence: "Of " + purser.Counted(unsure, "message", "messages") + " to people nobody knows whether they arrived: Purser or the line was cut meanwhile.",
			Button: "Look at them", URL: "/settings/notifications/log?state=unsure", Tone: "stale"})
	}
	return needs, nil
}
