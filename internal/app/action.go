package app

import (
	"purser"
	"purser/internal/action"
	"purser/internal/connect"
)

func (a *App) actionOptions(ids purser.IDSource, vendors connect.Writers, node string) action.Options {
	return action.Options{DB: a.DB, Gate: a.Login, Catalog: a.Catalog, Vendors: vendors, Accounts: a.Inventory, Runs: a.Runs, Vars: connect.Vars,
		IDs: ids, Now: a.Now, Log: a.Log, Node: node, Frozen: a.frozen}
}

// runEnded counts a run, and lets actions look what it has shown.
func (a *App) runEnded(task purser.TaskName, state purser.RunState) {
	a.Meter.Run(task, state)
	if a.Actions != nil { // runs end while the house is being built, too
		a.Actions.Rouse()
	}
}
