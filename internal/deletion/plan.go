package deletion

import (
	"context"

	"purser"
	"purser/internal/store"
)

// plan counts what goes and what stays.
func (s *Service) plan(ctx context.Context, i purser.Instance, scope purser.DeletionScope) (purser.DeletionPlan, error) {
	p := purser.DeletionPlan{Scope: scope, Goes: []purser.DeletionCount{}}
	history := int64(0)
	for _, step := range store.EraseSteps(scope) {
		if step.Word() == "" {
			continue
		}
		n, err := step.Count(ctx, s.DB.Read(), i.No, i.ID)
		if err != nil {
			return p, err
		}
		if n > 0 {
			p.Goes = append(p.Goes, purser.DeletionCount{What: step.Word(), Count: n})
			p.Total += n
		}
		n, err = step.CountHistory(ctx, s.DB.Read(), i.No)
		if err != nil {
			return p, err
		}
		history += n
	}
	if history > 0 {
		p.Goes = append(p.Goes, purser.DeletionCount{What: store.HistoryWord, Count: history})
		p.Total += history
	}
	stays, err := s.stays(ctx, i, scope)
	p.Stays = stays
	if scope == purser.DeleteInstance && s.Promise != nil {
		p.Revoke = s.Promise(i)
	}
	return p, err
}

// stays lists what a deletion leaves, with the reason; also where there is none
// of it now.
func (s *Service) stays(ctx context.Context, i purser.Instance, scope purser.DeletionScope) ([]purser.DeletionCount, error) {
	db := s.DB.Read()
	audited, err := store.CountAuditOf(ctx, db, i.ID)
	if err != nil {
		return nil, err
	}
	spend, err := store.CountSpend(ctx, db, i.No)
	if err != nil {
		return nil, err
	}
	links, err := store.CountLinks(ctx, db, i.No)
	if err != nil {
		return nil, err
	}
	decided, err := store.CountDecidedApplications(ctx, db, i.No)
	if err != nil {
		return nil, err
	}
	out := []purser.DeletionCount{
		{What: "entries of the audit log", Count: audited, Why: "nobody can remove them"},
		{What: "lines of spend", Count: spend, Why: "the same tenant, connected again, owns them again"},
		{What: "links by hand of accounts to people", Count: links, Why: "they bind again when both are read again"},
		{What: "applications about which somebody decided", Count: decided, Why: "status and owner stay"},
	}
	if scope == purser.DeleteInstance {
		return out, nil
	}
	return append(out,
		purser.DeletionCount{What: "instance with settings, credential, tasks and schedule", Count: 1, Why: "the next sync reads everyone again, as the first one did"},
	), nil
}
