package app

import (
	"context"
	"strings"

	"purser/internal/freeze"
	"purser/internal/store"
	"purser/internal/web/ui"
)

// openFreeze leaves the way out as it was before the last stop. Servers that share
// a database ask it before each call: a freeze that one of them is told holds for all.
func (a *App) openFreeze(ctx context.Context) (err error) {
	a.Freeze, err = freeze.New(ctx, freeze.Options{DB: a.DB, Gate: a.Login, Breaker: a.Gate, Now: a.Now})
	if err == nil && a.DB.Dialect() == store.Postgres {
		a.Gate.Ask(a.Freeze.Frozen)
	}
	return err
}

func (a *App) frozen() string { return a.Freeze.Known().Sentence() }

func (a *App) paused() bool { return a.Freeze.Known().Restored }

func frozenBanner(s freeze.State) *ui.Banner {
	text := s.Sentence()
	return &ui.Banner{Tone: ui.ToneStale, Text: strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + ".",
		Action: &ui.Link{Label: "Open", Href: "/settings/upkeep"}}
}
