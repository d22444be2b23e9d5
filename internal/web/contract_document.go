package web

import (
	"mime"
	"net/http"
	"strconv"

	"purser"
	"purser/internal/contract"
	"purser/internal/web/view"
)

// mostDocumentForm is the largest form with a document, in bytes.
const mostDocumentForm = contract.MostDocument + 1<<20

func (h *Handler) addDocument(w http.ResponseWriter, r *http.Request) error {
	file, head, err := r.FormFile("file")
	if err != nil {
		err = purser.Invalid("file", "choose a file")
	} else {
		defer func() { _ = file.Close() }()
		_, err = h.Contracts.AddDocument(r.Context(), r.PathValue("id"), head.Filename, head.Header.Get("Content-Type"), file)
	}
	d := view.ContractData{}
	if takesBack(&d.Errors, err) {
		return h.showContract(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+r.PathValue("id")+"?done=saved", http.StatusSeeOther)
	return nil
}

// contractDocument hands a file out to be kept, never to be shown by the browser as
// a page of ours.
func (h *Handler) contractDocument(w http.ResponseWriter, r *http.Request) error {
	d, plain, err := h.Contracts.OpenDocument(r.Context(), r.PathValue("id"), r.PathValue("document"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(plain)))
	_, err = w.Write(plain)
	return err
}

func (h *Handler) removeDocument(w http.ResponseWriter, r *http.Request) error {
	if err := h.Contracts.RemoveDocument(r.Context(), r.PathValue("id"), r.PathValue("document")); err != nil {
		return err
	}
	http.Redirect(w, r, "/contracts/"+r.PathValue("id")+"?done=saved", http.StatusSeeOther)
	return nil
}
