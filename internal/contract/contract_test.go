package contract_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

func names(list purser.List[purser.Contract]) (out []string) {
	for _, c := range list.Items {
		out = append(out, c.Name+" "+string(c.Standing))
	}
	return out
}

func TestTheListIsOrderedByDeadlineOverdueOnTop(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for name, end := range map[string]string{"Due": "2027-01-31", "Overdue": "2026-12-15", "Running": "2027-12-31", "Open": "", "Over": "2026-10-31"} {
			h.create(chat(name, end))
		}
		decided := h.create(chat("Decided", "2026-12-20"))
		if _, err := h.Decide(h.ctx, decided.ID, decided.Version, purser.DecisionRenew, "everybody uses it"); err != nil {
			t.Fatal(err)
		}
		gone := h.create(chat("Gone", "2026-06-30"))
		if _, err := h.Decide(h.ctx, gone.ID, 0, purser.DecisionCancel, "nobody uses it"); err != nil {
			t.Fatal(err)
		}
		list, err := h.List(h.ctx, contract.Filter{}, purser.Page{})
		if want := []string{"Over over", "Overdue overdue", "Decided decided", "Due due", "Running running", "Open running"}; err != nil || !slices.Equal(names(list), want) {
			t.Errorf("%v %v", names(list), err)
		}
		var walked []string
		for page := (purser.Page{Limit: 2}); ; {
			l, err := h.List(h.ctx, contract.Filter{Ended: true}, page)
			if err != nil {
				t.Fatal(err)
			}
			walked = append(walked, names(l)...)
			if page.After = l.Next; page.After == "" {
				break
			}
		}
		if len(walked) != 7 || walked[0] != "Gone ended" {
			t.Errorf("walked %v", walked)
		}
		for _, standing := range purser.ContractStandings() { // SQL and Go agree
			list, err := h.List(h.ctx, contract.Filter{Standings: []string{string(standing)}}, purser.Page{})
			if err != nil || len(list.Items) == 0 {
				t.Errorf("%s: %v %v", standing, names(list), err)
			}
			for _, c := range list.Items {
				if c.Standing != standing {
					t.Errorf("%s is %s in the list of the %s", c.Name, c.Standing, standing)
				}
			}
		}
		if l, err := h.List(h.ctx, contract.Filter{Query: "decid", Decisions: []string{"renew"}}, purser.Page{}); err != nil || len(l.Items) != 1 {
			t.Errorf("found %v %v", names(l), err)
		}
	})
}

func TestARenewalKeepsThePeriodBefore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := chat("Chat", "2026-12-31")
		in.Terms.Uplift = "4"
		c := h.create(in)
		if c.NoticeOn != "2026-12-01" || c.Terms.TermMonths != 12 || c.Worth.Yearly[0].Minor != 600_000 {
			t.Errorf("written down: %+v", c)
		}
		if _, err := h.Decide(h.ctx, c.ID, c.Version, purser.DecisionRenew, "good"); err != nil {
			t.Fatal(err)
		}
		next, err := h.Renew(h.ctx, c.ID, 0, nil)
		if err != nil || next.Period != 2 || next.Terms.Start != "2027-01-01" || next.Terms.End != "2027-12-31" || next.Decision != purser.Undecided || next.Terms.Plans[0].Price.Minor != 1300 {
			t.Fatalf("renewed: %+v %v", next, err)
		}
		periods, err := h.Periods(h.ctx, c.ID)
		if err != nil || len(periods) != 2 || periods[1].Terms.End != "2026-12-31" || periods[1].Terms.Plans[0].Price.Minor != 1250 {
			t.Errorf("periods: %+v %v", periods, err)
		}
		wrong := next.Terms
		wrong.Start, wrong.End = "2027-06-01", ""
		if _, err := h.Renew(h.ctx, c.ID, 0, &wrong); fieldOf(err) != "start" {
			t.Errorf("periods that overlap: %v", err)
		}
		decisions, err := h.Decisions(h.ctx, c.ID)
		if err != nil || len(decisions) != 1 || decisions[0].Period != 1 || decisions[0].By != "Fin" || decisions[0].Why != "good" {
			t.Errorf("decisions: %+v %v", decisions, err)
		}
	})
}

func TestWhatContractsCostOnADayIsTheSumOfItsLines(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(chat("Chat", "2026-12-31"))
		calls := chat("Calls", "2026-06-30")
		calls.Terms.Plans = append(calls.Terms.Plans, purser.ContractPlan{Name: "Rooms", Per: "unit"}) // of which nobody knows the price
		h.create(calls)
		days := []string{"2025-12-31", "2026-06-30", "2026-07-01"}
		on, err := h.CostsOn(h.ctx, days)
		if err != nil {
			t.Fatal(err)
		}
		for i, day := range days {
			lines, err := h.CostLines(h.ctx, day)
			if err != nil || int64(len(lines)) != on[i].Contracts || len(lines) != []int{0, 2, 1}[i] {
				t.Fatalf("%s: %+v, %+v %v", day, on[i], lines, err)
			}
			var sum []purser.Money
			unknown := int64(0)
			for _, l := range lines {
				sum, unknown = purser.AddMoney(sum, l.Yearly...), unknown+l.Unknown
			}
			if purser.SumsText(sum) != purser.SumsText(on[i].Yearly) || unknown != on[i].Unknown {
				t.Errorf("%s: the lines add up to %v and %d unknown, the chart says %+v", day, sum, unknown, on[i])
			}
		}
		if _, err := h.CostLines(h.ctx, "June"); kindOf(err) != purser.ProblemInvalid {
			t.Errorf("a day that is none: %v", err)
		}
		if _, err := h.CostLines(h.as("Op", purser.RoleOperator), "2026-06-30"); kindOf(err) != purser.ProblemForbidden {
			t.Errorf("who may not see money: %v", err)
		}
	})
}

