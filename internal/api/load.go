package api

import (
	"context"
	"encoding/json"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/columns"
	"purser/internal/load"
)

// Loads takes what is handed over; package load does.
type Loads interface {
	Open(ctx context.Context, in load.Input) (purser.Load, error)
	PutPage(ctx context.Context, id string, no int64, records []json.RawMessage) (purser.Load, error)
	Upload(ctx context.Context, id string, r io.Reader) (purser.Load, error)
	Preview(ctx context.Context, id string, m *columns.Mapping) (load.FilePreview, error)
	Named(ctx context.Context, name string, kind purser.Kind) (*columns.Mapping, error)
	Finish(ctx context.Context, id string, in load.Settled) (purser.Load, error)
	Cancel(ctx context.Context, id string) error
	Load(ctx context.Context, id string) (purser.Load, error)
	List(ctx context.Context, instance string) ([]purser.Load, error)
	HasRejects(ctx context.Context, id string) error
	Rejects(ctx context.Context, id string, w io.Writer) error
	Ready(ctx context.Context) ([]columns.Format, error)
	Mappings(ctx context.Context) ([]load.SavedMapping, error)
	SaveMapping(ctx context.Context, name string, m columns.Mapping) error
	DeleteMapping(ctx context.Context, idOrName string) error
}

// Most bytes of the bodies of requests.
const (
	mostPage = 12 << 20
	mostFile = 1<<30 + 1<<20
)

func (a *API) loads() {
	add(a, call{method: "POST", path: "/instances/{id}/loads", tag: "Loads", id: "openLoad", does: "Open a load: records that are handed over as pages or as a file",
		op: purser.OpLoadWrite, status: 201, creates: true},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Kind purser.Kind     `json:"kind" doc:"of its records: person, account, group, membership, activity, application, assignment, plan, seat, transaction …"`
				Mode purser.LoadMode `json:"mode,omitempty" enum:"snapshot,delta" doc:"snapshot (all there is) without it; delta is what changed"`
				File string          `json:"file,omitempty" doc:"name of the file, for an instance that takes files"`
			}
		}) (*body[purser.Load], error) {
			return answer(a.Loads.Open(ctx, load.Input{Instance: in.ID, Kind: in.Body.Kind, Mode: in.Body.Mode, File: in.Body.File, Origin: "api"}))
		})
	add(a, call{method: "GET", path: "/instances/{id}/loads", tag: "Loads", id: "listLoads", does: "List the newest loads of an instance", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Load]], error) {
			return whole(a.Loads.List(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/loads/{id}", tag: "Loads", id: "getLoad", does: "Show a load", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[purser.Load], error) {
			return answer(a.Loads.Load(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/loads/{id}/pages/{page}", tag: "Loads", id: "putLoadPage", does: "Send a page of records; sent again it replaces itself",
		op: purser.OpLoadWrite, most: mostPage},
		func(ctx context.Context, in *struct {
			ByID
			Page int64 `path:"page" minimum:"1" doc:"from 1, without gaps"`
			Body struct {
				Records []json.RawMessage `json:"records" maxItems:"5000" doc:"objects with the fields of the load's kind, amounts in the smallest unit of their currency; in a delta removed: true for what is gone"`
			}
		}) (*body[purser.Load], error) {
			return answer(a.Loads.PutPage(ctx, in.ID, in.Page, in.Body.Records))
		})
	add(a, call{method: "PUT", path: "/loads/{id}/file", tag: "Loads", id: "putLoadFile", does: "Send the file: CSV, JSON Lines or an Excel workbook, packed by gzip or not",
		op: purser.OpLoadWrite, long: true, file: true, most: mostFile},
		func(ctx context.Context, in *fileBody) (*body[purser.Load], error) {
			return answer(a.Loads.Upload(ctx, in.ID, in.content))
		})
	a.loadPreview()
	add(a, call{method: "POST", path: "/loads/{id}/finish", tag: "Loads", id: "finishLoad", does: "Finish a load: a run reads it", op: purser.OpLoadWrite, long: true},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Pages   int64            `json:"pages,omitempty" doc:"how many pages were sent; refused if another number came"`
				Mode    purser.LoadMode  `json:"mode,omitempty" enum:"snapshot,delta" doc:"as opened without it"`
				Mapping *columns.Mapping `json:"mapping,omitempty" doc:"of a file: what its columns are"`
				Named   string           `json:"named,omitempty" doc:"of a file: a saved or ready mapping by name; without both, the proposed one"`
			}
		}) (*body[purser.Load], error) {
			b := in.Body
			return answer(a.Loads.Finish(ctx, in.ID, load.Settled{Pages: b.Pages, Mode: b.Mode, Mapping: b.Mapping, Named: b.Named}))
		})
	add(a, call{method: "POST", path: "/loads/{id}/cancel", tag: "Loads", id: "cancelLoad", does: "Give up a load that is open or waits", op: purser.OpLoadWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Loads.Cancel(ctx, in.ID)) })
	add(a, call{method: "GET", path: "/loads/{id}/rejects", tag: "Loads", id: "exportLoadRejects", does: "Write the rows of a file that could not be read as CSV, with line and reason",
		op: purser.OpLoadWrite, long: true},
		func(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
			if err := a.Loads.HasRejects(ctx, in.ID); err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				h.SetHeader("Content-Type", "text/csv; charset=utf-8")
				h.SetHeader("Content-Disposition", `attachment; filename="rejects-`+in.ID+`.csv"`)
				abortOn(a.Loads.Rejects(ctx, in.ID, h.BodyWriter()))
			}}, nil
		})
}

