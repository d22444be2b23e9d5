package purser

import "time"

// PrefixContract, PrefixDocument and the others begin the identifiers of contracts
// and what belongs to them.
const (
	PrefixContract       = "ctr_"
	PrefixDocument       = "doc_"
	PrefixContractFeed   = "cal_" // a calendar that others may subscribe to
	PrefixContractImport = "cim_"
)

// Contract is terms with a vendor, period after period.
type Contract struct {
	ID string `json:"id"` // ctr_…
	ContractFacts
	Applications []ContractApplication `json:"applications"`
	Owner        ContractOwner         `json:"owner,omitzero" required:"false"`
	Period       int                   `json:"period"`              // the newest one, from 1
	Terms        ContractTerms         `json:"terms"`               // of the newest period
	NoticeOn     string                `json:"notice_on,omitempty"` // last day for notice; "" if not known
	DueOn        string                `json:"due_on,omitempty"`    // the day that the list is ordered by
	Standing     ContractStanding      `json:"standing"`
	Decision     Decision              `json:"decision"`
	Worth        ContractWorth         `json:"worth"`
	// Hidden: prices were left out, as the reader's role may not see money.
	Hidden    bool      `json:"prices_hidden,omitempty"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by"`
}

// ContractFacts are what is said of a contract whatever the period.
type ContractFacts struct {
	Name        string            `json:"name"`
	Vendor      string            `json:"vendor"`
	CostCenters []CostShare       `json:"cost_centers,omitempty"`
	Contact     ContractContact   `json:"contact,omitzero" required:"false"`
	Custom      map[string]string `json:"custom,omitempty"`
	Note        string            `json:"note,omitempty"`
}

// ContractInput is a contract as somebody writes it down.
type ContractInput struct {
	ContractFacts
	Applications []string      `json:"applications,omitempty" doc:"app_<number>, or names; an application that nobody knows yet is noted as managed"`
	Owner        string        `json:"owner,omitempty" doc:"usr_…, per_… or an e-mail address"`
	Terms        ContractTerms `json:"terms"`
	Version      int64         `json:"version,omitempty" doc:"of a change: the version that was read"`
}

// ContractApplication is an application that a contract is about.
type ContractApplication struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ContractOwner looks after a contract: a user of Purser, or a person.
type ContractOwner struct {
	ID    string `json:"id"` // usr_… or per_…
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
}

// ContractContact is whom to ask at the vendor.
type ContractContact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// CostShare is the part of the cost that a cost center bears.
type CostShare struct {
	Center  string `json:"center"`
	Percent string `json:"percent" doc:"exact decimal; the shares of a contract add up to 100"`
}

// ContractTerms are what was agreed for one period.
type ContractTerms struct {
	Start         string         `json:"start,omitempty" doc:"first day, YYYY-MM-DD"`
	End           string         `json:"end,omitempty" doc:"last day; empty: it runs until somebody ends it"`
	TermMonths    int            `json:"term_months,omitempty" doc:"length; the end follows from it where it is not said"`
	Notice        Notice         `json:"notice,omitzero" required:"false"`
	AutoRenew     Tristate       `json:"auto_renew,omitempty"`
	TrueDown      string         `json:"true_down,omitempty" doc:"first day on which fewer may be paid for, before the end; empty: at the end alone"`
	RenewalMonths int            `json:"renewal_months,omitempty" doc:"length of the next period; 0: as this one"`
	Uplift        string         `json:"uplift,omitempty" doc:"percent by which prices rise at a renewal, exact decimal"`
	Payment       string         `json:"payment,omitempty" doc:"monthly, quarterly, half_yearly, yearly, once; empty: not known"`
	PONumber      string         `json:"po_number,omitempty"`
	Plans         []ContractPlan `json:"plans,omitempty"`
	Amendments    []Amendment    `json:"amendments,omitempty" doc:"in the order of their days"`
}

// ContractPlan is one line of what was bought.
type ContractPlan struct {
	Name     string `json:"name"`
	Per      string `json:"per,omitempty" doc:"user, unit or flat (one price whatever the quantity)"`
	Quantity *int64 `json:"quantity,omitempty" doc:"absent: not known"`
	Price    *Money `json:"price,omitempty" doc:"of one, for one billing period; absent: not known"`
	Billing  string `json:"billing,omitempty" doc:"monthly, quarterly, half_yearly, yearly, once (for the whole period); empty: not known"`
}

