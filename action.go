package purser

import "time"

// Switch turns a connector's actions on for an instance. Both are off until an
// admin turns them on.
type Switch string

// The switches.
const (
	SwitchReclamation  Switch = "reclamation"  // takes access, seats or accounts away, and gives them back
	SwitchProvisioning Switch = "provisioning" // gives access
)

// Switches lists both.
func Switches() []Switch { return []Switch{SwitchReclamation, SwitchProvisioning} }

// Title returns the switch's name for people.
func (s Switch) Title() string {
	switch s {
	case SwitchReclamation:
		return "Reclamation"
	case SwitchProvisioning:
		return "Provisioning"
	}
	return string(s)
}

// Approval says when a second person has to approve an action before it runs.
type Approval string

// The rules of approval. Of an instance, "" means: as the organization says.
const (
	ApprovalNever        Approval = "never"
	ApprovalIrreversible Approval = "irreversible" // of what cannot be undone
	ApprovalAlways       Approval = "always"
)

// Approvals lists the rules, the loosest first.
func Approvals() []Approval { return []Approval{ApprovalNever, ApprovalIrreversible, ApprovalAlways} }

// ActionState is where a planned action stands.
type ActionState string

// The states of an action.
const (
	ActionPlanned  ActionState = "planned"  // nothing was sent; its dry run can be looked at
	ActionApproved ActionState = "approved" // by a second person; nothing was sent
	ActionRunning  ActionState = "running"  // requests are sent, or wait to be
	ActionDone     ActionState = "done"     // every target has ended, well or not
	ActionCanceled ActionState = "canceled" // by a person, before it ran
)

// ActionStates lists every state.
func ActionStates() []ActionState {
	return []ActionState{ActionPlanned, ActionApproved, ActionRunning, ActionDone, ActionCanceled}
}

// ItemState is where one target of an action stands.
type ItemState string

// The states of a target.
const (
	ItemPlanned  ItemState = "planned"
	ItemRunning  ItemState = "running"  // a request is on its way, or was when the server stopped
	ItemSent     ItemState = "sent"     // the vendor said yes; the next reading has to show it
	ItemVerified ItemState = "verified" // a later reading shows it
	ItemUnsure   ItemState = "unsure"   // a request may have arrived; it is not sent again, the next reading tells
	ItemSkipped  ItemState = "skipped"  // there was nothing to do, or it must not be touched
	ItemFailed   ItemState = "failed"
	ItemCanceled ItemState = "canceled"
)

// ItemStates lists every state.
func ItemStates() []ItemState {
	return []ItemState{ItemPlanned, ItemRunning, ItemSent, ItemVerified, ItemUnsure, ItemSkipped, ItemFailed, ItemCanceled}
}

// Action is one change at a vendor for one or many targets: planned, looked at,
// approved where asked, carried out and read back.
type Action struct {
	ID            string            `json:"id"` // act_…
	InstanceID    string            `json:"instance_id"`
	InstanceName  string            `json:"instance_name"`
	Connector     string            `json:"connector"`
	Name          string            `json:"action"` // as the manifest calls it: suspend
	Target        Kind              `json:"target"`
	Switch        Switch            `json:"switch"`
	DataEffect    string            `json:"data_effect"` // what happens to the person's data at the vendor
	Irreversible  bool              `json:"irreversible"`
	Undo          string            `json:"undo,omitempty"`       // the action that undoes it
	ReadsBack     string            `json:"reads_back,omitempty"` // what the next reading has to show, in words
	Scopes        []string          `json:"scopes"`               // that it needs at the vendor
	Given         map[string]string `json:"given,omitempty"`      // what the person chose: plan, group, to …
	State         ActionState       `json:"state"`
	NeedsApproval bool              `json:"needs_approval"`
	PlannedBy     string            `json:"planned_by"`
	PlannedAt     time.Time         `json:"planned_at"`
	ApprovedBy    string            `json:"approved_by,omitempty"`
	ApprovedAt    time.Time         `json:"approved_at,omitzero"`
	StartedBy     string            `json:"started_by,omitempty"`
	StartedAt     time.Time         `json:"started_at,omitzero"`
	EndedAt       time.Time         `json:"ended_at,omitzero"`
	UndoOf        string            `json:"undo_of,omitempty"` // act_… that it undoes
	WaitUntil     time.Time         `json:"wait_until,omitzero"`
	WaitReason    string            `json:"wait_reason,omitempty"`
	Counts        ActionCounts      `json:"counts"`
}

