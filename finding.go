package purser

import "time"

// FindingKind is one kind of thing that somebody should look at.
type FindingKind string

// The closed list of kinds of findings.
const (
	FindingLeaverAccess   FindingKind = "leaver_access"
	FindingUsedAfter      FindingKind = "used_after_leaving"
	FindingUsedAway       FindingKind = "used_while_away"
	FindingUsedNotInHR    FindingKind = "used_not_in_hr"
	FindingUnknownAccount FindingKind = "unknown_account"
	FindingUndeprovision  FindingKind = "undeprovisioned_seat"
	FindingUnusedSeat     FindingKind = "unused_seat"
	FindingDuplicateSeat  FindingKind = "duplicate_seat"
	FindingDowngradeSeat  FindingKind = "downgrade_seat"
	FindingOverlapSeat    FindingKind = "overlap_seat" // its person uses another application of the category that more people use
	FindingOverbought     FindingKind = "overbought_plan"
	FindingNewApplication FindingKind = "new_application"
	FindingOwnerLeft      FindingKind = "owner_left"
	FindingRenewalDue     FindingKind = "renewal_due"
)

// FindingKinds lists every kind, the most pressing first.
func FindingKinds() []FindingKind {
	return []FindingKind{FindingUsedAfter, FindingLeaverAccess, FindingUsedNotInHR, FindingUsedAway, FindingUnknownAccount, FindingRenewalDue, FindingUndeprovision,
		FindingUnusedSeat, FindingDuplicateSeat, FindingOverbought, FindingDowngradeSeat, FindingOverlapSeat, FindingNewApplication, FindingOwnerLeft}
}

// The states of a finding. Verified is said by later data alone.
const (
	FindingOpen     = "open"
	FindingSnoozed  = "snoozed"
	FindingAccepted = "accepted"
	FindingDone     = "done"
	FindingVerified = "verified"
)

// FindingStates lists the states.
func FindingStates() []string {
	return []string{FindingOpen, FindingSnoozed, FindingAccepted, FindingDone, FindingVerified}
}

// Finding is something that a person should look at, with its evidence.
type Finding struct {
	ID              string      `json:"id"` // fnd_<number>
	Kind            FindingKind `json:"kind"`
	Sentence        string      `json:"sentence"`
	Evidence        []Evidence  `json:"evidence"` // rows that it follows from
	ApplicationID   string      `json:"application_id,omitempty"`
	ApplicationName string      `json:"application_name,omitempty"`
	InstanceID      string      `json:"instance_id,omitempty"`
	InstanceName    string      `json:"instance_name,omitempty"`
	AccountID       string      `json:"account_id,omitempty"`
	PersonID        string      `json:"person_id,omitempty"`
	PlanID          string      `json:"plan_id,omitempty"`
	ExternalID      string      `json:"external_id,omitempty"`
	// Value is what it costs for the period of its contract, or for a billing period where
	// there is none, Annual for a year; nil where
	// nobody knows the price or its period, or for whom money is hidden.
	Value        *Money    `json:"value"`
	Annual       *Money    `json:"annual"`
	Unvalued     string    `json:"no_value_because,omitempty"`
	RealizableOn string    `json:"realizable_on,omitempty"` // YYYY-MM-DD; "" unknown
	Realizable   string    `json:"realizable"`              // the same in words
	Owner        string    `json:"owner,omitempty"`
	FoundAt      time.Time `json:"found_at"`
	State        string    `json:"state"`
	Until        string    `json:"until,omitempty"` // of a snoozed one, YYYY-MM-DD
	Reason       string    `json:"reason,omitempty"`
	DecidedBy    string    `json:"decided_by,omitempty"`
	DecidedAt    time.Time `json:"decided_at,omitzero"`
	GoneAt       time.Time `json:"gone_at,omitzero"`
	Realized     bool      `json:"realized"` // the vendor's list does not have it any more
}

// Evidence is a row that a finding follows from.
type Evidence struct {
	Label string `json:"label"`
	URL   string `json:"url"` // its page
}
