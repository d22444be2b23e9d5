package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"purser"
	"purser/internal/backup"
	"purser/internal/httpd"
	"purser/internal/web/view"
)

// Backups makes backups.
type Backups interface {
	Begin(ctx context.Context, l backup.Lock) (func(ctx context.Context, w io.Writer) (backup.Summary, error), error)
}

// backupRoute may take as long as the database is big.
func (h *Handler) backupRoute() httpd.Route {
	return httpd.Route{Method: http.MethodPost, Pattern: "/settings/upkeep/backup", Operation: purser.OpBackup, Stream: true, Handler: h.serve(h.backup)}
}

// backup answers with the file itself.
func (h *Handler) backup(w http.ResponseWriter, r *http.Request) error {
	lock := backup.Lock{Passphrase: r.PostFormValue("passphrase"), Recipients: strings.Fields(r.PostFormValue("recipients"))}
	refuse := func(errs map[string]string) error {
		return h.showUpkeep(w, r, http.StatusUnprocessableEntity, view.UpkeepData{Errors: errs, Recipients: r.PostFormValue("recipients")})
	}
	if lock.Passphrase != r.PostFormValue("again") {
		return refuse(map[string]string{"again": "These are two different passphrases."})
	}
	write, err := h.Backups.Begin(r.Context(), lock)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		return refuse(fieldErrors(p))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+backup.FileName(h.Now())+`"`)
	w.Header().Set("Cache-Control", "no-store")
	if _, err := write(r.Context(), w); err != nil {
		h.Log.ErrorContext(r.Context(), "a backup broke off", "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return nil
}
