package table_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"purser"
	"purser/internal/table"
)

func query(t *testing.T, text string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestAFileHoldsExactlyWhatTheListShows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("ada", purser.RoleAdmin)
		q := query(t, "department=Sales&sort=name&desc=1&cols=department,accounts")
		var file bytes.Buffer
		if err := h.Write(ctx, "people", q, "csv", false, &file); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		want := [][]string{{"Person", "Department", "Accounts"}, {"Cem", "Sales", "0"}, {"'=1+1", "Sales", "0"}}
		if err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("csv: %q, %v", rows, err)
		}
		file.Reset()
		if err := h.Write(ctx, "people", q, "json", false, &file); err != nil {
			t.Fatal(err)
		}
		var all []struct {
			Person, Department string
			Accounts           int64
		}
		if err := json.Unmarshal(file.Bytes(), &all); err != nil || len(all) != 2 || all[1].Person != "=1+1" || all[0].Person != "Cem" {
			t.Errorf("json: %s, %v", file.String(), err)
		}
		file.Reset()
		if err := h.Write(ctx, "people", q, "xlsx", false, &file); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := book.GetRows("People")
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("xlsx: %q, %v", got, err)
		}
		if kind, _ := book.GetCellType("People", "C2"); kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
			t.Errorf("a number is of type %v", kind)
		}
		if formula, _ := book.GetCellFormula("People", "A3"); formula != "" {
			t.Errorf("the workbook computes %q", formula)
		}
		file.Reset()
		if err := h.Write(ctx, "people", query(t, "department=Nobody"), "json", false, &file); err != nil || strings.TrimSpace(file.String()) != "[]" {
			t.Errorf("nothing is written as %q, %v", file.String(), err)
		}
		for _, bad := range []struct{ list, format string }{{"people", "pdf"}, {"planets", "csv"}} {
			if err := h.Write(ctx, bad.list, nil, bad.format, false, io.Discard); err == nil {
				t.Errorf("%v is written", bad)
			}
		}
	})
}

func TestANumberBelowZeroIsNoFormula(t *testing.T) {
	var file bytes.Buffer
	out, err := table.NewWriter(&file, "csv", "Plans", []table.Head{{Key: "name", Title: "-Name"}, {Key: "spare", Number: true}, {Key: "annual", Money: true}}, false)
	if err == nil {
		err = errors.Join(out.Row([]string{"-1", "-2", "-3.50", "EUR"}), out.Row([]string{"=1", "=2", "=3", "@"}), out.Close())
	}
	if want := "'-Name,,,: currency\n'-1,-2,-3.50,EUR\n'=1,'=2,'=3,'@\n"; err != nil || file.String() != want {
		t.Errorf("%q instead of %q: %v", file.String(), want, err)
	}
}

// A program adds up what a file says: an amount is a number, its currency stands apart.
func TestAmountsOfAFileAreNumbers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("fin", purser.RoleFinance)
		var text, book bytes.Buffer
		if err := errors.Join(h.Write(ctx, "contracts", query(t, "cols=name,yearly"), "json", true, &text), h.Write(ctx, "contracts", query(t, "cols=name,yearly"), "xlsx", false, &book)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), `"yearly":300.00,"yearly_currency":"EUR"`) {
			t.Error(text.String())
		}
		x, err := excelize.OpenReader(&book)
		if err != nil {
			t.Fatal(err)
		}
		head, _ := x.GetRows("Contracts")
		if kind, err := x.GetCellType("Contracts", "B2"); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber || strings.Join(head[0], "|") != "Contract|A year|A year: currency" || head[1][1] != "300" {
			t.Errorf("the cell of an amount is of type %v: %q, %v", kind, head, err)
		}
	})
}

