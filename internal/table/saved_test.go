package table_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"purser"
	"purser/internal/store"
	"purser/internal/table"
)

func TestAViewIsOnesOwnUntilItIsShared(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ada, fin, opa := h.as("ada", purser.RoleAdmin), h.as("fin", purser.RoleFinance), h.as("opa", purser.RoleOperator)
		v := h.save(fin, table.ViewInput{List: "people", Name: " Sales ", Query: "department=Sales&cols=person&after=x&done=saved"})
		if v.Name != "Sales" || v.URL != "/people?cols=person&department=Sales" || !v.Mine || v.Shared {
			t.Fatalf("%+v", v)
		}
		if _, err := h.View(opa, v.ID); err == nil {
			t.Error("somebody else opens it")
		}
		spend := h.save(fin, table.ViewInput{List: "transactions", Name: "Spend", Shared: true})
		v, err := h.Change(fin, v.ID, table.ViewInput{Name: "Sales people", Query: v.Query, Shared: true, Version: v.Version})
		if err != nil || v.Name != "Sales people" || !v.Shared {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := h.Change(fin, v.ID, table.ViewInput{Name: "Late", Version: 1}); err == nil {
			t.Error("a change over a change is taken")
		}
		for _, c := range []struct {
			who, want string
		}{{"fin", "Sales people Spend"}, {"opa", "Sales people"}} { // what an operator may not open is not listed
			ctx := fin
			if c.who == "opa" {
				ctx = opa
			}
			all, err := h.Views(ctx, "")
			if err != nil || names(all) != c.want {
				t.Errorf("%s sees %q, %v", c.who, names(all), err)
			}
		}
		if _, err := h.View(opa, spend.ID); err == nil {
			t.Error("an operator opens a view of spend")
		}
		if err := h.Delete(opa, v.ID); err == nil {
			t.Error("somebody else deletes it")
		}
		if err := h.Delete(ada, v.ID); err != nil {
			t.Errorf("an admin cannot delete a shared view: %v", err)
		}
		for _, bad := range []table.ViewInput{{List: "people"}, {List: "people", Name: strings.Repeat("x", 81)}, {List: "planets", Name: "x"},
			{List: "people", Name: "x", Query: "%zz"}, {List: "people", Name: "x", Query: strings.Repeat("a", 4001)}} {
			if _, err := h.Save(ada, bad); err == nil {
				t.Errorf("%.60v is saved", bad)
			}
		}
		var n int
		if err := h.db.Read().NewRaw(`SELECT count(*) FROM audit WHERE operation = 'view.save'`).Scan(t.Context(), &n); err != nil || n != 4 {
			t.Errorf("%d entries in the audit log, %v", n, err)
		}
	})
}

func TestAReportTellsWhatItsReaderMaySeeWhenItGoesOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fin := h.as("fin", purser.RoleFinance)
		v := h.save(fin, table.ViewInput{List: "contracts", Name: "Cost", Query: "cols=name,yearly", Shared: true})
		v, err := h.Subscribe(fin, v.ID, "weekly")
		if err != nil || v.Report == nil || !v.Report.NextAt.Equal(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)) {
			t.Fatalf("%+v, %v", v.Report, err)
		}
		send := func(want int) {
			t.Helper()
			if err := h.Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(h.mails) != want {
				t.Fatalf("%d mails, want %d", len(h.mails), want)
			}
		}
		send(0) // it is not Monday yet
		h.now = h.now.AddDate(0, 0, 15)
		send(1) // missed twice, sent once
		send(1)
		if e := h.mails[0]; e.Kind != purser.EventReport || e.Report != v.ID || len(e.To) != 1 || e.To[0] != "fin@example.com" || strings.Contains(e.What+e.Why, "300") {
			t.Errorf("%+v", e)
		}
		cells := func() (string, error) {
			a, err := h.Attach(t.Context(), v.ID, "Fin@example.com")
			if err != nil {
				return "", err
			}
			book, err := excelize.OpenReader(bytes.NewReader(a.Content))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := book.GetRows("Contracts")
			if err != nil || a.Rows != 1 || !strings.HasSuffix(a.Name, ".xlsx") {
				t.Fatalf("%+v, %v", rows, err)
			}
			return strings.Join(rows[1], "|"), nil
		}
		if got, err := cells(); err != nil || got != "Chat|300|EUR" {
			t.Errorf("finance gets %q, %v", got, err)
		}
		// Another role since then: the file has no prices, whatever the view names.
		h.exec(`UPDATE users SET role = 'operator' WHERE id = 'usr_fin'`)
		if got, err := cells(); err != nil || got != "Chat" {
			t.Errorf("an operator gets %q, %v", got, err)
		}
		// Unshared, somebody else's view is no longer theirs.
		ada := h.as("ada", purser.RoleAdmin)
		own := h.save(ada, table.ViewInput{List: "people", Name: "All", Shared: true})
		if _, err := h.Subscribe(h.as("opa", purser.RoleOperator), own.ID, "monthly"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Change(ada, own.ID, table.ViewInput{Name: "All"}); err != nil {
			t.Fatal(err)
		}
		h.now = time.Date(2027, 1, 1, 6, 0, 0, 0, time.UTC)
		send(2) // of the weekly one alone
		var outcome string
		if err := h.db.Read().NewRaw(`SELECT outcome FROM saved_report WHERE user_id = 'usr_opa'`).Scan(t.Context(), &outcome); err != nil || !strings.HasPrefix(outcome, "not sent") {
			t.Errorf("%q, %v", outcome, err)
		}
		// A user who was removed gets none, nor does the report stay.
		h.exec(`DELETE FROM users WHERE id = 'usr_fin'`)
		if _, err := cells(); err == nil {
			t.Error("a file is made for nobody")
		} else if _, ok := errors.AsType[*purser.Problem](err); !ok {
			t.Errorf("%v is no refusal: it would be tried again", err)
		}
		h.now = h.now.AddDate(0, 0, 10)
		send(2)
		if _, ok, err := store.SavedReport(t.Context(), h.db.Read(), v.ID, "usr_fin"); ok || err != nil {
			t.Errorf("it is still sent to nobody (%v)", err)
		}
		if _, err := h.Subscribe(ada, own.ID, "hourly"); err == nil {
			t.Error("a report goes out hourly")
		}
	})
}
