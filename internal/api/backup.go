package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/backup"
)

// Backups makes backups; package backup does.
type Backups interface {
	Begin(ctx context.Context, l backup.Lock) (func(ctx context.Context, w io.Writer) (backup.Summary, error), error)
}

func (a *API) backups() {
	add(a, call{method: "POST", path: "/backups", tag: "Server", id: "createBackup",
		does: "Make a backup: the answer is the encrypted file. One that breaks off is worth nothing", op: purser.OpBackup, long: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Passphrase string   `json:"passphrase,omitempty" maxLength:"1000" doc:"of 12 characters at least"`
				Recipients []string `json:"recipients,omitempty" maxItems:"20" doc:"public age keys (age1…), instead of a passphrase"`
			}
		}) (*huma.StreamResponse, error) {
			write, err := a.Backups.Begin(ctx, backup.Lock{Passphrase: in.Body.Passphrase, Recipients: in.Body.Recipients})
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				h.SetHeader("Content-Type", "application/octet-stream")
				h.SetHeader("Content-Disposition", `attachment; filename="`+backup.FileName(a.now())+`"`)
				if _, err := write(ctx, h.BodyWriter()); err != nil {
					_ = a.failed(ctx, err)
					// Half a file must not look like a whole one.
					panic(http.ErrAbortHandler)
				}
			}}, nil
		})
}
