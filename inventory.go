package purser

import "time"

// Account is one user in one instance.
type Account struct {
	ID           string    `json:"id"` // acc_<number>
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	Connector    string    `json:"connector"`
	ExternalID   string    `json:"external_id"`
	Email        string    `json:"email,omitempty"`
	UserName     string    `json:"user_name,omitempty"`
	DisplayName  string    `json:"display_name,omitempty"`
	Kind         string    `json:"kind"`
	External     Tristate  `json:"external"` // its address is outside the organization's mail domains
	Status       string    `json:"status"`
	Admin        Tristate  `json:"admin"`
	MFA          Tristate  `json:"mfa"`
	Role         string    `json:"role,omitempty"`
	Aliases      []string  `json:"aliases,omitempty"`
	EmployeeID   string    `json:"employee_id,omitempty"`
	Department   string    `json:"department,omitempty"`
	Title        string    `json:"title,omitempty"`
	CreatedAt    time.Time `json:"created_at,omitzero"`
	LastActive   LastUse   `json:"last_active"`
	LastActiveBy string    `json:"last_active_by,omitempty"` // which source says so
	Use          Use       `json:"use,omitzero"`             // of the application; zero of accounts that are closed or gone
	WeakEvidence bool      `json:"weak_evidence,omitempty"`  // a sign-in through an identity provider: that it was opened, not that it was used
	Way          string    `json:"way,omitempty"`            // how an identity provider gives it the application asked for: direct, group, assigned, consent, sign_in
	PersonID     string    `json:"person_id,omitempty"`
	PersonName   string    `json:"person_name,omitempty"`
	MatchReason  string    `json:"match_reason,omitempty"` // why it is linked to that person
	MatchRule    string    `json:"match_rule,omitempty"`   // the rule by which it is
	Sure         Sureness  `json:"match_confidence,omitempty"`
	ByHand       bool      `json:"linked_by_hand,omitempty"`
	LinkedAt     time.Time `json:"linked_at,omitzero"`
	KindReason   string    `json:"kind_reason,omitempty"` // where the vendor does not say the kind
	KindByHand   bool      `json:"kind_by_hand,omitempty"`
	Plans        []string  `json:"plans,omitempty"`
	FirstSeenAt  time.Time `json:"first_seen_at"`
	RemovedAt    time.Time `json:"removed_at,omitzero"`
	AdminURL     string    `json:"admin_url,omitempty"` // the vendor's page for this account
	DataAsOf     time.Time `json:"data_as_of,omitzero"`
}

// Person is a human that the organization knows.
type Person struct {
	ID             string `json:"id"` // per_<number>
	InstanceID     string `json:"instance_id"`
	InstanceName   string `json:"instance_name"`
	ExternalID     string `json:"external_id"`
	EmployeeNumber string `json:"employee_number,omitempty"`
	Email          string `json:"email,omitempty"`
	DisplayName    string `json:"display_name,omitempty"`
	Employment     string `json:"employment"`
	Reported       string `json:"reported_employment,omitempty"` // what the source says, where it is no HR source and so may not end it
	Type           string `json:"type,omitempty"`
	Department     string `json:"department,omitempty"`
	Division       string `json:"division,omitempty"`
	Location       string `json:"location,omitempty"`
	CostCenter     string `json:"cost_center,omitempty"`
	Title          string `json:"title,omitempty"`
	Manager        string `json:"manager,omitempty"` // as the source says it
	ManagerID      string `json:"manager_id,omitempty"`
	ManagerName    string `json:"manager_name,omitempty"`
	StartedOn      string `json:"started_on,omitempty"` // YYYY-MM-DD
	EndedOn        string `json:"ended_on,omitempty"`
	Accounts       int64  `json:"accounts"` // live accounts linked to the person
	// Holds is what the person holds, in lists; absent where accounts may not be read.
	Holds       *PersonHolds `json:"holds,omitempty"`
	Disputed    []string     `json:"disputed,omitempty"` // fields of which sources say different things
	FirstSeenAt time.Time    `json:"first_seen_at"`
	RemovedAt   time.Time    `json:"removed_at,omitzero"`
	DataAsOf    time.Time    `json:"data_as_of,omitzero"`
}

