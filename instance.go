package purser

import "time"

// Status of an instance: what people and Purser decided about it.
type Status string

// The statuses of an instance.
const (
	StatusDraft    Status = "draft"    // no credentials yet, or not confirmed
	StatusLive     Status = "live"     //
	StatusInactive Status = "inactive" // by a person
	StatusRevoked  Status = "revoked"  // by Purser: the token is no longer accepted
	StatusDeleting Status = "deleting"
)

// Health of an instance, from its last runs.
type Health string

// The healths of an instance.
const (
	HealthUnknown      Health = "unknown"
	HealthOK           Health = "ok"
	HealthFailing      Health = "failing"
	HealthUnauthorized Health = "unauthorized"
	HealthForbidden    Health = "forbidden"
	HealthRateLimited  Health = "rate_limited"
)

// Freshness of a task's data, derived from its schedule.
type Freshness string

// The freshnesses.
const (
	Fresh         Freshness = "fresh"
	Late          Freshness = "late"  // older than 1.5 intervals and the vendor's lag
	Stale         Freshness = "stale" // older than 3
	NeverExecuted Freshness = "never" // no complete run yet
)

// FreshnessOf derives how old data of a task may be called. asOf is the time of
// the data: the end of the last complete run less the vendor's own lag, zero if
// there was none. The lag is part of what is expected, so it makes nothing late.
func FreshnessOf(now, asOf time.Time, every, lag time.Duration) Freshness {
	if asOf.IsZero() {
		return NeverExecuted
	}
	age := now.Sub(asOf) - lag
	switch {
	case age > 3*every:
		return Stale
	case 2*age > 3*every:
		return Late
	}
	return Fresh
}

// TaskName is one thing that an instance reads.
type TaskName string

// The tasks.
const (
	TaskHRRoster             TaskName = "hr_roster"
	TaskApplicationRoster    TaskName = "application_roster"
	TaskApplicationAccess    TaskName = "application_access"
	TaskApplicationDiscovery TaskName = "application_discovery"
	TaskLicenseInformation   TaskName = "license_information"
	TaskExpenseDiscovery     TaskName = "expense_discovery"
	TaskDeviceInventory      TaskName = "device_inventory"
)

// TaskNames lists every task in the order of the catalog's matrix.
func TaskNames() []TaskName {
	return []TaskName{TaskHRRoster, TaskApplicationRoster, TaskApplicationAccess, TaskApplicationDiscovery,
		TaskLicenseInformation, TaskExpenseDiscovery, TaskDeviceInventory}
}

// Title returns the task's name for people.
func (t TaskName) Title() string {
	switch t {
	case TaskHRRoster:
		return "HR roster"
	case TaskApplicationRoster:
		return "Application roster"
	case TaskApplicationAccess:
		return "Application access"
	case TaskApplicationDiscovery:
		return "Application discovery"
	case TaskLicenseInformation:
		return "License information"
	case TaskExpenseDiscovery:
		return "Expense discovery"
	case TaskDeviceInventory:
		return "Device inventory"
	}
	return string(t)
}

// Instance is one connected tenant of an application.
type Instance struct {
	ID          string            `json:"id"` // ins_…
	No          int64             `json:"-"`  // the key under which its rows stand
	Name        string            `json:"name"`
	Connector   string            `json:"connector"` // the manifest's name
	Application string            `json:"application"`
	Status      Status            `json:"status"`
	Reason      string            `json:"reason,omitempty"` // why revoked or inactive, in words
	StatusSince time.Time         `json:"status_since,omitzero"`
	Health      Health            `json:"health"`
	HealthSince time.Time         `json:"health_since,omitzero"`
	HealthWhy   string            `json:"health_why,omitempty"` // in words, with what to do
	Auth        string            `json:"auth"`                 // the manifest's auth entry that is used
	Settings    map[string]string `json:"settings"`
	OwnerID     string            `json:"owner_id,omitempty"`
	OwnerName   string            `json:"owner_name,omitempty"`
	TenantID    string            `json:"tenant_id,omitempty"`
	TenantName  string            `json:"tenant_name,omitempty"`
	TenantBase  string            `json:"-"`                 // the organization's own address at the vendor, where it told one
	Account     string            `json:"account,omitempty"` // whose credential it is at the vendor
	Confirmed   bool              `json:"confirmed"`         // tenant and account were shown and confirmed
	HR          bool              `json:"hr_source"`         // an admin said that it may end a person's employment
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
	Version     int64             `json:"version"` // grows with each change
}

// InstanceTask is one task of one instance: its switch, schedule and last run.
type InstanceTask struct {
	InstanceID string        `json:"instance_id"`
	Task       TaskName      `json:"task"`
	Enabled    bool          `json:"enabled"`
	Every      time.Duration `json:"every"`
	NextRunAt  time.Time     `json:"next_run_at,omitzero"`
	LastRun    *Run          `json:"last_run,omitempty"`    // nil: never executed
	StartHour  *int          `json:"start_hour,omitempty"`  // of the first run of a day; nil: counted from the last run
	Zone       string        `json:"zone,omitempty"`        // IANA name of the start hour's time zone, "" for UTC
	Usual      time.Duration `json:"usual"`                 // how often the connector proposes to run it
	Lookback   time.Duration `json:"lookback,omitempty"`    // how far back the first run goes; 0: not by date
	Furthest   time.Duration `json:"furthest,omitempty"`    // how far back the vendor tells; 0: no limit is known
	Lag        time.Duration `json:"lag,omitempty"`         // how late the vendor's own data is
	HandedOver bool          `json:"handed_over,omitempty"` // records are handed over: no schedule reads anything
	Again      bool          `json:"again"`                 // everything can be read again on request
	DataAsOf   time.Time     `json:"data_as_of,omitzero"`   // time of the data: end of the last complete run less Lag
	Freshness  Freshness     `json:"freshness"`             //
	NotOffered string        `json:"not_offered,omitempty"` // why the vendor's plan does not give it
	Streams    []StreamState `json:"streams,omitempty"`     // last known state of each stream
	FirstAt    time.Time     `json:"first_run_at,omitzero"` //
	Held       int64         `json:"held,omitempty"`        // removals and changes that wait for a person
}

// Schedule returns when the task runs.
func (t InstanceTask) Schedule() Schedule {
	return Schedule{Every: t.Every, Hour: t.StartHour, Zone: t.Zone}
}

// StreamState is what the last run said of one stream.
type StreamState struct {
	Stream  string `json:"stream"`
	State   string `json:"state"` // complete, partial, blocked, not_offered, failed, pending
	Scope   string `json:"scope,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	Counts  Counts `json:"counts"`
}
