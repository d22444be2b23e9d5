package api

import (
	"context"
	"io"
	"mime"

	"github.com/danielgtaylor/huma/v2"

	"purser"
)

// documentUpload is a file of a contract.
type documentUpload struct {
	ByID
	Name    string `query:"name" doc:"of the file"`
	Media   string `query:"media" doc:"its media type"`
	content io.Reader
}

// Resolve takes the body as it comes.
func (f *documentUpload) Resolve(h huma.Context) []error {
	f.content = h.BodyReader()
	return nil
}

var _ huma.Resolver = (*documentUpload)(nil)

// documentPath names a file of a contract.
type documentPath struct {
	ByID
	Document string `path:"document" doc:"doc_…"`
}

func (a *API) contractDocuments() {
	add(a, call{method: "GET", path: "/contracts/{id}/documents", tag: contractTag, id: "listContractDocuments", does: "List the files of a contract", op: purser.OpMoneyRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.ContractDocument]], error) {
			return whole(a.Contracts.Documents(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/contracts/{id}/documents", tag: contractTag, id: "addContractDocument", does: "Keep a file with a contract, sealed", op: purser.OpContractWrite,
		status: 201, file: true, long: true, most: 11 << 20},
		func(ctx context.Context, in *documentUpload) (*body[purser.ContractDocument], error) {
			return answer(a.Contracts.AddDocument(ctx, in.ID, in.Name, in.Media, in.content))
		})
	add(a, call{method: "GET", path: "/contracts/{id}/documents/{document}", tag: contractTag, id: "getContractDocument", does: "Read a file of a contract; that stands in the audit log",
		op: purser.OpMoneyRead, long: true},
		func(ctx context.Context, in *documentPath) (*huma.StreamResponse, error) {
			d, plain, err := a.Contracts.OpenDocument(ctx, in.ID, in.Document)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				h.SetHeader("Content-Type", "application/octet-stream")
				h.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
				_, err := h.BodyWriter().Write(plain)
				abortOn(err)
			}}, nil
		})
	add(a, call{method: "DELETE", path: "/contracts/{id}/documents/{document}", tag: contractTag, id: "removeContractDocument", does: "Remove a file; the contract stays", op: purser.OpContractWrite, status: 204},
		func(ctx context.Context, in *documentPath) (*empty, error) {
			return done(a.Contracts.RemoveDocument(ctx, in.ID, in.Document))
		})
}