func TestARoleDecidesWhichColumnsThereAre(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for role, sees := range map[purser.Role]bool{purser.RoleFinance: true, purser.RoleOperator: false} {
			ctx := h.as("x", role)
			var file bytes.Buffer
			if err := h.Write(ctx, "contracts", query(t, "cols=name,yearly"), "csv", true, &file); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(file.String(), "300.00,EUR"); got != sees || strings.Contains(file.String(), "yearly") != sees {
				t.Errorf("%s reads %q", role, file.String())
			}
			listed := false
			for _, l := range h.Lists(ctx) {
				for _, c := range l.Columns {
					listed = listed || l.Name == "contracts" && c.Key == "yearly"
				}
				if l.Name == "transactions" && !sees {
					t.Errorf("%s may not open spend, and it is listed", role)
				}
			}
			if listed != sees {
				t.Errorf("%s: the column is listed: %v", role, listed)
			}
		}
		for role, sees := range map[purser.Role]bool{purser.RoleOperator: true, purser.RoleFinance: false} {
			var file bytes.Buffer
			if err := h.Write(h.as("x", role), "people", query(t, "cols=person,email,department"), "csv", true, &file); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(file.String(), "p1@example.com"); got != sees || strings.Contains(file.String(), "email") != sees || strings.Contains(file.String(), "Bea") != sees {
				t.Errorf("%s reads %q", role, file.String())
			}
		}
		if err := h.Write(h.as("opa", purser.RoleOperator), "transactions", nil, "csv", false, io.Discard); err == nil {
			t.Error("an operator exports spend")
		}
	})
}

// Titles name the columns of pages, keys those of addresses: neither twice, and the
// first column is the name of its row.
func TestColumnsHaveOneKeyAndOneTitleEach(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		all := h.Lists(h.as("ada", purser.RoleAdmin))
		if len(all) != 17 {
			t.Fatalf("%d lists", len(all))
		}
		for _, l := range all {
			seen := map[string]bool{}
			for _, c := range l.Columns {
				if seen[c.Key] || seen[c.Title+"!"] {
					t.Errorf("%s has %s (%s) twice", l.Name, c.Key, c.Title)
				}
				seen[c.Key], seen[c.Title+"!"] = true, true
			}
			if !l.Columns[0].Usual {
				t.Errorf("%s: a row has no name", l.Name)
			}
		}
	})
}

// A workbook is packed: its memory must not grow with its rows, so they wait in a file.
func TestAWorkbookOfManyRowsIsWhole(t *testing.T) {
	heads := []table.Head{{Key: "a", Title: "A"}, {Key: "n", Title: "N", Number: true}}
	var file bytes.Buffer
	w, err := table.NewWriter(&file, "xlsx", "Rows", heads, false)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 20_000
	for range rows {
		if err := w.Row([]string{strings.Repeat("x", 40), "7"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := packed.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(sheet)
	if n := bytes.Count(text, []byte("<row ")); err != nil || n != rows+1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A value that a condition cannot have is refused with those that there are, on every
// list, in its address, in a group, in a saved view and in a file: nothing would meet it.
func TestAValueThatThereIsNotIsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("ada", purser.RoleAdmin)
		closed := 0
		for _, l := range h.Lists(ctx) {
			for _, c := range l.Conditions {
				if c.Values == nil && !c.Day && !c.Flag && !c.Number {
					continue
				}
				name := c.Name
				err := table.Check(l.Name, url.Values{name: {"misspelt"}})
				closed++
				var p *purser.Problem
				if !errors.As(err, &p) || p.Field != name || !strings.Contains(p.What, "misspelt") || p.Hint == "" {
					t.Errorf("%s of %s: %v", name, l.Name, err)
				}
				if err := h.Write(ctx, l.Name, url.Values{name: {"misspelt"}}, "csv", true, io.Discard); err == nil {
					t.Errorf("a file of %s with %s=misspelt is written", l.Name, name)
				}
				if err := table.Check(l.Name, url.Values{table.Group(2, name): {"misspelt"}}); err == nil {
					t.Errorf("%s of %s is taken in a group", name, l.Name)
				}
			}
		}
		if closed != 66 {
			t.Errorf("%d conditions of all lists do not take any text", closed)
		}
		if _, err := h.Save(ctx, table.ViewInput{List: "people", Name: "x", Query: "employment=gone"}); err == nil {
			t.Error("a view that shows nothing is saved")
		}
		if _, err := table.WithGroups("accounts", []string{"status=actve"}); err == nil {
			t.Error("a group that nothing meets is taken")
		}
		for _, good := range []string{"kind=guest&kind=robot&status=active&any1.use=never&department=Anything&q=x&cols=email", "", "days=60&removed=1&as_of=2026-01-31", "days=&removed=&as_of="} {
			if err := table.Check("accounts", query(t, good)); err != nil {
				t.Errorf("%s: %v", good, err)
			}
		}
		if err := table.CheckJoined("accounts", query(t, "kind=guest,robot&status=active,suspended&removed=true&seat=false")); err != nil {
			t.Error(err)
		}
	})
}
