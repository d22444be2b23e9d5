package purser

import "time"

// The classes of what happened lately, over all applications.
const (
	RecentJoined     = "joined"     // a person was added to HR, came back, or is employed again
	RecentLeft       = "left"       // HR says that the employment ended, or lists the person no more
	RecentEmployment = "employment" // another change of the employment
	RecentAdded      = "account_added"
	RecentGone       = "account_gone"
	RecentReturned   = "account_returned"
	RecentStatus     = "account_status"
	RecentSeatGiven  = "seat_given"
	RecentSeatTaken  = "seat_taken"
)

// RecentClasses lists the classes, those of people first.
func RecentClasses() []string {
	return []string{RecentJoined, RecentLeft, RecentEmployment, RecentAdded, RecentGone, RecentReturned, RecentStatus, RecentSeatGiven, RecentSeatTaken}
}

// RecentChange is one thing that a reading found to be otherwise than the one before.
type RecentChange struct {
	ID              string    `json:"id"`
	At              time.Time `json:"at"` // when it was found, which may be later than it happened
	What            string    `json:"what" enum:"joined,left,employment,account_added,account_gone,account_returned,account_status,seat_given,seat_taken"`
	Before          string    `json:"before,omitempty"` // status or employment
	After           string    `json:"after,omitempty"`
	MissingSince    time.Time `json:"missing_since,omitzero"` // of what is gone: the first reading that missed it
	PersonID        string    `json:"person_id,omitempty"`
	PersonName      string    `json:"person_name,omitempty"`
	Department      string    `json:"department,omitempty"`
	AccountID       string    `json:"account_id,omitempty"`
	AccountName     string    `json:"account_name,omitempty"`
	Plan            string    `json:"plan,omitempty"` // of a seat
	PlanID          string    `json:"plan_id,omitempty"`
	InstanceID      string    `json:"instance_id"`
	InstanceName    string    `json:"instance_name"`
	ApplicationID   string    `json:"application_id,omitempty"`
	ApplicationName string    `json:"application_name,omitempty"`
	RunID           string    `json:"run_id,omitempty"` // the run that found it
}

// WithoutNames returns the change as those see it who may not know of whom it tells.
func (c RecentChange) WithoutNames() RecentChange {
	c.AccountName = "" // a seat without its account has the vendor's identifier here
	if c.AccountID != "" {
		c.AccountName = "Account " + number(c.AccountID)
	}
	if c.PersonID != "" {
		c.PersonName = "Person " + number(c.PersonID)
	}
	return c
}

// RecentDay is how much of each class was found on a day.
type RecentDay struct {
	Day    string           `json:"day"` // YYYY-MM-DD
	Counts map[string]int64 `json:"counts"`
	Total  int64            `json:"total"`
}
