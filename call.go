package purser

import "time"

// Call sums up the requests of one kind that were sent to a vendor for an
// instance. Its path is a template: no value of a record stands in it.
type Call struct {
	Method   string    `json:"method"`
	Host     string    `json:"host"`
	Path     string    `json:"path"`
	Calls    int64     `json:"calls"`
	Errors   int64     `json:"errors"` // of them, those that failed
	Bytes    int64     `json:"bytes"`  // received, unpacked
	FirstAt  time.Time `json:"first_at"`
	LastAt   time.Time `json:"last_at"`
	FailedAt time.Time `json:"failed_at,omitzero"`  // the last that failed
	FailedBy string    `json:"failed_by,omitempty"` // its reason, in words
}

// CallOf returns the call of a line of a log; ok is false for lines of which
// nothing was sent.
func CallOf(l LogLine) (c Call, ok bool) {
	if l.Kind != "request" || l.Method == "" {
		return c, false
	}
	c = Call{Method: l.Method, Host: l.Host, Path: l.Path, Calls: 1, Bytes: l.Bytes, FirstAt: l.At, LastAt: l.At}
	if l.Class != "" || l.Status >= 400 {
		c.Errors, c.FailedAt, c.FailedBy = 1, l.At, l.Message
	}
	return c, true
}

// Add sums two calls of the same kind.
func (c Call) Add(o Call) Call {
	c.Calls, c.Errors, c.Bytes = c.Calls+o.Calls, c.Errors+o.Errors, c.Bytes+o.Bytes
	if o.FirstAt.Before(c.FirstAt) {
		c.FirstAt = o.FirstAt
	}
	if o.LastAt.After(c.LastAt) {
		c.LastAt = o.LastAt
	}
	if o.FailedAt.After(c.FailedAt) {
		c.FailedAt, c.FailedBy = o.FailedAt, o.FailedBy
	}
	return c
}
