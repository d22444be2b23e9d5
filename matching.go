package purser

import "time"

// Sureness says how sure it is that an account is a person's.
type Sureness string

// Certain links rest on what the organization itself controls: its addresses,
// its employee numbers, what it said about its domains, a decision by hand.
// Likely ones rest on a conclusion; they never link to a person who holds an
// administrator's account. Possible ones are only proposed to people.
const (
	Certain  Sureness = "certain"
	Likely   Sureness = "likely"
	Possible Sureness = "possible"
)

// The rules by which accounts are linked to people.
const (
	RuleManual    = "manual"       // by hand
	RuleNumber    = "number"       // employee number
	RuleAddress   = "address"      // e-mail address
	RuleDomain    = "domain"       // the same at another domain of the organization
	RuleSubDomain = "sub_domain"   // the same below a domain of the organization
	RuleTag       = "tag"          // the same but for what follows +
	RuleAlias     = "alias"        // an alias of the account is the person's address
	RuleOther     = "other_alias"  // the address is an alias of another account of the person
	RuleFormer    = "former"       // the person had the address earlier
	RuleUserName  = "user_name"    // the user name is the person's address
	RuleNameAlike = "name_address" // the same name, and an address that is nearly the person's
	RuleName      = "name"         // the same name alone: only ever proposed
)

// MatchRules is what an admin says about which addresses are the same.
type MatchRules struct {
	// SameDomains are sets of domains under which everybody has the same name:
	// {"example.com", "example.org"}. Lower case.
	SameDomains [][]string `json:"same_domains"`
	// SubDomains says that an address below a mail domain of the organization
	// belongs to whom the same address at the domain belongs to.
	SubDomains bool `json:"sub_domains"`
	// TagsCount says that ada+slack@example.com is somebody other than ada@example.com.
	TagsCount bool `json:"tags_count"`
}

// Suggestion proposes a person for an account that is linked to nobody.
type Suggestion struct {
	PersonID   string   `json:"person_id"`
	PersonName string   `json:"person_name"`
	Email      string   `json:"email,omitempty"`
	Department string   `json:"department,omitempty"`
	Employment string   `json:"employment,omitempty"`
	Rule       string   `json:"rule"`
	Why        string   `json:"why"`
	Sure       Sureness `json:"confidence"`
	// Privileged: the person holds an administrator's account, so that only a
	// person may decide this.
	Privileged bool `json:"privileged"`
}

// Unmatched is an account without a person, with whom it may belong to.
type Unmatched struct {
	Account     Account      `json:"account"`
	Suggestions []Suggestion `json:"suggestions"` // the likeliest first
}

// PersonRow is one row of a roster that is the same human as others.
type PersonRow struct {
	ID           string    `json:"id"`
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	ExternalID   string    `json:"external_id"`
	DisplayName  string    `json:"display_name,omitempty"`
	Email        string    `json:"email,omitempty"`
	Why          string    `json:"why,omitempty"` // why it is the same; "" for the row that stands for all
	Manual       bool      `json:"manual"`
	Since        time.Time `json:"since,omitzero"`
	Removed      bool      `json:"removed"`
}
