package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"purser"
	"purser/internal/web/ui"
)

// troubleBanner says on every page that nothing can be written, and why: pages that
// only read would look as if all was well. It looks again, so that it ends by itself.
func (a *App) troubleBanner() *ui.Banner {
	if a.DB.Trouble() == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	p, ok := errors.AsType[*purser.Problem](a.DB.Health(ctx))
	if !ok {
		return nil
	}
	return &ui.Banner{Tone: ui.ToneFailing, Text: strings.ToUpper(p.What[:1]) + p.What[1:] + ". " + p.Hint}
}
