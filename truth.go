package purser

import (
	"slices"
	"strings"
	"time"
)

// SourceOrder says whose word counts first where several sources speak of the
// same person. Both parts name instances by their identifiers; those that are not
// named come behind, in the order of DefaultOrder.
type SourceOrder struct {
	All    []string            `json:"all"`
	Fields map[string][]string `json:"fields"` // of single fields, before All
}

// SourceClass says what a source is to the organization's people.
type SourceClass string

// The classes, in the order in which their word counts by default.
const (
	SourceHR        SourceClass = "hr"        // an instance that an admin marked as HR source
	SourceDirectory SourceClass = "directory" // an identity provider, or another roster of people
	SourceDirect    SourceClass = "direct"    // an application's own list of accounts
)

// Source is an instance that speaks of people.
type Source struct {
	No           int64       `json:"-"`
	InstanceID   string      `json:"instance_id"`
	InstanceName string      `json:"instance_name"`
	Connector    string      `json:"connector"`
	Class        SourceClass `json:"class"`
}

// FieldOrder is the sources in the order in which their word counts for a field.
type FieldOrder struct {
	Field   string   `json:"field"`
	Own     bool     `json:"own"` // the field has an order of its own
	Sources []Source `json:"sources"`
}

// SourceValue is what one source says of one field.
type SourceValue struct {
	Value        string      `json:"value"`
	InstanceID   string      `json:"instance_id"`
	InstanceName string      `json:"instance_name"`
	Class        SourceClass `json:"class"`
	RowID        string      `json:"row_id"`   // per_<number> or acc_<number>: where it stands
	RowName      string      `json:"row_name"` // how that row is called
	// Since is when the source began to say so, as far as it was read; AtLeast if it
	// said so when it was first read, so that it may be older.
	Since    time.Time `json:"since"`
	AtLeast  bool      `json:"since_at_least"`
	Differs  bool      `json:"differs"` // from what counts
	NoEffect string    `json:"no_effect,omitempty"`
	PersonID string    `json:"person_id,omitempty"` // of a manager who is known
}

// FieldTruth is one field with what counts, whose word it is, and what the others say.
type FieldTruth struct {
	Field    string        `json:"field"`
	Value    string        `json:"value,omitempty"`
	Source   *SourceValue  `json:"source"` // nil: no source says it
	Others   []SourceValue `json:"others"` // in the order in which they would count
	Disputed bool          `json:"disputed"`
	// ByVendor is that the order of sources does not decide it: of what an account is
	// at its vendor that vendor's own word counts.
	ByVendor bool `json:"by_vendor,omitempty"`
}

// TruthFields lists what several sources may say of a person.
func TruthFields() []string {
	return []string{"display_name", "email", "employee_number", "employment", "type", "department", "division", "location",
		"cost_center", "title", "manager", "started_on", "ended_on"}
}

// AccountWord returns the field of an account that says a field of its person; ""
// if accounts do not say it.
func AccountWord(field string) string {
	switch field {
	case "display_name", "email", "department", "title", "manager":
		return field
	case "employee_number":
		return "employee_id"
	}
	return ""
}

// DefaultOrder sorts sources: HR, then identity providers and other rosters, then
// applications, each in the order in which they were connected.
func DefaultOrder(all []Source) []Source {
	rank := func(c SourceClass) int {
		return slices.Index([]SourceClass{SourceHR, SourceDirectory, SourceDirect}, c)
	}
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Source) int {
		if d := rank(a.Class) - rank(b.Class); d != 0 {
			return d
		}
		return int(a.No - b.No)
	})
	return out
}

// Of sorts sources as the order has it for a field. An HR source always comes
// first for what only HR may say: whether and how long somebody is employed.
func (o SourceOrder) Of(field string, all []Source) []Source {
	named := slices.Concat(o.Fields[field], o.All)
	place := func(s Source) int {
		if i := slices.Index(named, s.InstanceID); i >= 0 {
			return i
		}
		return len(named)
	}
	out := DefaultOrder(all)
	slices.SortStableFunc(out, func(a, b Source) int {
		if OnlyHR(field) && (a.Class == SourceHR) != (b.Class == SourceHR) {
			if a.Class == SourceHR {
				return -1
			}
			return 1
		}
		return place(a) - place(b)
	})
	return out
}

// OnlyHR reports whether an HR source always comes first for a field.
func OnlyHR(field string) bool {
	return field == "employment" || field == "started_on" || field == "ended_on"
}

// WithoutNames leaves out what says who somebody is; ok is false for a field that
// says nothing else.
func (t FieldTruth) WithoutNames() (out FieldTruth, ok bool) {
	switch t.Field {
	case "display_name", "email", "employee_number", "employee_id", "user_name", "title", "manager":
		return out, false
	}
	if t.Source != nil {
		by := *t.Source
		by.RowName, t.Source = "", &by
	}
	t.Others = slices.Clone(t.Others)
	for i := range t.Others {
		t.Others[i].RowName = ""
	}
	return t, true
}

// Decide says what counts of values that stand in the order in which their word
// counts: the first that is known. The values of the others stay beside it.
func Decide(field string, values []SourceValue) FieldTruth {
	t := FieldTruth{Field: field, Others: []SourceValue{}}
	for _, v := range values {
		if v.Value == "" || field == "employment" && v.Value == "unknown" {
			continue
		}
		if t.Source == nil && v.NoEffect == "" {
			t.Value, t.Source = v.Value, &v
			continue
		}
		t.Others = append(t.Others, v)
	}
	for i := range t.Others {
		if t.Source == nil || !sameWord(field, *t.Source, t.Others[i]) {
			t.Others[i].Differs, t.Disputed = true, true
		}
	}
	return t
}

// sameWord reports whether two sources say the same, however they write it.
func sameWord(field string, a, b SourceValue) bool {
	if field == "manager" && a.PersonID != "" && b.PersonID != "" {
		return a.PersonID == b.PersonID
	}
	return strings.EqualFold(strings.Join(strings.Fields(a.Value), " "), strings.Join(strings.Fields(b.Value), " "))
}
