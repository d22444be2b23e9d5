package purser

import "time"

// LoadMode says what the records of a load are.
type LoadMode string

// The modes.
const (
	LoadSnapshot LoadMode = "snapshot" // all there is: what is missing may be gone
	LoadDelta    LoadMode = "delta"    // what changed: nothing follows from what is missing
)

// LoadState is where a load stands.
type LoadState string

// The states of a load.
const (
	LoadOpen     LoadState = "open"     // records are being sent, or the mapping is not settled
	LoadQueued   LoadState = "queued"   // finished; a run reads it, or will
	LoadDone     LoadState = "loaded"   // read; what could not be read stands among its rejects
	LoadFailed   LoadState = "failed"   // could not be read to its end
	LoadCanceled LoadState = "canceled" // by a person
)

// Load is records that somebody handed over to an instance: a file, or pages that
// a program has sent. A run reads it like a vendor's list.
type Load struct {
	ID           string    `json:"id"` // lod_…
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	Kind         Kind      `json:"kind"`
	Mode         LoadMode  `json:"mode"`
	Form         string    `json:"form"`           // pages, csv, jsonl, xlsx
	Name         string    `json:"name,omitempty"` // of the file
	Origin       string    `json:"origin"`         // upload, folder, api
	State        LoadState `json:"state"`
	Bytes        int64     `json:"bytes"` // as they were sent
	Pages        int64     `json:"pages"` // of pages: how many came
	Read         int64     `json:"read"`  // records read so far
	Rejected     int64     `json:"rejected"`
	RunID        string    `json:"run_id,omitempty"` // that reads or has read it
	Message      string    `json:"message,omitempty"`
	Kept         bool      `json:"kept"` // its content is still there: rejects can be had, it can be read again
	OpenedBy     string    `json:"opened_by"`
	OpenedAt     time.Time `json:"opened_at"`
	FinishedAt   time.Time `json:"finished_at,omitzero"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
}

// TaskOf returns the task that reads records of a kind, "" for a kind that is
// read beside others only.
func TaskOf(k Kind) TaskName {
	switch k {
	case KindPerson:
		return TaskHRRoster
	case KindAccount, KindGroup, KindMembership:
		return TaskApplicationRoster
	case KindActivity:
		return TaskApplicationAccess
	case KindApplication, KindAssignment:
		return TaskApplicationDiscovery
	case KindPlan, KindSeat:
		return TaskLicenseInformation
	case KindTransaction:
		return TaskExpenseDiscovery
	case KindDevice, KindInstalledApp:
		return TaskDeviceInventory
	}
	return ""
}
