package purser

import "time"

// Standing is how an instance stands: three facts, one sentence, one button.
// Every page, the API, the command line and the home page take it from one place.
type Standing struct {
	Status    Status    `json:"status"`
	Health    Health    `json:"health"`
	Freshness Freshness `json:"freshness"` // the worst of the enabled tasks
	DataAsOf  time.Time `json:"data_as_of,omitzero"`
	Since     time.Time `json:"since,omitzero"`   // since when that is so, where it is known
	Sentence  string    `json:"sentence"`         // what is so, since when, and what to do
	Button    string    `json:"button,omitempty"` // "" where nothing is to do
	Action    string    `json:"action,omitempty"` // set_up, repair, check, activate, sync, load, permissions, holds, deletion
	Tone      string    `json:"tone"`             // live, inactive, revoked, failing, stale, unknown
	URL       string    `json:"url"`              // of the page where the button stands
	// Care is what somebody has to see to beside that: a credential that ends
	// soon or whose person has left, an owner who is gone.
	Care []Care `json:"care,omitempty"`
}

// Care is one sentence about an instance that will not go on by itself, with one button.
type Care struct {
	Sentence string `json:"sentence"`
	Button   string `json:"button"`
	URL      string `json:"url"`
	Tone     string `json:"tone"` // failing, stale
}

// Urgent reports whether a person should look at the instance: it is revoked,
// refused, failing or stale, something is held, or a permission is missing.
// What a person has paused, and what is not connected yet, is not.
func (s Standing) Urgent() bool {
	switch s.Tone {
	case "revoked", "failing":
		return true
	case "stale":
		return s.Action == "holds" || s.Freshness == Stale
	}
	return false
}

// Rank sorts instances by how urgent they are, 0 first.
func (s Standing) Rank() int {
	switch {
	case s.Tone == "revoked":
		return 0
	case s.Tone == "failing":
		return 1
	case s.Tone == "stale" && s.Urgent():
		return 2
	case s.Tone == "stale":
		return 3
	case s.Tone == "unknown":
		return 4
	case s.Tone == "inactive":
		return 5
	case len(s.Care) > 0:
		return 6
	}
	return 7
}

// Placed is an instance with how it stands.
type Placed struct {
	Instance
	Standing Standing       `json:"standing"`
	Tasks    []InstanceTask `json:"-"`
}
