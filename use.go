package purser

import "time"

// DefaultUseDays is after how many days without use an account counts as
// inactive, unless somebody has set another threshold for the application.
const DefaultUseDays = 60

// The classes of use.
const (
	UseActive   = "active"
	UseInactive = "inactive"
	UseNever    = "never"
	UseUnknown  = "unknown"
)

// UseClasses lists the classes of use.
func UseClasses() []string { return []string{UseActive, UseInactive, UseNever, UseUnknown} }

// Use is how an account uses an application, and how that is known. Inactive and
// never are said only where a source tells of all the time since the threshold.
type Use struct {
	Class string `json:"class"` // active, inactive, never, unknown
	Days  int    `json:"threshold_days"`
	Why   string `json:"why"`
	// KnownFrom is the day from which the class can be said, where it is unknown
	// and that follows from what is being read; zero otherwise.
	KnownFrom time.Time `json:"known_from,omitzero"`

	Told   bool      `json:"-"` // the list of users, or of assignments, tells the last use
	ReadAt time.Time `json:"-"` // when that list was read last
	From   time.Time `json:"-"` // since when dated use is known without a gap; zero if it is not read
	Until  time.Time `json:"-"` // and until when
}
