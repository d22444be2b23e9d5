package inventory

import (
	"context"
	"fmt"

	"purser"
)

// costs notes on applications what contracts and open findings say of them, each read
// once for all of them.
func (s *Service) costs(ctx context.Context, applications []purser.Application) error {
	ids := make([]string, len(applications))
	for i, a := range applications {
		ids[i] = a.ID
	}
	if s.agreed != nil {
		agreed, err := s.agreed(ctx, ids)
		if err != nil {
			return fmt.Errorf("read what contracts say of applications: %w", err)
		}
		for i, a := range applications {
			if x, ok := agreed[a.ID]; ok {
				applications[i].Agreed = &x
			}
		}
	}
	if s.findings != nil {
		open, err := s.findings(ctx, ids)
		if err != nil {
			return fmt.Errorf("count the findings of applications: %w", err)
		}
		for i, a := range applications {
			if x, ok := open[a.ID]; ok {
				applications[i].Findings = &x
			}
		}
	}
	return nil
}