// Application is a SaaS product that the organization uses or pays for.
type Application struct {
	ID         string    `json:"id"` // app_<number>
	Name       string    `json:"name"`
	Connector  string    `json:"connector,omitempty"` // of its direct instances
	Category   string    `json:"category,omitempty"`
	Status     string    `json:"status"` // new in_review managed accepted ignored closing closed
	OwnerID    string    `json:"owner_id,omitempty"`
	OwnerName  string    `json:"owner_name,omitempty"`
	Note       string    `json:"note,omitempty"`
	Source     string    `json:"source"` // "direct", "integrated via Okta (Acme)" or "via Okta (Acme)", which nobody manages
	Feed       Feed      `json:"feed"`
	InstanceID string    `json:"instance_id,omitempty"`
	Instances  int64     `json:"instances"`
	Accounts   int64     `json:"accounts"`
	People     int64     `json:"people"`
	Active     int64     `json:"active"` // used within the threshold
	Inactive   int64     `json:"inactive"`
	Never      int64     `json:"never"`
	Unknown    int64     `json:"unknown"`
	NeedsSetup bool      `json:"needs_setup"` // managed without a connection
	DataAsOf   time.Time `json:"data_as_of,omitzero"`
	FirstSeen  time.Time `json:"first_seen_at"`
	// What contracts say of it, and what somebody should look at; nil for those who may not see it.
	Agreed   *Agreed       `json:"agreed,omitempty"`
	Findings *OpenFindings `json:"findings,omitempty"`
}

// Activity is the use of an application by an account on one day.
type Activity struct {
	AccountID   string    `json:"account_id,omitempty"`
	AccountName string    `json:"account_name,omitempty"`
	Application string    `json:"application,omitempty"`
	Day         string    `json:"day"` // YYYY-MM-DD, UTC
	Count       int64     `json:"count"`
	First       time.Time `json:"first"`
	Last        time.Time `json:"last"`
}

// Plan is what was bought, or what the vendor calls a license.
type Plan struct {
	ID           string    `json:"id"`
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	ExternalID   string    `json:"external_id"`
	Name         string    `json:"name"`
	Bought       *int64    `json:"bought"` // nil: the vendor does not say
	Assigned     int64     `json:"assigned"`
	Used         *int64    `json:"used"`
	Price        *Money    `json:"price"`
	RenewsAt     time.Time `json:"renews_at,omitzero"`
	DataAsOf     time.Time `json:"data_as_of,omitzero"`

	ApplicationID string `json:"application_id,omitempty"`
	ContractID    string `json:"contract_id,omitempty"` // that is in force for its application
	ContractName  string `json:"contract_name,omitempty"`
	EndsOn        string `json:"ends_on,omitempty"`       // last day of the term: as entered, else of the contract
	RealizableOn  string `json:"realizable_on,omitempty"` // the first day on which something of it can be saved
	Realizable    string `json:"realizable"`              // the same in words
}

// Transaction is one line of spend.
type Transaction struct {
	ID           string    `json:"id"`
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	ExternalID   string    `json:"external_id"`
	Type         string    `json:"type"`
	Status       string    `json:"status"`
	Date         string    `json:"date"`
	DueOn        string    `json:"due_on,omitempty"`
	Payee        string    `json:"payee,omitempty"`
	Document     string    `json:"document,omitempty"`
	Description  string    `json:"description,omitempty"`
	Amount       Money     `json:"amount"`
	CostCenter   string    `json:"cost_center,omitempty"`
	InstanceGone bool      `json:"instance_gone,omitempty"` // it was deleted, and its lines of spend stay
	FirstSeenAt  time.Time `json:"first_seen_at,omitzero"`
	RemovedAt    time.Time `json:"removed_at,omitzero"` // the vendor does not list it any more; only such a line is asked for by its identifier
	DataAsOf     time.Time `json:"data_as_of,omitzero"`
}

// Group of an instance with its live members.
type Group struct {
	ID          string `json:"id"`
	ExternalID  string `json:"external_id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type,omitempty"`
	Members     int64  `json:"members"`
}

// Change is one kept change of a record.
type Change struct {
	At     time.Time `json:"at"`
	Field  string    `json:"field"` // "" for the row itself: added, removed, returned
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	RunID  string    `json:"run_id,omitempty"`
}

// Page asks for a part of a list. After is the opaque cursor of the page before.
type Page struct {
	After string
	Limit int // 0 means 50; at most 200 on screens, 1,000 in the API
	Sort  string
	Desc  bool
}

// List is a part of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // cursor of the next page, "" at the end
	Total int64  `json:"total"`          // exact up to 10,000
	More  bool   `json:"more"`           // there are more than Total says
	// Notes is what must be said of the list, in sentences: what is not known.
	Notes []string `json:"notes,omitempty"`
}
