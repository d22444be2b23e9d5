package columns_test

import (
	"encoding/json"
	"strings"
	"testing"

	"purser"
	"purser/internal/columns"
	"purser/internal/sheet"
)

func convert(t *testing.T, m columns.Mapping, form sheet.Form, header string, cells ...string) (string, string) {
	t.Helper()
	c, err := columns.NewConverter(m, strings.Split(header, ","), form)
	if err != nil {
		t.Fatal(err)
	}
	r, faults := c.Row(sheet.Row{Line: 2, Cells: cells})
	if len(faults) > 0 {
		return "", faults[0].String()
	}
	b, err := r.AppendJSON(nil)
	if err != nil || !json.Valid(b) {
		t.Fatalf("%s: %v", b, err)
	}
	return string(b), ""
}

func spend(dates, decimal string) columns.Mapping {
	return columns.Mapping{Kind: purser.KindTransaction, Dates: dates, Decimal: decimal, Fields: []columns.Field{{Name: "external_id", Column: "id"},
		{Name: "date", Column: "date"}, {Name: "amount", Column: "amount"}, {Name: "currency", Column: "currency", Value: "EUR"}}}
}

func TestAmountsAndDatesAreReadExactlyOrRefused(t *testing.T) {
	for _, c := range []struct{ dates, decimal, date, amount, currency, want, fault string }{
		{"", "", "2026-11-22", "1'234.50", "", `"currency":"EUR","date":"2026-11-22","amount":123450`, ""},
		{"", ",", "22.11.2026", "1.234,5", "chf", `"currency":"CHF","date":"2026-11-22","amount":123450`, ""},
		{"", "", "2026-11-22", "(3.20)", "USD", `"amount":-320`, ""},
		{"", "", "2026-11-22", "1200", "JPY", `"amount":1200`, ""},
		{"", "", "2026-11-22", "12.345", "EUR", "", "has more decimals than EUR has"},
		{"", "", "03/04/2026", "1", "EUR", "", "nobody can say whether the day or the month comes first"},
		{"mdy", "", "03/04/2026", "1", "EUR", `"date":"2026-03-04"`, ""},
		{"dmy", "", "03/04/2026", "1", "EUR", `"date":"2026-04-03"`, ""},
		{"dmy", "", "31/02/2026", "1", "EUR", "", "is a day that does not exist"},
		{"", "", "2026-11-22", "many", "EUR", "", "is no amount"},
		{"", "", "", "1", "EUR", "", "is empty, but must be there"},
	} {
		got, fault := convert(t, spend(c.dates, c.decimal), sheet.CSV, "id,date,amount,currency", "7", c.date, c.amount, c.currency)
		if !strings.Contains(got, c.want) || c.fault != "" && !strings.Contains(fault, c.fault) || c.fault == "" && fault != "" {
			t.Errorf("%s %s %s: %s %s", c.date, c.amount, c.currency, got, fault)
		}
		if c.amount == "many" && strings.Contains(fault, "many") {
			t.Error("a fault quotes the row")
		}
	}
}

func TestACurrencyMayStandBesideItsAmount(t *testing.T) {
	contract := columns.Mapping{Kind: purser.KindContract, Fields: []columns.Field{{Name: "name", Column: "id"}, {Name: "vendor", Column: "id"}, {Name: "price", Column: "amount"}}}
	same := spend("", "")
	same.Fields[3].Column, same.Fields[3].Value = "amount", ""
	for _, c := range []struct {
		mapping                       columns.Mapping
		amount, currency, want, fault string
	}{
		{contract, "1200 EUR", "", `"price":120000`, ""},
		{contract, "1200 EUR", "", `"currency":"EUR"`, ""},
		{contract, "€ 1,200.50", "", `"price":120050`, ""},
		{contract, "JPY 1,200 per user", "", `"price":1200`, ""},
		{contract, "-£3.20", "", `"price":-320`, ""},
		{contract, "$12", "", "", "has the sign of several currencies"},
		{contract, "EUR 12 USD", "", "", "is an amount without a currency"},
		{contract, "12 per user", "", "", "is an amount without a currency"},
		{contract, "12", "", "", "is an amount without a currency"},
		{contract, "", "", `{"name":"7","vendor":"7"}`, ""},
		{spend("", ""), "12 USD", "", `"currency":"USD","date":"2026-11-22","amount":1200`, ""}, // it says more than what holds for the file
		{spend("", ""), "12 USD", "usd", `"amount":1200`, ""},
		{spend("", ""), "12 USD", "EUR", "", "is in USD, but its row is in EUR"},
		{spend("", ""), "$12", "CAD", `"currency":"CAD","date":"2026-11-22","amount":1200`, ""},
		{same, "12 USD", "", `"currency":"USD","date":"2026-11-22","amount":1200`, ""},
		{same, "12", "", "", "is no currency code"},
	} {
		got, fault := convert(t, c.mapping, sheet.CSV, "id,date,amount,currency", "7", "2026-11-22", c.amount, c.currency)
		if !strings.Contains(got, c.want) || c.fault != "" && !strings.Contains(fault, c.fault) || c.fault == "" && fault != "" {
			t.Errorf("%s %s: %s %s", c.amount, c.currency, got, fault)
		}
	}
}

