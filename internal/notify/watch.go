package notify

import (
	"context"
)

// watch looks for what should be told although nothing happened.
func (s *Service) watch(ctx context.Context) {}
