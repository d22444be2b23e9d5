// Package noise writes down how an organization's lists of users differ from the
// truth, and makes organizations that do. It was written before the matcher's
// rules, and they may not import it (package archtest): what it measures is how
// well rules fit a world that they were not fitted to.
//
// The rates are shares of a person's accounts, estimates for a company that has
// grown for some years. A wrong link counts against precision, an account of a
// known person that is linked to nobody counts against recall, whether any rule
// could have known better or not.
package noise

// Model says how much of which noise there is. Each share is of the accounts of
// people, unless it says otherwise; what no share takes has the person's address
// of the day on which the account was made.
type Model struct {
	People int    // in the HR roster, leavers included
	Seed   uint64 // the same seed makes the same organization

	Alias       float64 // an address that the directory lists as an alias: a nickname, initials
	Unlisted    float64 // the same, but no list names the alias
	Tagged      float64 // ada.lovelace+slack@
	SubDomain   float64 // ada.lovelace@eng.example.com
	OtherDomain float64 // ada.lovelace@example.org, the organization's second domain
	Typo        float64 // one letter of the address is left out, doubled, or swapped with the next
	Translit    float64 // another spelling of a letter that ASCII lacks: mueller, muller
	Private     float64 // an address at a free mail service
	NoAddress   float64 // no address at all
	Case        float64 // the address in another case, beside any of the above

	NoNumber float64 // of accounts in the directory: without the employee number

	// Of names as the accounts show them.
	NameTypo float64 // a slip in the name
	Nickname float64 // Bob for Robert
	NoName   float64 // none
	Reversed float64 // Lovelace, Ada

	// Of people.
	Leavers   float64 // left; a third of them has been taken off the roster
	Married   float64 // have another family name and address since; accounts keep those of their time
	Untold    float64 // of Married: changed before HR was connected, so that no history names the old address
	Namesakes float64 // start with the name of a leaver and get the address
	Private0  float64 // contractors: HR knows them by an address outside

	// Accounts of nobody, as shares of the accounts of people.
	Robots  float64
	Shared  float64
	Guests  float64
	SameAs  float64 // of Guests: an outsider with the name of one of the people
	Silent  float64 // of Robots and Shared: the vendor does not say what they are
	NoDates float64 // of all accounts: the vendor does not say when they were made
}

// Usual is the model that figures are told for.
func Usual(people int) Model {
	return Model{People: people, Seed: 20261122,
		Alias: 0.030, Unlisted: 0.004, Tagged: 0.015, SubDomain: 0.020, OtherDomain: 0.030, Typo: 0.008, Translit: 0.006, Private: 0.006,
		NoAddress: 0.004, Case: 0.050, NoNumber: 0.10, NameTypo: 0.010, Nickname: 0.060, NoName: 0.030, Reversed: 0.030,
		Leavers: 0.15, Married: 0.02, Untold: 0.30, Namesakes: 0.01, Private0: 0.02,
		Robots: 0.020, Shared: 0.010, Guests: 0.040, SameAs: 0.05, Silent: 0.40, NoDates: 0.15}
}

// Domains of the generated organization.
const (
	Domain = "example.com"
	Second = "example.org"
)

// Former is an address that HR named earlier.
type Former struct {
	Address string
	Until   int64 // microseconds: when HR named another
}

// Person is one row of the HR roster.
type Person struct {
	External, Number, Name, Email string
	Employment                    string
	StartedOn, EndedOn            string // YYYY-MM-DD
	Gone                          bool   // taken off the roster
	Former                        []Former
}

// Account is one row of an application's list of users, with the truth about it.
type Account struct {
	Instance   int64 // 2 is the directory
	External   string
	Email      string
	UserName   string
	Name       string
	Kind       string // as the vendor says it; "" if it does not
	EmployeeID string
	Aliases    []string
	CreatedAt  int64 // microseconds; 0 if the vendor does not say
	Status     string
	Admin      bool

	Person int    // index of the person whose it is; -1 for nobody
	Truth  string // what it is: person, guest, robot, shared
	Noise  string // what was done to its address
}

// Organization is what was generated.
type Organization struct {
	People   []Person
	Accounts []Account
}

// Instances is how many applications there are beside HR; their numbers begin at 2.
const Instances = 6
