package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// PlansNamed returns the plans (pln_…) that vendors tell of some applications, by the
// names that a contract has for them; those that no vendor tells are left out.
func PlansNamed(ctx context.Context, db bun.IDB, applications []int64, names []string) (map[string][]string, error) {
	var rows []struct {
		ID   int64  `bun:"id"`
		Name string `bun:"name"`
	}
	out := map[string][]string{}
	if len(applications) == 0 || len(names) == 0 {
		return out, nil
	}
	err := db.NewRaw(`SELECT l.id, l.name FROM "plan" AS l JOIN instance i ON i.no = l.instance_no
		WHERE i.application_id IN (?) AND l.gone_gen = 0 AND l.name IS NOT NULL ORDER BY l.id`, bun.List(applications)).Scan(ctx, &rows)
	for _, r := range rows {
		for _, name := range names {
			if id := RowID("pln_", r.ID); PlanKey(name) == PlanKey(r.Name) && !slices.Contains(out[name], id) {
				out[name] = append(out[name], id)
			}
		}
	}
	return out, err
}
