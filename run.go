package purser

import "time"

// RunState is where a run stands.
type RunState string

// The states of a run. "Held" is a mark beside them.
const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunWaiting   RunState = "waiting" // for a vendor's limit; no worker is held
	RunSucceeded RunState = "succeeded"
	RunPartial   RunState = "partial"
	RunFailed    RunState = "failed"
	RunCanceled  RunState = "canceled"
	RunAbandoned RunState = "abandoned" // its manifest or settings changed before it could resume
)

// RunStates lists every state.
func RunStates() []RunState {
	return []RunState{RunQueued, RunRunning, RunWaiting, RunSucceeded, RunPartial, RunFailed, RunCanceled, RunAbandoned}
}

// Ended reports whether the run is over.
func (s RunState) Ended() bool {
	switch s {
	case RunQueued, RunRunning, RunWaiting:
		return false
	}
	return true
}

// Counts of records of a run or stream.
type Counts struct {
	Read     int64 `json:"read"`
	Added    int64 `json:"added"`
	Changed  int64 `json:"changed"`
	Removed  int64 `json:"removed"`
	Rejected int64 `json:"rejected"`
}

// Add sums two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{c.Read + o.Read, c.Added + o.Added, c.Changed + o.Changed, c.Removed + o.Removed, c.Rejected + o.Rejected}
}

// Trigger says why a run was started.
type Trigger string

// The triggers.
const (
	TriggerSchedule Trigger = "schedule"
	TriggerManual   Trigger = "manual"
	TriggerInitial  Trigger = "initial"
	TriggerConfirm  Trigger = "confirm" // second reading before removals count
	TriggerRetry    Trigger = "retry"
)

// Triggers lists every trigger.
func Triggers() []Trigger {
	return []Trigger{TriggerSchedule, TriggerManual, TriggerInitial, TriggerConfirm, TriggerRetry}
}

// Run is one execution of a task of an instance.
type Run struct {
	ID           string        `json:"id"` // run_…
	InstanceID   string        `json:"instance_id"`
	InstanceName string        `json:"instance_name"`
	Connector    string        `json:"connector"`
	Task         TaskName      `json:"task"`
	State        RunState      `json:"state"`
	Held         bool          `json:"held"` // removals or a mass change wait for a person
	Trigger      Trigger       `json:"trigger"`
	QueuedAt     time.Time     `json:"queued_at"`
	StartedAt    time.Time     `json:"started_at,omitzero"`
	EndedAt      time.Time     `json:"ended_at,omitzero"`
	WaitUntil    time.Time     `json:"wait_until,omitzero"`
	WaitReason   string        `json:"wait_reason,omitempty"`
	Pages        int64         `json:"pages"`
	Requests     int64         `json:"requests"`
	Counts       Counts        `json:"counts"`
	Class        Class         `json:"class,omitempty"` // of the failure
	Message      string        `json:"message,omitempty"`
	Hint         string        `json:"hint,omitempty"`
	Streams      []StreamState `json:"streams,omitempty"`
	Attempt      int           `json:"attempt"`
	Full         bool          `json:"full,omitempty"` // reads everything again, not only what changed
	Since        time.Time     `json:"since,omitzero"` // of it, what is dated from then on
	HasLog       bool          `json:"has_log"`
}

// Reject is one record of a run that could not be read.
type Reject struct {
	Stream     string `json:"stream"`
	ExternalID string `json:"external_id,omitempty"` // "" where not even that could be read
	Reason     string `json:"reason"`
}

// LogKinds lists the kinds of lines of a log.
func LogKinds() []string { return []string{"request", "wait", "retry", "note", "error"} }

// LogLine is one line of a run's log. It holds no secret and no personal data
// beyond identifiers: paths stand as templates.
type LogLine struct {
	Seq      int64         `json:"seq"`
	At       time.Time     `json:"at"`
	Kind     string        `json:"kind"` // request, wait, retry, note, error
	Stream   string        `json:"stream,omitempty"`
	Method   string        `json:"method,omitempty"`
	Host     string        `json:"host,omitempty"`
	Path     string        `json:"path,omitempty"`
	Status   int           `json:"status,omitempty"`
	Duration time.Duration `json:"duration,omitempty"` // nanoseconds
	Bytes    int64         `json:"bytes,omitempty"`
	Page     int           `json:"page,omitempty"`
	Attempt  int           `json:"attempt,omitempty"`
	Class    Class         `json:"class,omitempty"`
	Message  string        `json:"message,omitempty"`
	Hint     string        `json:"hint,omitempty"`
}

// Hold is removals or mass changes of a run that wait for a person.
type Hold struct {
	ID         string    `json:"id"`
	InstanceID string    `json:"instance_id"`
	RunID      string    `json:"run_id"`
	Stream     string    `json:"stream"`
	Kind       Kind      `json:"kind"`
	What       string    `json:"what"` // removal, change
	Field      string    `json:"field,omitempty"`
	Count      int64     `json:"count"`
	Live       int64     `json:"live"`
	Why        string    `json:"why"`
	Names      []string  `json:"names"` // the first twenty
	CreatedAt  time.Time `json:"created_at"`
	DecidedAt  time.Time `json:"decided_at,omitzero"`
	Decision   string    `json:"decision,omitempty"` // approved, rejected
	DecidedBy  string    `json:"decided_by,omitempty"`
}
