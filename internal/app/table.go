package app

import (
	"context"
	"fmt"

	"purser/internal/notify"
	"purser/internal/table"
)

// openTables makes the service that knows the columns of lists.
func (a *App) openTables() {
	a.Tables = table.New(table.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, Log: a.Log, Inventory: a.Inventory, Contracts: a.Contracts,
		Findings: a.Findings, Runs: a.Runs, Leavers: a.Leavers, Licenses: a.Licenses, Identity: a.Identity, Tell: a.Notify.Post, Zone: a.zone})
}

// attach makes the file of a report that is mailed.
func (a *App) attach(ctx context.Context, report, address string) (notify.File, error) {
	made, err := a.Tables.Attach(ctx, report, address)
	f := notify.File{Name: made.Name, Content: made.Content, Note: fmt.Sprintf("Rows in the file: %d", made.Rows)}
	if made.More {
		f.Note += ", the first of the list. It has more: open it to see all, and to export them as a file"
	}
	return f, err
}
