package app

import (
	"context"

	"purser"
	"purser/connectors"
	"purser/internal/columns"
	"purser/internal/load"
	"purser/internal/own"
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

// openOwn reads the operator's own connectors.
func (a *App) openOwn(ctx context.Context) (err error) {
	a.Own, err = own.New(own.Options{DB: a.DB, Gate: a.Login, Catalog: a.Catalog, Folder: a.ConnectorFolder, Now: a.Now, Log: a.Log})
	if err != nil {
		return err
	}
	return a.Own.Look(ctx)
}
