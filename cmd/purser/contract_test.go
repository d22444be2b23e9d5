package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser"
)

// contract shows a contract as the command prints it.
func (h *house) contract(id string) (c purser.Contract) {
	h.t.Helper()
	code, out, errs := h.purser("contract", "show", id, "--json")
	if err := json.Unmarshal([]byte(out), &c); code != 0 || err != nil {
		h.t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	return c
}

// write writes a file next to the command.
func (h *house) write(name, text string) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func TestAContractIsChangedAmendedAndKeepsItsFilesFromTheShell(t *testing.T) {
	h := open(t)
	h.serve()
	h.write("new.yaml", `name: Chat
vendor: Example Inc.
applications: [Corner Chat]
note: by the door
contact: {name: Ada, email: ada@example.com}
cost_centers: [{center: IT, percent: "100"}]
terms:
  start: 2026-01-01
  end: 2026-12-31
  po_number: "4711"
  plans: [{name: Pro, per: user, quantity: 10, price: null, billing: monthly}]
`)
	code, out, errs := h.purser("contract", "create", "new.yaml", "--json")
	var made purser.Contract
	if err := json.Unmarshal([]byte(out), &made); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	h.write("change.yaml", "vendor: Example Ltd\nnote: null\nterms: {po_number: \"4712\", notice: {count: 2, unit: months}}\n")
	if code, _, errs := h.purser("contract", "change", made.ID, "change.yaml"); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	c := h.contract(made.ID)
	if c.Vendor != "Example Ltd" || c.Note != "" || c.Terms.PONumber != "4712" || c.NoticeOn != "2026-10-31" {
		t.Errorf("changed: %+v", c)
	}
	if c.Name != "Chat" || c.Contact.Email != "ada@example.com" || len(c.CostCenters) != 1 || len(c.Applications) != 1 || c.Terms.End != "2026-12-31" || len(c.Terms.Plans) != 1 || *c.Terms.Plans[0].Quantity != 10 {
		t.Errorf("what was not named is another: %+v", c)
	}
	for file, says := range map[string]string{"{}": "names nothing", "vendour: x": "vendour", "terms: {end: tomorrow}": "end"} {
		h.write("bad.yaml", file)
		if code, _, errs := h.purser("contract", "change", made.ID, "bad.yaml"); code == 0 || !strings.Contains(errs, says) {
			t.Errorf("%s: exit code %d: %s", file, code, errs)
		}
	}
	h.write("more.yaml", "on: 2026-07-01\nplans: [{name: Pro, per: user, quantity: 12, price: {minor: 1150, currency: EUR}, billing: monthly}]\nnote: two more\n")
	if code, _, errs := h.purser("contract", "amend", made.ID, "more.yaml"); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if a := h.contract(made.ID).Terms.Amendments; len(a) != 1 || a[0].On != "2026-07-01" || *a[0].Plans[0].Quantity != 12 || a[0].Plans[0].Price.Minor != 1150 {
		t.Errorf("amended: %+v", a)
	}
	h.write("signed.pdf", "signed by Ada")
	var d purser.ContractDocument
	code, out, errs = h.purser("contract", "attach", made.ID, "signed.pdf", "--json")
	if err := json.Unmarshal([]byte(out), &d); code != 0 || err != nil || d.Name != "signed.pdf" || d.Media != "application/pdf" {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	if _, out, _ := h.purser("contract", "documents", made.ID); !strings.Contains(out, d.ID) || !strings.Contains(out, "signed.pdf") {
		t.Errorf("its files are %s", out)
	}
	if _, out, _ := h.purser("contract", "document", made.ID, d.ID); out != "signed by Ada" {
		t.Errorf("the file is %q", out)
	}
	if code, _, errs := h.purser("contract", "detach", made.ID, d.ID); code != 0 {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if _, out, _ := h.purser("contract", "documents", made.ID); strings.Contains(out, d.ID) {
		t.Errorf("it is still there: %s", out)
	}
	if code, out, errs := h.purser("contract", "remove", made.ID, "--yes"); code != 0 || !strings.Contains(out, "is removed") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if code, _, errs := h.purser("contract", "show", made.ID); code == 0 {
		t.Errorf("it is still there: %s", errs)
	}
	h.stop()
	h.nowhere("what a file says", "signed by Ada")
}
