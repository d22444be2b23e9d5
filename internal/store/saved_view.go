package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// SavedViewRow is a row of saved_view.
type SavedViewRow struct {
	ID        string        `bun:"id"`
	List      string        `bun:"list"`
	Name      string        `bun:"name"`
	Query     string        `bun:"query"`
	UserID    string        `bun:"user_id"`
	MadeBy    string        `bun:"made_by"`
	Shared    int64         `bun:"shared"`
	Version   int64         `bun:"version"`
	CreatedAt purser.Micros `bun:"created_at"`
	UpdatedAt purser.Micros `bun:"updated_at"`
}

const savedViewColumns = `id, list, name, query, user_id, made_by, shared, version, created_at, updated_at`

// InsertSavedView adds a view.
func InsertSavedView(ctx context.Context, tx bun.IDB, r SavedViewRow) error {
	_, err := tx.NewRaw(`INSERT INTO saved_view (`+savedViewColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.List, r.Name, r.Query, r.UserID,
		r.MadeBy, r.Shared, r.Version, int64(r.CreatedAt), int64(r.UpdatedAt)).Exec(ctx)
	return err
}

// UpdateSavedView changes name, query and sharing; ok is false if the view was
// changed since version.
func UpdateSavedView(ctx context.Context, tx bun.IDB, r SavedViewRow) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE saved_view SET name = ?, query = ?, shared = ?, updated_at = ?, version = version + 1 WHERE id = ? AND version = ?`,
		r.Name, r.Query, r.Shared, int64(r.UpdatedAt), r.ID, r.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// DeleteSavedView removes a view with its reports.
func DeleteSavedView(ctx context.Context, tx bun.IDB, id string) error {
	if _, err := tx.NewRaw(`DELETE FROM saved_report WHERE view_id = ?`, id).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw(`DELETE FROM saved_view WHERE id = ?`, id).Exec(ctx)
	return err
}

// SavedView returns one view; ok is false if there is none.
func SavedView(ctx context.Context, db bun.IDB, id string) (r SavedViewRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+savedViewColumns+` FROM saved_view WHERE id = ?`, id).Scan(ctx, &r)
	return rowFound(r, err)
}

// SavedViews returns the views of a user and those that are shared, by name; of
// every list if list is "".
func SavedViews(ctx context.Context, db bun.IDB, userID, list string) (rows []SavedViewRow, err error) {
	err = db.NewRaw(`SELECT `+savedViewColumns+` FROM saved_view WHERE (user_id = ? OR shared = 1) AND (? = '' OR list = ?)
		ORDER BY lower(name), id LIMIT 1000`, userID, list, list).Scan(ctx, &rows)
	return rows, err
}

// CountSavedViews returns how many views a user has.
func CountSavedViews(ctx context.Context, db bun.IDB, userID string) (n int, err error) {
	err = db.NewRaw(`SELECT count(*) FROM saved_view WHERE user_id = ?`, userID).Scan(ctx, &n)
	return n, err
}

// SavedReportRow is a row of saved_report.
type SavedReportRow struct {
	ViewID  string        `bun:"view_id"`
	UserID  string        `bun:"user_id"`
	Every   string        `bun:"every"`
	NextAt  purser.Micros `bun:"next_at"`
	LastAt  purser.Micros `bun:"last_at"`
	Outcome string        `bun:"outcome"`
}

const savedReportColumns = `view_id, user_id, every, next_at, last_at, outcome`

// PutSavedReport sets when a user gets a view, and how it went the last time.
func PutSavedReport(ctx context.Context, tx bun.IDB, r SavedReportRow) error {
	_, err := tx.NewRaw(`INSERT INTO saved_report (`+savedReportColumns+`) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (view_id, user_id) DO UPDATE SET every = excluded.every, next_at = excluded.next_at, last_at = excluded.last_at, outcome = excluded.outcome`,
		r.ViewID, r.UserID, r.Every, int64(r.NextAt), int64(r.LastAt), r.Outcome).Exec(ctx)
	return err
}

// DeleteSavedReport ends the report of a view to a user.
func DeleteSavedReport(ctx context.Context, tx bun.IDB, viewID, userID string) error {
	_, err := tx.NewRaw(`DELETE FROM saved_report WHERE view_id = ? AND user_id = ?`, viewID, userID).Exec(ctx)
	return err
}

// SavedReport returns the report of a view to a user; ok is false if there is none.
func SavedReport(ctx context.Context, db bun.IDB, viewID, userID string) (r SavedReportRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+savedReportColumns+` FROM saved_report WHERE view_id = ? AND user_id = ?`, viewID, userID).Scan(ctx, &r)
	return rowFound(r, err)
}

// SavedReportsOf returns the reports that a user gets.
func SavedReportsOf(ctx context.Context, db bun.IDB, userID string) (rows []SavedReportRow, err error) {
	err = db.NewRaw(`SELECT `+savedReportColumns+` FROM saved_report WHERE user_id = ?`, userID).Scan(ctx, &rows)
	return rows, err
}

// DueSavedReports returns reports that are due at a moment, the longest due first.
func DueSavedReports(ctx context.Context, db bun.IDB, at purser.Micros, limit int) (rows []SavedReportRow, err error) {
	err = db.NewRaw(`SELECT `+savedReportColumns+` FROM saved_report WHERE next_at <= ? ORDER BY next_at, view_id, user_id LIMIT ?`, int64(at), limit).Scan(ctx, &rows)
	return rows, err
}
