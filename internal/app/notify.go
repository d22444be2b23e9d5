package app

import "purser/internal/notify"

func (a *App) notifyOptions() notify.Options {
	return notify.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, Log: a.Log}
}
