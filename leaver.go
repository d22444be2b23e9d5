package purser

import "time"

// PrefixLeaver begins the identifier of a leaver's checklist.
const PrefixLeaver = "lvr_"

// The states of an item of a leaver's checklist. What a person says and what data
// shows are kept apart: done is said, the last three follow from data.
const (
	LeaverOpen       = "open"
	LeaverDone       = "done"        // said to be done; no later reading yet
	LeaverStillThere = "still_there" // said to be done, and a later reading still shows it open
	LeaverVerified   = "verified"    // data shows it gone, suspended or deactivated
	LeaverBack       = "back"        // it was verified, and lets somebody in again
)

// LeaverChecklist is what is to be closed of a person who leaves.
type LeaverChecklist struct {
	ID         string       `json:"id"` // lvr_…
	PersonID   string       `json:"person_id,omitempty"`
	PersonName string       `json:"person_name"`
	EndedOn    string       `json:"ended_on,omitempty"` // last day at work as HR says, YYYY-MM-DD
	StartedAt  time.Time    `json:"started_at"`
	StartedBy  string       `json:"started_by"`
	ClosedAt   time.Time    `json:"closed_at,omitzero"` // when data showed everything closed
	Total      int64        `json:"accounts"`
	Done       int64        `json:"done"` // said to be done, verified or not
	Verified   int64        `json:"verified"`
	Items      []LeaverItem `json:"items,omitempty"` // of one checklist; not in lists
}

// LeaverItem is one account of the checklist.
type LeaverItem struct {
	ID           string    `json:"id"` // lvi_<number>
	AccountID    string    `json:"account_id,omitempty"`
	Account      string    `json:"account"`
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	Status       string    `json:"status"` // of the account now
	Admin        Tristate  `json:"admin"`
	AdminURL     string    `json:"admin_url,omitempty"` // the vendor's page for it
	State        string    `json:"state" enum:"open,done,still_there,verified,back"`
	AssigneeID   string    `json:"assignee_id,omitempty"`
	Assignee     string    `json:"assignee,omitempty"`
	DoneAt       time.Time `json:"done_at,omitzero"`
	DoneBy       string    `json:"done_by,omitempty"`
	Note         string    `json:"note,omitempty"`
	VerifiedAt   time.Time `json:"verified_at,omitzero"`   // the reading that showed it
	VerifiedHow  string    `json:"verified_how,omitempty"` // gone, suspended, deactivated
	ReadAt       time.Time `json:"read_at,omitzero"`       // the last complete reading of its instance's accounts
}

// LeaverAccess is an account with which somebody who left could still get in.
type LeaverAccess struct {
	AccountID    string   `json:"account_id"`
	Account      string   `json:"account"`
	InstanceID   string   `json:"instance_id"`
	InstanceName string   `json:"instance_name"`
	PersonID     string   `json:"person_id"`
	PersonName   string   `json:"person_name"`
	EndedOn      string   `json:"ended_on,omitempty"`
	Department   string   `json:"department,omitempty"`
	Status       string   `json:"status"`
	Admin        Tristate `json:"admin"`
	// Local: no identity provider that is read gives the person this application, so
	// that closing the account there does not close this one.
	Local      bool      `json:"local_sign_in"`
	LastActive LastUse   `json:"last_active"`
	Checklist  string    `json:"checklist_id,omitempty"` // that is not closed yet
	FoundAt    time.Time `json:"found_at"`
}
