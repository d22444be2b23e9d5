package contract_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
)

// exported writes all contracts as a spreadsheet program would read them.
func (h *house) exported() [][]string {
	h.t.Helper()
	rows := [][]string{contract.Columns()}
	err := h.Each(h.ctx, contract.Filter{Ended: true}, func(c purser.Contract) error {
		rows = append(rows, h.Rows(h.ctx, c)...)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, row := range rows {
		for i := range row {
			row[i] = purser.NeutralCell(row[i])
		}
	}
	return rows
}

func (h *house) upload(rows [][]string) contract.Import {
	h.t.Helper()
	var file bytes.Buffer
	if err := csv.NewWriter(&file).WriteAll(rows); err != nil {
		h.t.Fatal(err)
	}
	in, err := h.StartImport(h.ctx, "contracts.csv", &file)
	if err != nil || in.Problem != "" {
		h.t.Fatalf("%+v %v", in, err)
	}
	return in
}

func at(rows [][]string, column string) int { return slices.Index(rows[0], column) }

func TestAnExportThatIsChangedChangesThatAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("=Chat", "2026-12-31")
		in.Terms.Notice = purser.Notice{Count: 3, Unit: "months"}
		in.CostCenters = []purser.CostShare{{Center: "IT", Percent: "33.5"}, {Center: "Sales", Percent: "66.5"}}
		in.Custom = map[string]string{"Region": "EMEA"}
		in.Terms.Plans = append(in.Terms.Plans, purser.ContractPlan{Name: "Yen", Per: "flat", Price: &purser.Money{Minor: 5000, Currency: "JPY"}, Billing: "yearly"})
		c := h.create(in)
		other := h.create(chat("Calls", "2027-06-30"))
		rows := h.exported()
		if same := h.upload(rows); same.Counts[contract.ImportSame] != 2 || len(same.Rows) != 2 {
			t.Fatalf("as it was exported: %+v", same.Rows)
		}
		for _, row := range rows {
			if row[0] == c.ID {
				row[at(rows, "end")], row[at(rows, "note")] = "2027-01-31", "moved"
			}
			if row[at(rows, "plan")] == "Business" && row[0] == c.ID {
				row[at(rows, "quantity")] = "60"
			}
		}
		rows = append(rows, slices.Clone(rows[len(rows)-1]))
		last := rows[len(rows)-1]
		last[0], last[1], last[at(rows, "name")] = "", "", "New one"
		p := h.upload(rows)
		if p.Counts[contract.ImportChange] != 1 || p.Counts[contract.ImportSame] != 1 || p.Counts[contract.ImportNew] != 1 {
			t.Fatalf("%+v", p.Rows)
		}
		if before, err := h.Contract(h.ctx, c.ID); err != nil || before.Version != c.Version || before.Terms.End != "2026-12-31" {
			t.Errorf("something was written before it was confirmed: %+v %v", before, err)
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); err != nil {
			t.Fatal(err)
		}
		got, err := h.Contract(h.ctx, c.ID)
		if err != nil || got.Terms.End != "2027-01-31" || got.Note != "moved" || *got.Terms.Plans[0].Quantity != 60 || got.Terms.Plans[1].Price.Minor != 5000 || got.Name != "=Chat" || got.Custom["Region"] != "EMEA" {
			t.Errorf("changed: %+v %v", got, err)
		}
		if list, err := h.List(h.ctx, contract.Filter{}, purser.Page{}); err != nil || len(list.Items) != 3 {
			t.Errorf("%v %v", names(list), err)
		}
		if same, err := h.Contract(h.ctx, other.ID); err != nil || same.Version != other.Version {
			t.Errorf("the other one was touched: %v %v", same.Version, err)
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestFaultsAndConflictsAreToldByLineAndLeftOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		rows := h.exported()
		rows[1][at(rows, "note")] = "from the spreadsheet"
		in := chat("Chat", "2026-12-31")
		in.Note = "meanwhile"
		if _, err := h.Update(h.ctx, c.ID, in); err != nil {
			t.Fatal(err)
		}
		add := func(column, value string) {
			row := slices.Clone(rows[1])
			row[0], row[1], row[at(rows, "name")] = "", "", "Bad "+column
			row[at(rows, column)] = value
			rows = append(rows, row)
		}
		add("end", "31 Feb")
		add("cost_centers", "IT 90")
		add("owner", "nobody@example.com")
		add("notice", "a while")
		add("price", "twelve")
		add("billing", "sometimes")
		add("note", "fine")
		p := h.upload(rows)
		if p.Counts[contract.ImportFault] != 6 || p.Counts[contract.ImportConflict] != 1 || p.Counts[contract.ImportNew] != 1 {
			t.Fatalf("%+v", p.Rows)
		}
		for i, r := range p.Rows[1:7] {
			if len(r.Faults) == 0 || r.Faults[0].Line != i+3 {
				t.Errorf("%+v", r)
			}
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Contract(h.ctx, c.ID); err != nil || got.Note != "meanwhile" {
			t.Errorf("a conflict was written: %+v %v", got.Note, err)
		}
		if list, err := h.List(h.ctx, contract.Filter{Query: "bad"}, purser.Page{}); err != nil || len(list.Items) != 1 || list.Items[0].Name != "Bad note" {
			t.Errorf("%v %v", names(list), err)
		}
	})
}

func TestARowCannotSayTwoThingsOfOneContract(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.upload([][]string{{"Contract", "Supplier", "End date", "SKU", "Seats", "Unit price", "Currency", "Billing period"},
			{"Chat", "Example", "2027-12-31", "Basic", "10", "5.00", "EUR", "monthly"}, {"Chat", "Example", "2027-12-31", "Pro", "2", "15.00", "USD", "annual"},
			{"Calls", "Example", "2027-12-31", "One", "1", "1.00", "EUR", "monthly"}, {"Calls", "Example", "2028-12-31", "Two", "1", "1.00", "EUR", "monthly"}})
		if len(p.Rows) != 2 || p.Rows[0].What != contract.ImportNew || p.Rows[1].What != contract.ImportFault || p.Rows[1].Faults[0].Line != 5 {
			t.Fatalf("%+v", p.Rows)
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); err != nil {
			t.Fatal(err)
		}
		list, err := h.List(h.ctx, contract.Filter{}, purser.Page{})
		if err != nil || len(list.Items) != 1 || len(list.Items[0].Terms.Plans) != 2 || len(list.Items[0].Worth.Yearly) != 2 || list.Items[0].Worth.Yearly[1].Minor != 3000 {
			t.Errorf("%+v %v", list.Items, err)
		}
		operator := h.as("Op", purser.RoleOperator)
		if _, err := h.StartImport(operator, "x.csv", strings.NewReader("a,b\n1,2\n")); kindOf(err) != purser.ProblemForbidden {
			t.Errorf("an operator imports: %v", err)
		}
	})
}

