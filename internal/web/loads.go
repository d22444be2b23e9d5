package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"purser"
	"purser/internal/columns"
	"purser/internal/httpd"
	"purser/internal/load"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Loads takes what is handed over.
type Loads interface {
	Source(connector string) string
	WatchedFolder() string
	KindsOf(connector string) []purser.Kind
	Open(ctx context.Context, in load.Input) (purser.Load, error)
	Upload(ctx context.Context, id string, r io.Reader) (purser.Load, error)
	Preview(ctx context.Context, id string, m *columns.Mapping) (load.FilePreview, error)
	Finish(ctx context.Context, id string, in load.Settled) (purser.Load, error)
	Cancel(ctx context.Context, id string) error
	Load(ctx context.Context, id string) (purser.Load, error)
	List(ctx context.Context, instance string) ([]purser.Load, error)
	HasRejects(ctx context.Context, id string) error
	Rejects(ctx context.Context, id string, w io.Writer) error
	Ready(ctx context.Context) ([]columns.Format, error)
	Mappings(ctx context.Context) ([]load.SavedMapping, error)
	SaveMapping(ctx context.Context, name string, m columns.Mapping) error
	Named(ctx context.Context, name string, kind purser.Kind) (*columns.Mapping, error)
}

func (h *Handler) loadRoutes(add adder) {
	add("GET /instances/{id}/loads", purser.OpRunRead, h.instanceLoads)
	add("GET /loads/{id}", purser.OpRunRead, h.load)
	add("POST /loads/{id}", purser.OpLoadWrite, h.settleLoad)
	add("POST /loads/{id}/cancel", purser.OpLoadWrite, h.cancelLoad)
}

// mostUpload is the largest form with a file, in bytes.
const mostUpload = 1<<30 + 1<<20

// uploadRoutes are those whose bodies or answers are files.
func (h *Handler) uploadRoutes() []httpd.Route {
	return []httpd.Route{
		{Method: http.MethodPost, Pattern: "/instances/{id}/loads", Operation: purser.OpLoadWrite, Stream: true, MaxBody: mostUpload, Handler: h.serve(h.upload)},
		{Method: http.MethodPost, Pattern: "/contracts/{id}/documents", Operation: purser.OpContractWrite, Stream: true, MaxBody: mostDocumentForm, Handler: h.serve(h.addDocument)},
		{Method: http.MethodPost, Pattern: "/contracts/import", Operation: purser.OpContractWrite, Stream: true, MaxBody: mostContractFile, Handler: h.serve(h.uploadContracts)},
		{Method: http.MethodGet, Pattern: "/loads/{id}/rejects", Operation: purser.OpLoadWrite, Stream: true, Handler: h.serve(h.loadRejects)},
	}
}

func (h *Handler) instanceLoads(w http.ResponseWriter, r *http.Request) error {
	return h.showLoads(w, r, http.StatusOK, view.LoadsData{})
}

func (h *Handler) showLoads(w http.ResponseWriter, r *http.Request, status int, d view.LoadsData) error {
	p, err := h.instancePage(r, "/loads")
	if err != nil {
		return err
	}
	source := h.Loads.Source(p.Instance.Connector)
	if source == "" {
		return &purser.Problem{Kind: purser.ProblemNotFound, What: p.Instance.Name + " is read from its vendor: nothing is handed over to it"}
	}
	d.Files, d.Kinds, d.Folder = source == "file", h.Loads.KindsOf(p.Instance.Connector), h.Loads.WatchedFolder()
	d.MayLoad = h.may(r, purser.OpLoadWrite) && p.Instance.Status == purser.StatusLive
	if d.Loads, err = h.Loads.List(r.Context(), p.Instance.ID); err != nil {
		return err
	}
	return h.render(w, r, status, view.InstanceLoads(p, d))
}

