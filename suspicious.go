package purser

import "time"

// The three views of suspicious use.
const (
	SuspiciousNow        = "now"        // of the last thirty days, and nobody has recognized it
	SuspiciousRecognized = "recognized" // an admin has said why, and until when, it is as it should be
	SuspiciousHistory    = "history"    // later data shows that it is no longer so
)

// SuspiciousViews lists the views.
func SuspiciousViews() []string {
	return []string{SuspiciousNow, SuspiciousRecognized, SuspiciousHistory}
}

// SuspiciousKinds are the kinds of findings that are about suspicious use.
func SuspiciousKinds() []FindingKind {
	return []FindingKind{FindingUsedAfter, FindingUsedNotInHR, FindingUsedAway}
}

// SuspiciousUse is an account that is used although HR says that its person is not at
// work, or knows no such person.
type SuspiciousUse struct {
	ID              string      `json:"id"` // fnd_<number> of the finding
	Kind            FindingKind `json:"kind" enum:"used_after_leaving,used_not_in_hr,used_while_away"`
	AccountID       string      `json:"account_id,omitempty"`
	AccountName     string      `json:"account_name"`
	InstanceID      string      `json:"instance_id"`
	InstanceName    string      `json:"instance_name"`
	ApplicationID   string      `json:"application_id,omitempty"`
	ApplicationName string      `json:"application_name,omitempty"`
	PersonID        string      `json:"person_id,omitempty"`
	PersonName      string      `json:"person_name,omitempty"`
	Employment      string      `json:"employment,omitempty"` // as HR says; "" it knows nobody
	EndedOn         string      `json:"ended_on,omitempty"`   // YYYY-MM-DD
	LastActive      LastUse     `json:"last_active"`
	Days            int64       `json:"days"` // of the last thirty, of which a source tells dated use
	FoundAt         time.Time   `json:"found_at"`
	GoneAt          time.Time   `json:"gone_at,omitzero"` // since when it is no longer so
	State           string      `json:"state"`
	Reason          string      `json:"reason,omitempty"` // why it was recognized
	Until           string      `json:"until,omitempty"`  // the day on which it comes back
	DecidedBy       string      `json:"decided_by,omitempty"`
	DecidedAt       time.Time   `json:"decided_at,omitzero"`
}

// WithoutNames returns the use as those see it who may not know whose it is.
func (s SuspiciousUse) WithoutNames() SuspiciousUse {
	s.AccountName = "Account " + number(s.AccountID)
	if s.PersonID != "" {
		s.PersonName = "Person " + number(s.PersonID)
	}
	return s
}
