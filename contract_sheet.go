package purser

import (
	"fmt"
	"strings"
	"time"
)

// RenewalSheet is what is known of a contract when it has to be decided: what it
// costs, who uses what it pays for, and which quantity that asks for. Unknown use
// counts as needed: it is never a saving.
type RenewalSheet struct {
	MadeAt       time.Time          `json:"made_at"`
	Today        string             `json:"today"`
	Contract     Contract           `json:"contract"`
	Applications []SheetApplication `json:"applications"`
	Plans        []SheetPlan        `json:"plans"`
	// Savings is what the recommended quantities save in twelve months, by currency;
	// nothing of it before SavingsFrom.
	Savings     []Money `json:"savings,omitempty"`
	SavingsFrom string  `json:"savings_from,omitempty"`
	Hidden      bool    `json:"prices_hidden,omitempty"`
}

// SheetApplication is the use of an application as the sheet was made.
type SheetApplication struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Days     int       `json:"threshold_days"` // use since so many days ago counts
	Known    bool      `json:"known"`          // a source tells of its accounts
	Accounts int64     `json:"accounts"`
	People   int64     `json:"people"`
	Active   int64     `json:"active"`
	Inactive int64     `json:"inactive"`
	Never    int64     `json:"never"`
	Unknown  int64     `json:"unknown"`
	Before   *int64    `json:"accounts_90_days_ago,omitempty"` // absent: nobody read it then
	BeforeOn string    `json:"before_on,omitempty"`            // the day at whose end that was, UTC
	AsOf     time.Time `json:"data_as_of,omitzero"`
	Overlap  []string  `json:"overlap,omitempty"` // others of its category that people use
	// OverlapIDs are their identifiers; absent on sheets of before they were kept.
	OverlapIDs []string `json:"overlap_ids,omitempty"`
	Category   string   `json:"category,omitempty"`
}

// Closed is how many of the accounts let nobody in any more: they are in no class of use.
func (a SheetApplication) Closed() int64 {
	return a.Accounts - a.Active - a.Inactive - a.Never - a.Unknown
}

// SheetPlan is a plan with its seats and the quantity that they ask for.
type SheetPlan struct {
	Plan     ContractPlan `json:"plan"`
	Assigned *int64       `json:"assigned,omitempty"` // seats, or accounts, that are given to somebody; absent: not known
	Active   int64        `json:"active"`
	Unused   int64        `json:"unused"` // inactive and never used
	Unknown  int64        `json:"unknown"`
	// What can be given up of what is assigned: findings that nobody accepted, and what
	// closed accounts hold.
	Left        int64  `json:"of_people_who_left"`
	Second      int64  `json:"second_seats"`
	Idle        int64  `json:"unused_for_the_threshold"`
	Closed      int64  `json:"of_closed_accounts"`
	Spared      int64  `json:"unused_and_kept"`       // held for less than the threshold, accepted, or left out of findings
	Anyway      int64  `json:"paid_anyway,omitempty"` // so many are paid for in any case: the minimum, or what is included
	Recommended *int64 `json:"recommended,omitempty"` // absent: it cannot be said
	Reason      string `json:"reason"`
	Saving      *Money `json:"saving,omitempty"` // in twelve months
	// URL opens the seats or accounts that were counted; absent where no one list has them.
	URL string `json:"url,omitempty"`
	// FoundURL opens the findings, or accounts, that are counted as what can be given up.
	FoundURL string `json:"found_url,omitempty"`
}

// GiveUp is how many of what is assigned can be given up.
func (p SheetPlan) GiveUp() int64 { return p.Left + p.Second + p.Idle + p.Closed }

// Recommend fills in which quantity the seats ask for, and why: what is assigned, less
// what can be given up, and no less than is paid for anyway. source says from where they
// are known, or why not.
func (p *SheetPlan) Recommend(source string) {
	if p.Plan.Per == "flat" {
		p.Reason = "Its price does not depend on a quantity."
		return
	}
	if p.Assigned == nil && source != "" {
		p.Reason = source
		return
	}
	if p.Assigned == nil {
		p.Reason = "No source tells which seats are used: the quantity cannot be judged, and nothing is counted as a saving."
		return
	}
	n := max(*p.Assigned-p.GiveUp(), p.Anyway)
	p.Recommended = &n
	if source += p.giveUpWords(); n == p.Anyway && n > *p.Assigned-p.GiveUp() {
		source += " " + Counted(n, "is", "are") + " paid for in any case."
	}
	p.Reason = source
	if q := p.Plan.Quantity; q != nil && *q < n {
		p.Reason = strings.TrimSpace(fmt.Sprintf("%s That is %d more than the %d that are contracted: as long as all of them are needed the quantity has to grow, or be paid for afterwards.", source, n-*q, *q))
	}
	if p.Plan.Quantity == nil || p.Plan.Price == nil || *p.Plan.Quantity <= n {
		return
	}
	spare := p.Plan
	rest := *p.Plan.Quantity - n
	spare.Quantity = &rest
	if w := (ContractTerms{Plans: []ContractPlan{spare}}).Worth(""); len(w.Yearly) == 1 {
		p.Saving = &w.Yearly[0]
	}
}

// giveUpWords say what can be given up, and what of the rest is kept although it is not
// seen to be used.
func (p SheetPlan) giveUpWords() string {
	var parts []string
	for _, x := range []struct {
		n    int64
		what string
	}{{p.Left, "of people who left"}, {p.Second, "held beside another one"}, {p.Idle, "unused for the threshold"}, {p.Closed, "of closed accounts"}} {
		if x.n > 0 {
			parts = append(parts, Grouped(x.n)+" "+x.what)
		}
	}
	text := " None can be given up."
	if len(parts) > 0 {
		text = " " + Grouped(p.GiveUp()) + " can be given up: " + strings.Join(parts, ", ") + "."
	}
	if p.Spared > 0 {
		text += " Kept although not used: " + Grouped(p.Spared) + ", held for less than the threshold, accepted, or left out of findings."
	}
	if p.Unknown > 0 {
		text += " Of " + Grouped(p.Unknown) + " nobody knows whether they are used, which alone is no reason to give them up."
	}
	return text
}

// WithoutPrices returns the sheet for those who may not see money.
func (s RenewalSheet) WithoutPrices() RenewalSheet {
	s.Hidden, s.Savings = true, nil
	plans := s.Plans
	s.Plans = make([]SheetPlan, len(plans))
	for i, p := range plans {
		p.Plan.Price, p.Saving = nil, nil
		s.Plans[i] = p
	}
	return s
}
