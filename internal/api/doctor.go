package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/doctor"
)

// Doctor looks at the box; package doctor does.
type Doctor interface {
	Look(ctx context.Context) ([]doctor.Finding, error)
	Bundle(ctx context.Context, w io.Writer) error
}

func (a *API) doctor() {
	add(a, call{method: "GET", path: "/doctor", tag: "Server", id: "doctor", does: "Look at the box: database, clock, disk, address, hosts of vendors, mail server, audit log",
		op: purser.OpSettingRead, long: true},
		func(ctx context.Context, _ *none) (*body[items[doctor.Finding]], error) {
			return whole(a.Doctor.Look(ctx))
		})
	add(a, call{method: "GET", path: "/doctor/bundle", tag: "Server", id: "supportBundle", does: "Pack what support needs, without secrets and personal data (zip)",
		op: doctor.Operation, long: true},
		func(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
			if err := a.Login.Allow(ctx, doctor.Operation); err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				h.SetHeader("Content-Type", "application/zip")
				h.SetHeader("Content-Disposition", `attachment; filename="`+doctor.FileName+`"`)
				if err := a.Doctor.Bundle(ctx, h.BodyWriter()); err != nil {
					_ = a.failed(ctx, err)
					panic(http.ErrAbortHandler) // half a file must not look like a whole one
				}
			}}, nil
		})
}
