package notify

import (
	"context"

	"purser/internal/store"
)

func (s *Service) post(ctx context.Context, d store.DeliveryRow) {}
