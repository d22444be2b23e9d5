package run

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// keepGrant notes what the vendor says it granted, where that is news.
func (r *Runner) keepGrant(ctx context.Context, i purser.Instance, granted []string) error {
	scopes := slices.Clone(granted)
	slices.Sort(scopes)
	now := store.Grant{Known: granted != nil, Scopes: slices.Compact(scopes), ReadAt: r.now()}
	was, ok, err := store.GrantOf(ctx, r.DB.Read(), i.No)
	if err != nil || ok && store.SameGrant(was, now) {
		return err
	}
	return r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.PutGrant(ctx, tx, i.No, now) })
}
