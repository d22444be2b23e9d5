package finding

import (
	"context"
	"fmt"
	"slices"

	"purser/internal/store"
)

// overlap notes who uses several applications that do the same: of the categories of
// which some instances tell, nil for every one. It returns the applications of which
// that changed.
func (s *Service) overlap(ctx context.Context, instances []int64, at store.UseAt) ([]int64, error) {
	if s.Category == nil {
		return nil, nil
	}
	all, err := store.OverlapCandidates(ctx, s.DB.Read())
	if err != nil {
		return nil, fmt.Errorf("list the applications: %w", err)
	}
	var told []int64
	if len(instances) > 0 {
		if told, err = store.ApplicationsToldBy(ctx, s.DB.Read(), instances); err != nil {
			return nil, fmt.Errorf("list the applications: %w", err)
		}
	}
	by, names, due := map[string][]int64{}, []string{}, map[string]bool{}
	var left []int64 // ignored or closed: the others of their category are looked at without them
	for _, a := range all {
		category := s.Category(a.Connector, a.Name)
		if !a.Used {
			left, due[category] = append(left, a.ID), due[category] || slices.Contains(told, a.ID)
			continue
		}
		if by[category] == nil {
			names = append(names, category)
		}
		by[category] = append(by[category], a.ID)
		due[category] = due[category] || instances == nil || slices.Contains(told, a.ID)
	}
	var alike [][]int64
	for _, category := range names {
		if category != "" && due[category] && (instances != nil || len(by[category]) > 1) {
			alike = append(alike, by[category])
		}
	}
	return s.DB.KeepOverlap(ctx, alike, left, at, instances == nil)
}
