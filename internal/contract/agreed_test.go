package contract_test

import (
	"net/url"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/table"
)

// A contract about two applications is in the sum of neither, one that is over in none at
// all, and each address opens the contracts that were counted.
func TestWhatIsAgreedOfAnApplicationIsWhatItsContractsSay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(chat("Later", "2027-12-31"))
		h.create(chat("Next", "2027-01-31"))
		h.create(chat("Over", "2026-10-31"))
		both := chat("Both", "2028-12-31")
		both.Applications = []string{"Chat", "Calls"}
		h.create(both)
		unknown := chat("Unknown", "")
		unknown.Applications, unknown.Terms.Plans[0].Price = []string{"Mail"}, nil
		c := h.create(unknown)
		list, err := h.List(h.ctx, contract.Filter{Query: "Both"}, purser.Page{})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%v %v", names(list), err)
		}
		calls, chat, mail := list.Items[0].Applications[0].ID, list.Items[0].Applications[1].ID, c.Applications[0].ID
		got, err := h.Agreed(h.ctx, []string{chat, calls, mail, "app_99"})
		if err != nil {
			t.Fatal(err)
		}
		a := got[chat]
		if a.Contracts != 3 || a.Over != 1 || purser.SumsText(a.Yearly) != "12,000.00 EUR" || purser.SumsText(a.Shared) != "6,000.00 EUR" || a.Unknown != 0 || a.Hidden {
			t.Errorf("chat: %+v", a)
		}
		if n := a.Next; n == nil || n.ContractName != "Next" || n.On != "2027-01-01" || !n.Notice || n.Standing != purser.StandingDue {
			t.Errorf("what of chat is next: %+v", n)
		}
		if a := got[calls]; a.Contracts != 1 || a.Yearly != nil || purser.SumsText(a.Shared) != "6,000.00 EUR" || a.Next == nil || a.Next.ContractName != "Both" {
			t.Errorf("calls: %+v", a)
		}
		if a := got[mail]; a.Contracts != 1 || a.Yearly != nil || a.Unknown != 1 || a.Next != nil {
			t.Errorf("mail: %+v", a)
		}
		if a := got["app_99"]; a.Contracts+a.Over != 0 || a.Next != nil {
			t.Errorf("one that nobody knows: %+v", a)
		}
		for id, a := range got {
			if id == "app_99" {
				continue
			}
			for address, want := range map[string]int64{a.URL: a.Contracts, a.OverURL: a.Over} {
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				if l, err := h.List(h.ctx, table.ContractFilter(u.Query()), purser.Page{}); err != nil || int64(len(l.Items)) != want {
					t.Errorf("%s opens %v, not %d: %v", address, names(l), want, err)
				}
			}
		}
		got, err = h.Agreed(h.as("Op", purser.RoleOperator), []string{chat, mail})
		if a := got[chat]; err != nil || !a.Hidden || a.Yearly != nil || a.Shared != nil || a.Next == nil || got[mail].Unknown != 0 {
			t.Errorf("for who may not see prices: %+v %v", got, err)
		}
	})
}