// upload keeps a file and shows its columns. Nothing is loaded yet.
func (h *Handler) upload(w http.ResponseWriter, r *http.Request) error {
	d := view.LoadsData{Kind: r.PostFormValue("kind"), Mode: r.PostFormValue("mode")}
	refuse := func(err error) error {
		if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemConflict) {
			if d.Errors = fieldErrors(p); d.Errors["kind"] == "" && d.Errors["mode"] == "" && d.Errors["file"] == "" {
				d.Errors = map[string]string{"file": p.Error() + "."}
			}
			return h.showLoads(w, r, http.StatusUnprocessableEntity, d)
		}
		return err
	}
	file, head, err := r.FormFile("file")
	if err != nil {
		return refuse(purser.Invalid("file", "choose a file"))
	}
	defer func() { _ = file.Close() }()
	l, err := h.Loads.Open(r.Context(), load.Input{Instance: r.PathValue("id"), Kind: purser.Kind(d.Kind), Mode: purser.LoadMode(d.Mode), File: head.Filename, Origin: "upload"})
	if err == nil {
		_, err = h.Loads.Upload(r.Context(), l.ID, file)
	}
	if err == nil {
		_, err = h.Loads.Preview(r.Context(), l.ID, nil)
	}
	if err != nil {
		if l.ID != "" { // a file that nobody can read is not kept
			err = errors.Join(err, h.Loads.Cancel(r.Context(), l.ID))
		}
		return refuse(err)
	}
	http.Redirect(w, r, "/loads/"+l.ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) load(w http.ResponseWriter, r *http.Request) error {
	var m *columns.Mapping
	if name := r.URL.Query().Get("named"); name != "" {
		l, err := h.Loads.Load(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		if m, err = h.Loads.Named(r.Context(), name, l.Kind); err != nil {
			return err
		}
	}
	return h.showLoad(w, r, http.StatusOK, view.LoadData{}, m)
}

func (h *Handler) showLoad(w http.ResponseWriter, r *http.Request, status int, d view.LoadData, m *columns.Mapping) (err error) {
	if d.Load, err = h.Loads.Load(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	if d.Instance, err = h.Connect.Instance(r.Context(), d.Load.InstanceID); err != nil {
		return err
	}
	d.MayLoad = h.may(r, purser.OpLoadWrite)
	if d.Load.RunID != "" {
		run, err := h.Runs.Run(r.Context(), d.Load.RunID)
		if err != nil {
			return err
		}
		d.Run = &run
	}
	if d.MayLoad && d.Load.State == purser.LoadOpen && d.Load.Form != "pages" {
		v, err := h.Loads.Preview(r.Context(), d.Load.ID, m)
		if err != nil {
			return err
		}
		d.Preview = &v
		base, err := json.Marshal(v.Mapping)
		if err != nil {
			return err
		}
		d.Base = string(base)
		if d.Saved, err = h.Loads.Mappings(r.Context()); err != nil {
			return err
		}
		if d.Ready, err = h.Loads.Ready(r.Context()); err != nil {
			return err
		}
	}
	crumbs := append(instanceCrumbs(d.Instance), ui.Link{Label: "Loads", Href: "/instances/" + d.Instance.ID + "/loads"})
	return h.render(w, r, status, view.Load(h.page(r, "Load", ui.Integrations, crumbs...), d))
}

// settleLoad takes the mapping of the form: to show it again, to keep it under a
// name, or to load the file by it.
func (h *Handler) settleLoad(w http.ResponseWriter, r *http.Request) error {
	m, err := mappingOf(r)
	if err != nil {
		return err
	}
	d := view.LoadData{Name: strings.TrimSpace(r.PostFormValue("name")), Errors: map[string]string{}}
	id := r.PathValue("id")
	if r.PostFormValue("do") != "load" {
		return h.showLoad(w, r, http.StatusOK, d, m)
	}
	if d.Name != "" {
		err = h.Loads.SaveMapping(r.Context(), d.Name, *m)
	}
	if err == nil {
		_, err = h.Loads.Finish(r.Context(), id, load.Settled{Mapping: m})
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		d.Errors = fieldErrors(p)
		return h.showLoad(w, r, http.StatusUnprocessableEntity, d, m)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/loads/"+id+"?done=loading", http.StatusSeeOther)
	return nil
}

func (h *Handler) cancelLoad(w http.ResponseWriter, r *http.Request) error {
	if err := h.Loads.Cancel(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/loads/"+r.PathValue("id")+"?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) loadRejects(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := h.Loads.HasRejects(r.Context(), id); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rejects-`+id+`.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := h.Loads.Rejects(r.Context(), id, w); err != nil {
		h.Log.WarnContext(r.Context(), "a file of rejects broke off", "load", id, "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return nil
}
