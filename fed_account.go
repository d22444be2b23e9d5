package purser

import "time"

// FedAccount is somebody's use of a managed application as an identity provider
// tells it: the application's own list was never read whole, or does not count yet.
type FedAccount struct {
	ApplicationID string    `json:"application_id"`
	Application   string    `json:"application"`
	Source        string    `json:"source"`     // "integrated via Okta (Acme)"
	AccountID     string    `json:"account_id"` // at the provider
	AccountName   string    `json:"account_name"`
	Email         string    `json:"email,omitempty"`
	UserName      string    `json:"user_name,omitempty"` // with which it signs in to the application
	InstanceID    string    `json:"instance_id"`
	InstanceName  string    `json:"instance_name"`
	PersonID      string    `json:"person_id,omitempty"`
	PersonName    string    `json:"person_name,omitempty"`
	Status        string    `json:"status"`      // of the account at the provider
	Way           string    `json:"way"`         // direct, group, assigned, consent, sign_in
	LastActive    LastUse   `json:"last_active"` // a sign-in: weak evidence of use
	Since         time.Time `json:"first_seen_at"`
}

// Ways lists how an account can have an application through an identity provider.
func Ways() []string { return []string{"direct", "group", "assigned", "consent", "sign_in"} }

// SignedIn lists when somebody last signed in through an identity provider.
func SignedIn() []string { return []string{"recent", "earlier", "never", "unknown"} }

// WithoutNames leaves out who it is.
func (a FedAccount) WithoutNames() FedAccount {
	a.AccountName, a.Email, a.UserName = "Account "+number(a.AccountID), "", ""
	if a.PersonID != "" {
		a.PersonName = "Person " + number(a.PersonID)
	}
	return a
}
