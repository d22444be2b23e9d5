package sandbox

import (
	"slices"
	"time"
)

// CompanyOptions says how large the company is and which day it is there.
type CompanyOptions struct {
	People int       // about how many; 250 where 0, never below 40
	Today  time.Time // dates are made relative to it; a fixed day where zero
	Nul    bool      // one name holds a NUL character, which PostgreSQL cannot keep
}

// Employment is how the company's HR sees a person.
type Employment string

// What HR says.
const (
	Employed Employment = "employed"
	OnLeave  Employment = "on_leave"
	Future   Employment = "future"
	Left     Employment = "left"
	NotInHR  Employment = "not_in_hr" // guests, robots, shared mailboxes, unknown accounts
)

// Kind is what stands behind an account.
type Kind string

// The kinds of account holders.
const (
	Human  Kind = "human"
	Guest  Kind = "guest"
	Robot  Kind = "robot"
	Shared Kind = "shared"
)

// Person is one account holder of the company. Every vendor's view is derived from it.
type Person struct {
	N          int // never reused; the vendors' identifiers come from it
	Kind       Kind
	Employment Employment
	Given      string
	Family     string
	Email      string
	Aliases    []string
	Department string
	Division   string
	Title      string
	Location   string
	CostCenter string
	Contractor bool
	Manager    int // N of the manager, 0 for none
	HiredOn    time.Time
	LeftOn     time.Time // zero where the person has not left
	LastSeen   time.Time // zero: never signed in
	Changed    time.Time
	Lingers    bool // left, and the accounts are still active
	Plain      bool // every optional field is filled
}

// Number is the company's own number of an employee.
func (p *Person) Number() string { return "E" + pad(p.N, 5) }

// Name is the full name.
func (p *Person) Name() string {
	if p.Family == "" {
		return p.Given
	}
	return p.Given + " " + p.Family
}

// App is an application behind the company's single sign-on.
type App struct {
	Key, Label, SignOn, Status string
	Departments                []string // nil: everybody's
	Share                      float64  // of those who may, how many have it
	Seats                      int
	Features                   []string
	ByGroup                    bool
	Hidden                     bool // the identity provider's own
}

// Team is a group.
type Team struct {
	Name, Description, Type, Department string
	Everyone                            bool
	App                                 string
}

// Event is a dated use: of the identity provider itself (App < 0) or of Apps[App].
type Event struct {
	Seq     int
	At      time.Time
	Person  int
	App     int
	Success bool
}

// Company is the whole made-up company. It is not safe for concurrent use; the
// Sandbox guards its own.
type Company struct {
	Name, Domain string
	Today        time.Time
	People       []*Person
	Apps         []App
	Teams        []Team
	Events       []Event
	Gone         map[int]time.Time // removed from the records altogether
	Labs         []LabsAccount     // of the second identity provider, if there is one
	LabsApps     []LabsApp
	seed         uint64
	nextN        int
	byN          map[int]*Person
	taken        map[string]bool // addresses
}

// NewCompany makes the company of a seed: the same seed and options give the same company.
func NewCompany(seed uint64, o CompanyOptions) *Company {
	if o.People == 0 {
		o.People = 250
	}
	o.People = max(o.People, 40)
	if o.Today.IsZero() {
		o.Today = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	}
	c := &Company{Name: "Acme Example", Domain: "example.com", Today: o.Today.UTC().Truncate(24 * time.Hour), seed: seed,
		Gone: map[int]time.Time{}, byN: map[int]*Person{}, taken: map[string]bool{}, nextN: 1}
	c.populate(o)
	c.Apps, c.Teams = companyApps(), companyTeams()
	c.Events = c.makeEvents()
	return c
}

// Person returns the person with a number, or nil.
func (c *Company) Person(n int) *Person { return c.byN[n] }

// ByEmail returns the person with that main address, or nil.
func (c *Company) ByEmail(email string) *Person {
	i := slices.IndexFunc(c.People, func(p *Person) bool { return p.Email == email })
	if i < 0 {
		return nil
	}
	return c.People[i]
}

// HasApp says whether a person is assigned an application.
func (c *Company) HasApp(p *Person, app int) bool {
	a := c.Apps[app]
	if p.Kind != Human || p.Employment == Future || (p.Employment == Left && !p.Lingers) {
		return false
	}
	if a.Departments != nil && !slices.Contains(a.Departments, p.Department) {
		return false
	}
	return unit(mix(c.seed, salt("app"), uint64(app), uint64(p.N))) < a.Share
}

// InTeam says whether a person is a member of a team.
func (c *Company) InTeam(p *Person, t int) bool {
	team := c.Teams[t]
	switch {
	case p.Kind == Shared || p.Kind == Guest || (p.Employment == Left && !p.Lingers):
		return false
	case team.Everyone:
		return true
	case team.Department != "":
		return p.Department == team.Department
	case team.App != "":
		i := slices.IndexFunc(c.Apps, func(a App) bool { return a.Key == team.App })
		return i >= 0 && c.HasApp(p, i)
	default:
		return false
	}
}
