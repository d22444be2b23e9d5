package purser

import "time"

// EventKind is one change of state that people are told about.
type EventKind string

// The kinds of events. They happen on a change of state only: a second failed
// sync is not an event.
const (
	EventInitialCompleted   EventKind = "initial_sync_completed"
	EventInitialFailed      EventKind = "initial_sync_failed"
	EventSyncFailed         EventKind = "sync_failed"    // after a success
	EventSyncRecovered      EventKind = "sync_recovered" // after a failure
	EventInstanceRevoked    EventKind = "instance_revoked"
	EventCredentialExpiring EventKind = "credential_expiring" // in 30, 7 or 1 days
	EventRemovalsHeld       EventKind = "removals_held"
	EventOwnerLeft          EventKind = "owner_left" // an instance's owner is no longer a user or an employee
	EventInstanceDeleted    EventKind = "instance_deleted"
	EventAddressChanged     EventKind = "address_changed" // vendors see another address than the one configured
	EventContractDue        EventKind = "contract_due"    // notice can be given for 90, 60, 30 or 7 days more
	EventReport             EventKind = "report"          // a saved view, to whoever wants it by mail; no webhook or chat gets one, and nobody chooses it
	EventFindingsWeekly     EventKind = "findings_weekly" // once a week to whoever owns something: what is open about it
	EventLeaverAssigned     EventKind = "leaver_assigned" // accounts of a leaver's checklist, to whom they were given; no webhook or chat gets it, and nobody chooses it
)

// EventKinds lists every kind once.
func EventKinds() []EventKind {
	return []EventKind{EventInitialCompleted, EventInitialFailed, EventSyncFailed, EventSyncRecovered, EventInstanceRevoked,
		EventCredentialExpiring, EventRemovalsHeld, EventOwnerLeft, EventInstanceDeleted, EventAddressChanged, EventContractDue, EventFindingsWeekly}
}

// Event is something that people are told: by e-mail, to a webhook, to a chat.
// It is noted in the transaction of the change that it tells of, holds no secret
// and names people by nothing but what the reader's role may see.
type Event struct {
	Kind         EventKind `json:"kind"`
	At           time.Time `json:"at"`
	InstanceID   string    `json:"instance_id,omitempty"`
	InstanceName string    `json:"instance_name,omitempty"`
	Connector    string    `json:"connector,omitempty"`
	RunID        string    `json:"run_id,omitempty"`
	Key          string    `json:"key"`              // two events of one key are one: nobody is told twice
	What         string    `json:"what"`             // one sentence: what happened, since when
	Why          string    `json:"why,omitempty"`    //
	Hint         string    `json:"hint,omitempty"`   // what to do
	Path         string    `json:"path"`             // the page, below the public address; shows on GET
	Counts       Counts    `json:"counts,omitzero"`  // of the run
	Fields       []string  `json:"fields,omitempty"` // further facts in words
	Report       string    `json:"report,omitempty"` // viw_… of the view whose rows go with the mail, as its reader may see them then
	To           []string  `json:"to,omitempty"`     // addresses that it goes to instead of the lists: whoever looks after what it is about
}
