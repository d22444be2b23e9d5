package contract_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
)

// awkward is a text with characters that also separate texts.
func awkward(r *rand.Rand, i int) string {
	parts := []string{"A", "b", ",", ";", "|", ":", "=", "%", `"`, " ", "5", "é"}
	text := fmt.Sprint("N", i)
	for range r.IntN(8) {
		text += parts[r.IntN(len(parts))]
	}
	return strings.Join(strings.Fields(text), " ")
}

// Whatever names are written with, a file that nobody changed changes nothing.
func TestAnExportThatNobodyChangedChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := rand.New(rand.NewPCG(11, 25))
		for i := range 40 {
			in := chat(fmt.Sprint("Contract ", i), "2026-12-31")
			in.Applications = []string{awkward(r, 3*i), awkward(r, 3*i+1), "Monday.com, Inc."}
			in.CostCenters = []purser.CostShare{{Center: awkward(r, 1), Percent: "33.5"}, {Center: awkward(r, 2), Percent: "66.5"}}
			in.Custom = map[string]string{awkward(r, 1): awkward(r, 2), awkward(r, 3): awkward(r, 4)}
			h.create(in)
		}
		p := h.upload(h.exported())
		for _, row := range p.Rows {
			if row.What != contract.ImportSame {
				t.Errorf("%+v", row)
			}
		}
		if len(p.Rows) != 40 {
			t.Errorf("%d contracts", len(p.Rows))
		}
	})
}

func TestFieldsOfAFormSayWhatTheyWereGiven(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	for range 2_000 {
		custom := map[string]string{awkward(r, 1): awkward(r, 2), awkward(r, 3): awkward(r, 4)}
		for between, separators := range map[string]string{"\n": "\n", "; ": ";\n"} {
			got, err := contract.ParseCustom(contract.CustomText(custom, between), separators)
			if err != nil || !reflect.DeepEqual(got, custom) {
				t.Fatalf("%q became %q: %v", custom, got, err)
			}
			shares := []purser.CostShare{{Center: awkward(r, 1), Percent: "40"}, {Center: awkward(r, 2), Percent: "60"}}
			if got := contract.ParseShares(contract.SharesText(shares, between)); !reflect.DeepEqual(got, shares) {
				t.Fatalf("%q became %q", shares, got)
			}
		}
	}
	got, err := contract.ParseCustom("Region: EU; US\nLink: https://example.com", "\n")
	if err != nil || got["Region"] != "EU; US" || got["Link"] != "https://example.com" {
		t.Errorf("as people type them: %q %v", got, err)
	}
	if got := contract.ParseShares("IT: 40%\nSales = 60"); !reflect.DeepEqual(got, []purser.CostShare{{Center: "IT", Percent: "40"}, {Center: "Sales", Percent: "60"}}) {
		t.Errorf("as people type them: %q", got)
	}
}

// A name that is known is one application, though people would part it.
func TestANameThatIsKnownIsOneApplication(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Design", "2026-12-31")
		in.Applications = []string{"Draw | Paint"}
		h.create(in)
		rows := [][]string{{"Contract", "Supplier", "Application"}, {"One", "Example", "draw | paint"}, {"Two", "Example", "Chat; Calls"}}
		p, err := h.ApplyImport(h.ctx, h.upload(rows).ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{1, 2} {
			if c, err := h.Contract(h.ctx, p.Rows[i].ID); err != nil || len(c.Applications) != n {
				t.Errorf("%+v %v", c.Applications, err)
			}
		}
	})
}
