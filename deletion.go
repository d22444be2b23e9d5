package purser

import "time"

// DeletionScope says how much of an instance is deleted.
type DeletionScope string

// The scopes of a deletion: two separate things.
const (
	DeleteUsers    DeletionScope = "users"    // all that was read of its users; the instance stays and reads them again
	DeleteInstance DeletionScope = "instance" // the instance with all that was read through it
)

// DeletionConfirmation is the sentence that a person ticks before a deletion.
const DeletionConfirmation = "I understand that this action cannot be undone"

// DeletionCount is one thing that goes or stays, and how many of it there are.
type DeletionCount struct {
	What  string `json:"what"` // in words, plural: "accounts"
	Count int64  `json:"count"`
	Why   string `json:"why,omitempty"` // of what stays: why
}

// DeletionPlan says what a deletion would take and what would stay.
type DeletionPlan struct {
	Scope  DeletionScope   `json:"scope"`
	Goes   []DeletionCount `json:"goes"`
	Stays  []DeletionCount `json:"stays"`
	Total  int64           `json:"total"`  // of all that goes
	Revoke string          `json:"revoke"` // what happens to the credential at the vendor, in words
}

// Deletion is one deletion under way or done. It outlives its instance.
type Deletion struct {
	ID           string          `json:"id"` // del_…
	Scope        DeletionScope   `json:"scope"`
	InstanceID   string          `json:"instance_id"`
	InstanceName string          `json:"instance_name"`
	Connector    string          `json:"connector"`
	AskedBy      string          `json:"asked_by"`
	Phase        string          `json:"phase,omitempty"`      // what is done now, in words; "" once it is over
	Removed      int64           `json:"removed"`              // so far, of Total
	Total        int64           `json:"total"`                // counted at the beginning
	Gone         []DeletionCount `json:"gone"`                 // what went so far
	Stays        []DeletionCount `json:"stays"`                // as counted at the beginning
	Revocation   string          `json:"revocation,omitempty"` // how giving the credential back to the vendor went
	BegunAt      time.Time       `json:"begun_at"`
	EndedAt      time.Time       `json:"ended_at,omitzero"` // zero while it is under way
}

// Ended reports whether the deletion is over.
func (d Deletion) Ended() bool { return !d.EndedAt.IsZero() }
