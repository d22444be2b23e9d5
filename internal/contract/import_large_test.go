package contract_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"purser"
)

// A file is taken over in one transaction, and nobody else writes meanwhile: what a
// file may write ends where that would take a second. Rows that change nothing do not
// count, so that all contracts may come back from a spreadsheet.
func TestAFileThatWouldWriteTooManyContractsIsToldSo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := func(from, n int) [][]string {
			rows := [][]string{{"Contract", "Supplier", "Start", "End", "Applications"}}
			for i := range n {
				name := strconv.Itoa(from + i)
				rows = append(rows, []string{"Contract " + name, "Vendor " + name, "2026-01-01", "2027-12-31", "App " + strconv.Itoa(i%5)})
			}
			return rows
		}
		var text bytes.Buffer
		if err := csv.NewWriter(&text).WriteAll(file(0, 1501)); err != nil {
			t.Fatal(err)
		}
		large, err := h.StartImport(h.ctx, "contracts.csv", &text)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(large.Problem, "1501 contracts") || large.Field != "file" || large.Counts["new"] != 1501 {
			t.Errorf("%q %v", large.Problem, large.Counts)
		}
		if _, err := h.ApplyImport(h.ctx, large.ID, nil); kindOf(err) != purser.ProblemInvalid {
			t.Errorf("it is taken over: %v", err)
		}
		few := h.upload(file(0, 250)) // more than are looked at in one transaction
		if few.Problem != "" || few.Counts["new"] != 250 {
			t.Errorf("%q %v", few.Problem, few.Counts)
		}
		told := map[string]int{}
		for _, r := range few.Rows {
			for _, name := range r.Managed {
				told[name]++
			}
		}
		if len(told) != 5 || told["App 3"] != 1 {
			t.Errorf("becomes managed: %v", told)
		}
		if in, err := h.ApplyImport(h.ctx, few.ID, nil); err != nil || in.Counts["new"] != 250 {
			t.Errorf("%v %v", in.Counts, err)
		}
	})
}