func TestAnAmendmentHoldsFromItsDay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		more := slices.Clone(c.Terms.Plans)
		more[0].Quantity = number(60)
		c, err := h.Amend(h.ctx, c.ID, c.Version, purser.Amendment{On: "2026-12-01", Plans: more, Value: &purser.Money{Minor: 25_000, Currency: "EUR"}, Note: "20 more"})
		if err != nil || c.Worth.Yearly[0].Minor != 600_000 || len(c.Terms.Amendments) != 1 || c.Terms.Amendments[0].By != "Fin" {
			t.Fatalf("before its day: %+v %v", c, err)
		}
		h.now = h.now.AddDate(0, 0, 10)
		if c, err = h.Contract(h.ctx, c.ID); err != nil || c.Worth.Yearly[0].Minor != 900_000 {
			t.Errorf("after its day: %+v %v", c.Worth, err)
		}
		if _, err := h.Amend(h.ctx, c.ID, 0, purser.Amendment{On: "2027-02-01", Plans: more}); fieldOf(err) != "on" {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestWhoMayNotSeeMoneySeesNoPriceAnywhere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		in := chat("Chat", "2026-12-31")
		in.Terms.Plans[0].Price.Minor, in.Version = 98765, c.Version
		if _, err := h.Update(h.ctx, c.ID, in); err != nil {
			t.Fatal(err)
		}
		operator := h.as("Op", purser.RoleOperator)
		one, err := h.Contract(operator, c.ID)
		list, err2 := h.List(operator, contract.Filter{}, purser.Page{})
		periods, err3 := h.Periods(operator, c.ID)
		changes, err4 := h.Changes(operator, c.ID)
		if err != nil || err2 != nil || err3 != nil || err4 != nil || !one.Hidden || len(changes) != 2 || !changes[0].Hidden {
			t.Fatalf("%v %v %v %v %+v", err, err2, err3, err4, changes)
		}
		told, _ := json.Marshal([]any{one, list, periods, changes})
		for _, secret := range []string{"987", "1250", "12.50", "EUR"} {
			if strings.Contains(string(told), secret) {
				t.Errorf("an operator is told %s: %s", secret, told)
			}
		}
		for name, err := range map[string]error{
			"create": second(h.Create(operator, in)), "update": second(h.Update(operator, c.ID, in)), "renew": second(h.Renew(operator, c.ID, 0, nil)),
			"decide": second(h.Decide(operator, c.ID, 0, purser.DecisionRenew, "x")), "amend": second(h.Amend(h.as("Otto", purser.RoleAuditor), c.ID, 0, purser.Amendment{}))} {
			if kindOf(err) != purser.ProblemForbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAChangeIsKeptAuditedAndRefusedWhenLate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat", "2026-12-31"))
		in := chat("Chat and calls", "2027-03-31")
		in.Version, in.Applications = c.Version, []string{"Chat", "Calls"}
		in.CostCenters = []purser.CostShare{{Center: "IT", Percent: "40"}, {Center: "Sales", Percent: "60"}}
		changed, err := h.Update(h.ctx, c.ID, in)
		if err != nil || len(changed.Applications) != 2 || changed.Version != c.Version+1 || changed.NoticeOn != "2027-03-01" {
			t.Fatalf("%+v %v", changed, err)
		}
		if _, err := h.Update(h.ctx, c.ID, in); kindOf(err) != purser.ProblemConflict {
			t.Errorf("a late change: %v", err)
		}
		changes, err := h.Changes(h.ctx, c.ID)
		fields := []string{}
		for _, x := range changes {
			fields = append(fields, x.Field)
		}
		if err != nil || !slices.Contains(fields, "end") || !slices.Contains(fields, "cost centers") || !slices.Contains(fields, "applications") {
			t.Errorf("kept: %v %v", fields, err)
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: c.ID}, 0, 10)
		if err != nil || len(rows) != 2 || !strings.Contains(rows[0].After+rows[1].After, "2027-03-31") {
			t.Errorf("audited: %+v %v", rows, err)
		}
	})
}

func TestWrongContractsNameTheirFieldAndAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for field, spoil := range map[string]func(*purser.ContractInput){
			"name": func(in *purser.ContractInput) { in.Name = " " }, "vendor": func(in *purser.ContractInput) { in.Vendor = "" },
			"end": func(in *purser.ContractInput) { in.Terms.End = "2025-12-31" }, "start": func(in *purser.ContractInput) { in.Terms.Start = "2026-02-30" },
			"owner": func(in *purser.ContractInput) { in.Owner = "nobody@example.com" }, "plans.1": func(in *purser.ContractInput) { in.Terms.Plans[0].Price.Currency = "XYZ" },
			"cost_centers": func(in *purser.ContractInput) { in.CostCenters = []purser.CostShare{{Center: "IT", Percent: "99"}} },
			"notice":       func(in *purser.ContractInput) { in.Terms.Notice.Unit = "weeks" }, "uplift": func(in *purser.ContractInput) { in.Terms.Uplift = "lots" },
			"payment": func(in *purser.ContractInput) { in.Terms.Payment = "sometimes" }, "contact.email": func(in *purser.ContractInput) { in.Contact.Email = "x" },
			"applications": func(in *purser.ContractInput) { in.Applications = []string{"app_99"} }} {
			in := chat("Chat", "2026-12-31")
			spoil(&in)
			if _, err := h.Create(h.ctx, in); fieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if l, err := h.List(h.ctx, contract.Filter{}, purser.Page{}); err != nil || len(l.Items) != 0 {
			t.Errorf("kept %v %v", names(l), err)
		}
	})
}