// fileBody is a request whose body is a file.
type fileBody struct {
	ByID
	content io.Reader
}

// Resolve takes the body as it comes: it may be larger than memory.
func (f *fileBody) Resolve(h huma.Context) []error {
	f.content = h.BodyReader()
	return nil
}

var _ huma.Resolver = (*fileBody)(nil)

func (a *API) loadPreview() {
	add(a, call{method: "POST", path: "/loads/{id}/preview", tag: "Loads", id: "previewLoad", does: "Show the first rows of a load's file as they would be kept", op: purser.OpLoadWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Mapping *columns.Mapping `json:"mapping,omitempty"`
				Named   string           `json:"named,omitempty" doc:"a saved or ready mapping by name; without both, one is proposed"`
			}
		}) (*body[load.FilePreview], error) {
			m := in.Body.Mapping
			if m == nil && in.Body.Named != "" {
				l, err := a.Loads.Load(ctx, in.ID)
				if err != nil {
					return nil, err
				}
				if m, err = a.Loads.Named(ctx, in.Body.Named, l.Kind); err != nil {
					return nil, err
				}
			}
			return answer(a.Loads.Preview(ctx, in.ID, m))
		})
}

func (a *API) fileMappings() {
	add(a, call{method: "GET", path: "/mappings", tag: "Loads", id: "listMappings", does: "List the saved mappings of columns", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[items[load.SavedMapping]], error) {
			return whole(a.Loads.Mappings(ctx))
		})
	add(a, call{method: "GET", path: "/mappings/ready", tag: "Loads", id: "listReadyMappings", does: "List the ready mappings for files whose form somebody documents", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[items[columns.Format]], error) {
			return whole(a.Loads.Ready(ctx))
		})
	add(a, call{method: "PUT", path: "/mappings/{id}", tag: "Loads", id: "saveMapping", does: "Save a mapping of columns under a name", op: purser.OpLoadWrite, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body columns.Mapping
		}) (*empty, error) {
			return done(a.Loads.SaveMapping(ctx, in.ID, in.Body))
		})
	add(a, call{method: "DELETE", path: "/mappings/{id}", tag: "Loads", id: "deleteMapping", does: "Delete a saved mapping, by name or identifier", op: purser.OpLoadWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Loads.DeleteMapping(ctx, in.ID)) })
}
