package purser

import "time"

// Feed says whose accounts of an application count.
type Feed string

// The feeds.
const (
	FeedNone    Feed = "none"    // nothing tells who has it
	FeedDirect  Feed = "direct"  // its own instances
	FeedSSO     Feed = "sso"     // identity providers: it is managed, and has no complete list of its own
	FeedSeen    Feed = "seen"    // identity providers list it, and nobody manages it yet
	FeedStopped Feed = "stopped" // it was managed through an identity provider: what was read is history
)

// IntegratedApplication is an application that an instance of an identity
// provider serves, and what it was recognized as.
type IntegratedApplication struct {
	ID              string   `json:"id"` // iap_<number>
	InstanceID      string   `json:"instance_id"`
	ExternalID      string   `json:"external_id"`
	Name            string   `json:"name"`                // as the provider calls it
	State           string   `json:"state"`               // active, inactive, deleted, unknown: at the provider
	SignOn          string   `json:"sign_on,omitempty"`   // how it signs people in, in the provider's words
	ApplicationID   string   `json:"application_id"`      // what it is taken for
	ApplicationName string   `json:"application"`         //
	Status          string   `json:"status"`              // of that application
	Managed         bool     `json:"managed"`             //
	Feed            Feed     `json:"feed"`                // of that application
	Library         string   `json:"library,omitempty"`   // its name there
	Connector       string   `json:"connector,omitempty"` // that would read it directly
	Confidence      int64    `json:"confidence"`          // percent; 0: nobody knows what it is
	Why             string   `json:"why"`                 // of the match, in words
	Manual          bool     `json:"manual"`              // a person said so
	Assigned        *int64   `json:"assigned"`            // accounts that can reach it; null: the provider does not say
	SignedIn        *int64   `json:"signed_in"`           // accounts that signed in to it in the last 30 days
	SignIns         *int64   `json:"sign_ins"`            // how often
	Also            []string `json:"also,omitempty"`      // other names under which this provider serves the same application
}

// FeedState is where the accounts of an application come from, and what follows.
type FeedState struct {
	ApplicationID string       `json:"application_id"`
	Feed          Feed         `json:"feed"`
	Label         string       `json:"label"`            // "integrated via Okta (Acme)"
	Cannot        []string     `json:"cannot,omitempty"` // what this source cannot know
	Direct        string       `json:"direct,omitempty"` // the connector that could read it directly
	RosterAt      time.Time    `json:"roster_at,omitzero"`
	SwitchAt      time.Time    `json:"switch_at,omitzero"` // when its own instances replace, or replaced, the identity providers
	ParallelDays  int64        `json:"parallel_days"`
	Undone        bool         `json:"undone"` // a person went back to the identity providers
	Sources       []FeedSource `json:"sources"`
	Steps         []FeedStep   `json:"steps"` // what was decided, the latest first
	Version       int64        `json:"version"`
}

// FeedSource is one instance that tells of an application.
type FeedSource struct {
	InstanceID string    `json:"instance_id"`
	Name       string    `json:"name"`
	Connector  string    `json:"connector"`
	Status     string    `json:"status"`
	Direct     bool      `json:"direct"`
	Counts     bool      `json:"counts"` // its accounts are those of the application now
	Accounts   int64     `json:"accounts"`
	People     int64     `json:"people"`
	SignIns    *int64    `json:"sign_ins"` // through it, in the last 30 days; null: it does not say
	Since      time.Time `json:"since,omitzero"`
}

// FeedStep is one thing that was decided about an application.
type FeedStep struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	What   string    `json:"what"` // status, owner, note, match, feed
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// Difference is an account that two feeds of an application tell differently.
type Difference struct {
	What         string  `json:"what"` // only_sso, only_direct, status, last_use
	Name         string  `json:"name"` // of the person, or the address
	PersonID     string  `json:"person_id,omitempty"`
	SSOAccount   string  `json:"sso_account,omitempty"`    // acc_<number>, at the identity provider
	Direct       string  `json:"direct_account,omitempty"` // acc_<number>
	SSOStatus    string  `json:"sso_status,omitempty"`
	DirectStatus string  `json:"direct_status,omitempty"`
	SSOUse       LastUse `json:"sso_last_use"`
	DirectUse    LastUse `json:"direct_last_use"`
}
