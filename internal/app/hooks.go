package app

import (
	"purser/connectors"
	"purser/internal/run"
)

// withHooks adds the code that built-in connectors may name.
func (a *App) withHooks(o run.Options) run.Options {
	o.Hooks = connectors.Hooks()
	return o
}
