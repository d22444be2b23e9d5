package purser

import "time"

// Topic is what an entry of a timeline is about.
type Topic string

// The closed list of topics.
const (
	TopicAccount     Topic = "account"     // an account came, went, or came back
	TopicStatus      Topic = "status"      // of an account
	TopicDetail      Topic = "detail"      // names, addresses, roles
	TopicGroup       Topic = "group"       // into a group or out of it
	TopicSeat        Topic = "seat"        // of a license plan
	TopicApplication Topic = "application" // given by an identity provider
	TopicEmployment  Topic = "employment"
	TopicManager     Topic = "manager"
	TopicDepartment  Topic = "department" // department, division, location, cost center
)

// Topics returns every topic, in the order in which filters show them.
func Topics() []Topic {
	return []Topic{TopicAccount, TopicStatus, TopicGroup, TopicSeat, TopicApplication, TopicEmployment, TopicManager, TopicDepartment, TopicDetail}
}

// What happened, in an entry of a timeline.
const (
	WasKnown   = "known"    // it was there when its list was first read: since when is not known
	WasAdded   = "added"    // a later reading found it for the first time
	WasChanged = "changed"  // of a field
	WasRemoved = "removed"  // missing since then, and confirmed
	WasBack    = "returned" // it was removed and is there again
)

// TimelineEntry is one dated thing that happened to an account or a person.
type TimelineEntry struct {
	At     time.Time `json:"at"`
	Topic  Topic     `json:"topic"`
	What   string    `json:"what"` // known, added, changed, removed, returned
	Field  string    `json:"field,omitempty"`
	Before string    `json:"before,omitempty"` // "" if it was not known
	After  string    `json:"after,omitempty"`
	Name   string    `json:"name,omitempty"` // of the group, plan or application
	// Whose it is: "" for what happened to the person.
	AccountID    string `json:"account_id,omitempty"`
	AccountName  string `json:"account_name,omitempty"`
	InstanceID   string `json:"instance_id,omitempty"`
	InstanceName string `json:"instance_name,omitempty"`
	RunID        string `json:"run_id,omitempty"`
}
