package notify

import (
	"context"

	"purser"
	"purser/internal/store"
)

// Outbox is how telling people stands.
type Outbox struct {
	Configured bool     `json:"configured"` // there is a mail server
	Server     string   `json:"server,omitempty"`
	Security   Security `json:"security,omitempty"`
	User       string   `json:"user,omitempty"`
	From       string   `json:"from,omitempty"`
	Frozen     bool     `json:"frozen"` // nothing goes out now; what is to be told waits
	Waiting    int64    `json:"waiting"`
	Failed     int64    `json:"failed"`
	Unsure     int64    `json:"unsure"`
	Trouble    string   `json:"trouble,omitempty"` // why the last mail that waits was not taken
	Hint       string   `json:"hint,omitempty"`
}

// State says how telling people stands.
func (s *Service) State(ctx context.Context) (Outbox, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return Outbox{}, err
	}
	st := Outbox{Frozen: s.frozen()}
	if m := s.Mail; m != nil {
		st.Configured, st.Server, st.Security, st.User, st.From = true, m.Host+":"+m.Port, m.Security, m.User, m.From
	}
	for state, n := range map[string]*int64{store.DeliveryWaiting: &st.Waiting, store.DeliveryFailed: &st.Failed, store.DeliveryUnsure: &st.Unsure} {
		var err error
		if *n, err = store.CountDeliveries(ctx, s.DB.Read(), store.DeliveryFilter{State: state}); err != nil {
			return st, err
		}
	}
	rows, err := store.Deliveries(ctx, s.DB.Read(), store.DeliveryFilter{State: store.DeliveryWaiting, Way: WayMail, Limit: 20})
	for _, r := range rows {
		if r.Error != "" && st.Trouble == "" && st.Configured {
			st.Trouble, st.Hint = r.Error, r.Hint
		}
	}
	return st, err
}
