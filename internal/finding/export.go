package finding

import (
	"context"

	"purser"
)

// Each hands every finding of a filter to fn, the newest first, as the reader may see it.
func (s *Service) Each(ctx context.Context, f Filter, fn func(purser.Finding) error) error {
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	page := purser.Page{Limit: 1000}
	for {
		list, err := s.List(ctx, f, page)
		if err != nil {
			return err
		}
		for _, x := range list.Items {
			if err := fn(x); err != nil {
				return err
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
}