// Ended reports whether nothing more is sent.
func (a Action) Ended() bool { return a.State == ActionDone || a.State == ActionCanceled }

// ActionCounts counts the targets of an action by their state.
type ActionCounts struct {
	Total    int64 `json:"total"`
	Planned  int64 `json:"planned"`
	Running  int64 `json:"running"`
	Sent     int64 `json:"sent"`
	Verified int64 `json:"verified"`
	Unsure   int64 `json:"unsure"`
	Skipped  int64 `json:"skipped"`
	Failed   int64 `json:"failed"`
	Canceled int64 `json:"canceled"`
}

// Add counts n targets of a state.
func (c *ActionCounts) Add(s ItemState, n int64) {
	c.Total += n
	switch s {
	case ItemPlanned:
		c.Planned += n
	case ItemRunning:
		c.Running += n
	case ItemSent:
		c.Sent += n
	case ItemVerified:
		c.Verified += n
	case ItemUnsure:
		c.Unsure += n
	case ItemSkipped:
		c.Skipped += n
	case ItemFailed:
		c.Failed += n
	case ItemCanceled:
		c.Canceled += n
	}
}

// ActionItem is one target of an action.
type ActionItem struct {
	ID         string          `json:"id"` // aci_<number>
	AccountID  string          `json:"account_id,omitempty"`
	ExternalID string          `json:"external_id"` // of the record that is changed, as the vendor has it
	Name       string          `json:"name"`
	State      ItemState       `json:"state"`
	Why        string          `json:"why,omitempty"` // why skipped, failed, unsure; what the reading shows
	Hint       string          `json:"hint,omitempty"`
	Class      Class           `json:"class,omitempty"` // of the failure
	Requests   []ActionRequest `json:"requests"`        // exactly as they are sent, but for the credential
	Done       int             `json:"requests_done"`
	SentAt     time.Time       `json:"sent_at,omitzero"`
	EndedAt    time.Time       `json:"ended_at,omitzero"`
	Log        []LogLine       `json:"log,omitempty"`
}

// ActionRequest is one request of an action. The credential is put on it when it
// is sent and stands nowhere.
type ActionRequest struct {
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	Route       string      `json:"route"` // the address without values
	Headers     [][2]string `json:"headers,omitempty"`
	ContentType string      `json:"content_type,omitempty"`
	Body        string      `json:"body,omitempty"`
}

// ActionOffer is an action that an instance's connector declares, with whether it
// can be planned now.
type ActionOffer struct {
	Name         string   `json:"action"`
	Target       Kind     `json:"target"`
	Switch       Switch   `json:"switch"`
	On           bool     `json:"on"`    // the switch is on
	Ready        bool     `json:"ready"` // it can be planned for this account now
	Why          string   `json:"why,omitempty"`
	DataEffect   string   `json:"data_effect"`
	Irreversible bool     `json:"irreversible"`
	Given        []string `json:"given,omitempty"` // what a person has to choose for it
	Scopes       []string `json:"scopes"`
	Needs        string   `json:"needs,omitempty"` // plan and role that the vendor asks for
}

// InstanceSwitch is a switch of an instance.
type InstanceSwitch struct {
	Switch    Switch        `json:"switch"`
	On        bool          `json:"on"`
	Approval  Approval      `json:"approval"` // "" as the organization says
	ChangedBy string        `json:"changed_by,omitempty"`
	ChangedAt time.Time     `json:"changed_at,omitzero"`
	Actions   []ActionOffer `json:"actions"`
	Missing   []string      `json:"missing,omitempty"` // permissions that the vendor has not granted yet
	Browser   bool          `json:"browser"`           // they are granted on the vendor's page, by authorizing anew
}

// ProtectedKind says what an entry of the protected list names.
type ProtectedKind string

// The kinds of entries.
const (
	ProtectedAccount ProtectedKind = "account"
	ProtectedPerson  ProtectedKind = "person"  // every account of the person
	ProtectedPattern ProtectedKind = "pattern" // e-mail addresses: *@board.example.com
)

// Protected is an entry of the list of what no action ever touches.
type Protected struct {
	ID      string        `json:"id"` // prt_<number>
	Kind    ProtectedKind `json:"kind"`
	Value   string        `json:"value"` // the pattern, or how the account or person is known
	Note    string        `json:"note,omitempty"`
	AddedBy string        `json:"added_by"`
	AddedAt time.Time     `json:"added_at"`
}
