package web

import (
	"encoding/json"
	"net/http"

	"purser"
	"purser/internal/columns"
	"purser/internal/contract"
	"purser/internal/load"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// mostContractFile is the largest form with a file of contracts, in bytes.
const mostContractFile = 6 << 20

// exportContracts writes contracts as a table to be changed and imported again: one
// row a plan.
func (h *Handler) exportContracts(w http.ResponseWriter, r *http.Request) error {
	d := &download{w: w, name: "contracts", format: "csv"}
	var heads []table.Head
	for _, c := range contract.Columns() {
		heads = append(heads, table.Head{Key: c, Title: c})
	}
	out, err := table.NewWriter(d, d.format, "Contracts", heads, true)
	if err != nil {
		return err
	}
	err = h.Contracts.Each(r.Context(), table.ContractFilter(r.URL.Query()), func(c purser.Contract) error {
		for _, row := range h.Contracts.Rows(r.Context(), c) {
			if err := out.Row(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = out.Close()
	}
	return d.ended(err)
}

func (h *Handler) contractImports(w http.ResponseWriter, r *http.Request) error {
	return h.showImports(w, r, http.StatusOK, nil)
}

func (h *Handler) showImports(w http.ResponseWriter, r *http.Request, status int, errors map[string]string) error {
	return h.render(w, r, status, view.ContractImports(h.page(r, "Import contracts", ui.Contracts, contractsCrumb()), h.may(r, purser.OpExport), errors))
}

// uploadContracts keeps a file and shows what it would do. Nothing is written yet.
func (h *Handler) uploadContracts(w http.ResponseWriter, r *http.Request) error {
	file, head, err := r.FormFile("file")
	var in contract.Import
	if err != nil {
		err = purser.Invalid("file", "choose a file")
	} else {
		defer func() { _ = file.Close() }()
		in, err = h.Contracts.StartImport(r.Context(), head.Filename, file)
	}
	var wrong map[string]string
	if takesBack(&wrong, err) {
		return h.showImports(w, r, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/contract-imports/"+in.ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) contractImport(w http.ResponseWriter, r *http.Request) error {
	in, err := h.Contracts.PreviewImport(r.Context(), r.PathValue("id"), nil)
	if err != nil {
		return err
	}
	return h.showImport(w, r, http.StatusOK, in, false, nil)
}

func (h *Handler) showImport(w http.ResponseWriter, r *http.Request, status int, in contract.Import, done bool, errors map[string]string) error {
	base, err := json.Marshal(in.Mapping)
	if err != nil {
		return err
	}
	d := view.ImportData{Import: in, Base: string(base), Done: done, Errors: errors,
		Mapping: &load.FilePreview{Facts: in.Facts, Columns: in.Columns, Samples: in.Samples, Mapping: in.Mapping, Problem: in.Problem, Field: in.Field}}
	return h.render(w, r, status, view.ContractImport(h.page(r, "Import "+in.File, ui.Contracts, contractsCrumb(), ui.Link{Label: "Import", Href: "/contracts/import"}), d))
}

// settleImport takes the mapping of the form: to show what it does, or to do it.
func (h *Handler) settleImport(w http.ResponseWriter, r *http.Request) error {
	var m *columns.Mapping
	m, err := mappingOf(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if r.PostFormValue("do") != "import" {
		in, err := h.Contracts.PreviewImport(r.Context(), id, m)
		if err != nil {
			return err
		}
		return h.showImport(w, r, http.StatusOK, in, false, nil)
	}
	in, err := h.Contracts.ApplyImport(r.Context(), id, m)
	var wrong map[string]string
	if takesBack(&wrong, err) {
		return h.showImport(w, r, http.StatusUnprocessableEntity, in, false, wrong)
	}
	if err != nil {
		return err
	}
	return h.showImport(w, r, http.StatusOK, in, true, nil)
}