// Amendment is a dated change of the plans of a period.
type Amendment struct {
	On    string         `json:"on" doc:"first day on which it holds"`
	Plans []ContractPlan `json:"plans" doc:"all plans that hold from then on"`
	Value *Money         `json:"value,omitempty" doc:"what it is worth, as it says itself"`
	Note  string         `json:"note,omitempty"`
	By    string         `json:"by,omitempty"`
}

// ContractPeriod is one period with its terms.
type ContractPeriod struct {
	Period int           `json:"period"`
	Terms  ContractTerms `json:"terms"`
	Worth  ContractWorth `json:"worth"`
	MadeAt time.Time     `json:"made_at"`
	MadeBy string        `json:"made_by"`
}

// ContractStanding says where a contract stands on a day.
type ContractStanding string

// The standings, the most urgent first.
const (
	StandingOverdue ContractStanding = "overdue" // undecided, and the deadline is past
	StandingOver    ContractStanding = "over"    // its period is past, and no next one was noted
	StandingDue     ContractStanding = "due"     // undecided, the deadline is near
	StandingDecided ContractStanding = "decided"
	StandingRunning ContractStanding = "running"
	StandingEnded   ContractStanding = "ended" // canceled, and its period is past
)

// ContractStandings lists every standing once.
func ContractStandings() []ContractStanding {
	return []ContractStanding{StandingOverdue, StandingOver, StandingDue, StandingDecided, StandingRunning, StandingEnded}
}

// StandingsInForce are those of contracts that are not over.
func StandingsInForce() []ContractStanding {
	return []ContractStanding{StandingOverdue, StandingDue, StandingDecided, StandingRunning}
}

// DueDays is how many days before its deadline a contract counts as due.
const DueDays = 90

// Decision is what is to become of a contract at the end of its period.
type Decision string

// The decisions.
const (
	Undecided      Decision = "undecided"
	DecisionRenew  Decision = "renew"
	DecisionChange Decision = "change"
	DecisionCancel Decision = "cancel"
)

// Decisions lists every decision once.
func Decisions() []Decision {
	return []Decision{Undecided, DecisionRenew, DecisionChange, DecisionCancel}
}

// DueOn returns the day that a contract is ordered by: while it is undecided the
// notice deadline, or its end where that is not known; then its end. "" for none.
func (t ContractTerms) DueOn(d Decision) string {
	if on := t.Notice.Deadline(t.End); on != "" && d == Undecided {
		return on
	}
	return t.End
}

// StandingOn says where a contract with these terms stands on a day.
func (t ContractTerms) StandingOn(d Decision, today string) ContractStanding {
	due := t.DueOn(d)
	switch past := t.End != "" && t.End < today; {
	case past && d == DecisionCancel:
		return StandingEnded
	case past:
		return StandingOver
	case d != Undecided:
		return StandingDecided
	case due != "" && due < today:
		return StandingOverdue
	case due != "" && due <= AddDays(today, DueDays):
		return StandingDue
	}
	return StandingRunning
}

// ContractDecision is a decision with who made it, and why.
type ContractDecision struct {
	No       int64     `json:"no"`
	Period   int       `json:"period"`
	Decision Decision  `json:"decision"`
	Why      string    `json:"why"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Sheet    bool      `json:"sheet"` // a renewal sheet was frozen with it
}

// ContractChange is one kept change of a contract.
type ContractChange struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Field  string    `json:"field"`
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	Hidden bool      `json:"prices_hidden,omitempty"` // what it changed is about money
}

// ContractDocument is a file that belongs to a contract. Its content is sealed.
type ContractDocument struct {
	ID      string    `json:"id"` // doc_…
	Name    string    `json:"name"`
	Media   string    `json:"media"` // as its sender says
	Bytes   int64     `json:"bytes"`
	AddedAt time.Time `json:"added_at"`
	AddedBy string    `json:"added_by"`
}
