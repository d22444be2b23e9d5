package app

import (
	"purser"
	"purser/connectors"
	"purser/internal/columns"
	"purser/internal/load"
)

// openLoads makes the service that takes files and pages. Whoever starts runs is
// set once there is one.
func (a *App) openLoads(ids purser.IDSource) error {
	folder, err := connectors.Formats()
	if err != nil {
		return err
	}
	formats, err := columns.Formats(folder)
	if err != nil {
		return err
	}
	a.Loads, err = load.New(load.Options{DB: a.DB, Gate: a.Login, Catalog: a.Catalog, IDs: ids, Now: a.Now, Log: a.Log, Formats: formats, Folder: a.FilesFolder})
	return err
}