// What holds today is exported; whether a change of it is an amendment no file can say.
func TestAFileHasThePlansThatHoldAndDoesNotUndoAnAmendment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		more := slices.Clone(c.Terms.Plans)
		more[0].Quantity = number(60)
		if _, err := h.Amend(h.ctx, c.ID, 0, purser.Amendment{On: "2026-06-01", Plans: more}); err != nil {
			t.Fatal(err)
		}
		rows := h.exported()
		if got := rows[1][at(rows, "quantity")]; got != "60" {
			t.Errorf("exported: %s", got)
		}
		if p := h.upload(rows); p.Counts[contract.ImportSame] != 1 {
			t.Errorf("as it was: %+v", p.Rows)
		}
		rows[1][at(rows, "note")] = "changed"
		if _, err := h.ApplyImport(h.ctx, h.upload(rows).ID, nil); err != nil {
			t.Fatal(err)
		}
		got, err := h.Contract(h.ctx, c.ID)
		if err != nil || got.Note != "changed" || *got.Terms.Plans[0].Quantity != 40 || len(got.Terms.Amendments) != 1 {
			t.Errorf("%+v %v", got, err)
		}
		rows = h.exported()
		rows[1][at(rows, "quantity")] = "70"
		if p := h.upload(rows); p.Counts[contract.ImportFault] != 1 || p.Rows[0].Faults[0].Column != "plan" || !strings.Contains(p.Rows[0].Faults[0].Reason, "amendment") {
			t.Errorf("another quantity: %+v", p.Rows)
		}
	})
}