func TestADayOfAWorkbookIsANumber(t *testing.T) {
	if got, fault := convert(t, spend("", ""), sheet.XLSX, "id,date,amount,currency", "7", "46348", "19.99", ""); !strings.Contains(got, `"date":"2026-11-22","amount":1999`) {
		t.Error(got, fault)
	}
}

func TestEqualRowsAreTwoTransactionsAndAnIdentifierTwiceIsAFault(t *testing.T) {
	m := spend("", "")
	m.Fields[0] = columns.Field{Name: "external_id", Derived: true}
	c, err := columns.NewConverter(m, []string{"date", "amount", "currency"}, sheet.CSV)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[any]bool{}
	for range 3 {
		r, faults := c.Row(sheet.Row{Cells: []string{"2026-11-22", "3", "EUR"}})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		ids[r.Values[0].Value] = true
	}
	if len(ids) != 3 {
		t.Errorf("three equal rows have %d identifiers", len(ids))
	}
	c, err = columns.NewConverter(columns.Mapping{Kind: purser.KindAccount, Fields: []columns.Field{{Name: "external_id", Column: "id"}}}, []string{"id"}, sheet.CSV)
	if err != nil {
		t.Fatal(err)
	}
	c.Row(sheet.Row{Line: 2, Cells: []string{"7"}})
	if _, faults := c.Row(sheet.Row{Line: 9, Cells: []string{" 7 "}}); len(faults) != 1 || !strings.Contains(faults[0].Reason, "line 2") {
		t.Error(faults)
	}
}

func TestTheNamesOfColumnsProposeAMapping(t *testing.T) {
	m := columns.Suggest(purser.KindPerson, []string{"Employee ID", "First Name", "Last Name", "Work Email", "Status", "Hire date"},
		[]sheet.Row{{Cells: []string{"7", "Ada", "Lovelace", "ada@example.com", "Active", "31/01/2020"}}})
	if err := m.Check(); err != nil || m.Dates != "dmy" || len(m.Fields) != 5 {
		t.Errorf("%+v: %v", m, err)
	}
}

func FuzzMapping(f *testing.F) {
	f.Add(`{"kind":"account","fields":[{"name":"external_id","column":"id"},{"name":"last_active_at","column":"b"}]}`, "1", "31/12/2026")
	f.Add(`{"kind":"transaction","decimal":",","fields":[{"name":"external_id","derived":true},{"name":"amount","column":"id"},{"name":"currency","value":"EUR"},{"name":"date","column":"b"}]}`, "1.234,50", "46348")
	f.Fuzz(func(t *testing.T, mapping, a, b string) {
		var m columns.Mapping
		if json.Unmarshal([]byte(mapping), &m) != nil {
			return
		}
		for _, form := range sheet.Forms() {
			c, err := columns.NewConverter(m, []string{"id", "b"}, form)
			if err != nil {
				return
			}
			r, faults := c.Row(sheet.Row{Line: 2, Cells: []string{a, b}})
			if len(faults) > 0 {
				continue
			}
			if out, err := r.AppendJSON(nil); err != nil || !json.Valid(out) {
				t.Fatalf("%s: %v", out, err)
			}
		}
	})
}
