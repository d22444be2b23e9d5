package contract_test

import (
	"bytes"
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

// mirror seals by turning bytes around, and refuses what was sealed for another document.
type mirror struct{}

func (mirror) Seal(plain []byte, id string) ([]byte, error) {
	return turned(append([]byte(id), plain...)), nil
}

func (mirror) Open(sealed []byte, id string) ([]byte, error) {
	plain, ok := bytes.CutPrefix(turned(sealed), []byte(id))
	if !ok {
		return nil, &purser.Problem{Kind: purser.ProblemConflict, What: "sealed for another document"}
	}
	return plain, nil
}

func turned(b []byte) []byte {
	out := make([]byte, len(b))
	for i, x := range b {
		out[len(b)-1-i] = x
	}
	return out
}

func TestADocumentIsSealedReadUnderAuditAndGoesWithoutItsContract(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Sealer = mirror{}
		c := h.create(chat("Chat", "2026-12-31"))
		content := strings.Repeat("the terms are secret ", 100)
		d, err := h.AddDocument(h.ctx, c.ID, `C:\papers\..\Terms "2026".pdf`, "application/pdf; x=1", strings.NewReader(content))
		if err != nil || d.Name != "Terms 2026.pdf" || d.Media != "application/pdf" || d.Bytes != int64(len(content)) {
			t.Fatalf("%+v %v", d, err)
		}
		var kept []byte
		if err := h.db.Read().NewRaw(`SELECT content FROM contract_document`).Scan(t.Context(), &kept); err != nil || bytes.Contains(kept, []byte("secret")) {
			t.Errorf("it is kept as it came: %v", err)
		}
		if _, got, err := h.OpenDocument(h.as("Otto", purser.RoleAuditor), c.ID, d.ID); err != nil || string(got) != content {
			t.Errorf("read: %d bytes, %v", len(got), err)
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: c.ID}, 0, 10)
		read := 0
		for _, r := range rows {
			if r.ActorName == "Otto" && strings.Contains(r.After, "Terms 2026.pdf") {
				read++
			}
		}
		if err != nil || read != 1 {
			t.Errorf("the reading is not in the audit log: %+v %v", rows, err)
		}
		operator := h.as("Op", purser.RoleOperator)
		if list, err := h.Documents(operator, c.ID); err != nil || len(list) != 0 {
			t.Errorf("an operator is told of files: %+v %v", list, err)
		}
		if _, _, err := h.OpenDocument(operator, c.ID, d.ID); kindOf(err) != purser.ProblemForbidden {
			t.Errorf("an operator reads a file: %v", err)
		}
		if _, err := h.AddDocument(h.ctx, c.ID, "big", "", bytes.NewReader(make([]byte, contract.MostDocument+1))); fieldOf(err) != "file" {
			t.Errorf("too large: %v", err)
		}
		other := h.create(chat("Calls", "2026-12-31"))
		if _, _, err := h.OpenDocument(h.ctx, other.ID, d.ID); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("through another contract: %v", err)
		}
		if err := h.RemoveDocument(h.ctx, c.ID, d.ID); err != nil {
			t.Fatal(err)
		}
		if list, err := h.Documents(h.ctx, c.ID); err != nil || len(list) != 0 {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := h.Contract(h.ctx, c.ID); err != nil {
			t.Errorf("the contract went, too: %v", err)
		}
	})
}
