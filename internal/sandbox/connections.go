package sandbox

// Connection is what an administrator of the made-up company enters to connect
// one of its systems.
type Connection struct {
	Connector string            // the manifest's name
	Name      string            // of the instance
	Auth      string            // the way to authorize
	Settings  map[string]string //
	Fields    map[string]string // of the credential
	Tenant    string            // chosen where the vendor offers several, by name
	Plans     []string          // what the vendor calls that which the company holds seats of
}

// Connections are the company's five systems, its people first, and then the
// second identity provider, if it has one.
func (s *Sandbox) Connections() []Connection {
	c := s.Credentials()
	all := []Connection{
		{Connector: BambooHR, Name: "BambooHR Acme", Auth: "api_key", Settings: map[string]string{"company": c.BambooHR.CompanyDomain},
			Fields: map[string]string{"api_key": c.BambooHR.APIKey}},
		{Connector: Okta, Name: "Okta Acme", Auth: "service_app", Settings: map[string]string{"domain": c.Okta.Domain},
			Fields: map[string]string{"client_id": c.Okta.ClientID, "key_id": c.Okta.KeyID, "private_key": c.Okta.PrivateKey}},
		{Connector: Google, Name: "Google Workspace Acme", Auth: "service_account",
			Fields: map[string]string{"service_account": c.Google.ServiceAccountJSON, "admin": c.Google.Admin},
			Plans:  []string{"Google Workspace Business Standard", "Google Workspace Enterprise Plus", "Gemini Enterprise"}},
		{Connector: Slack, Name: "Slack Acme", Auth: "oauth",
			Fields: map[string]string{"client_id": c.Slack.ClientID, "client_secret": c.Slack.ClientSecret}},
		{Connector: Xero, Name: "Xero Acme", Auth: "oauth", Settings: map[string]string{"scopes": s.xeroFamily()},
			Fields: map[string]string{"client_id": c.Xero.ClientID, "client_secret": c.Xero.ClientSecret}},
	}
	if s.labs != nil {
		all = append(all, Connection{Connector: OneLogin, Name: "OneLogin Labs", Auth: "api_credential", Settings: map[string]string{"domain": c.OneLogin.Domain},
			Fields: map[string]string{"client_id": c.OneLogin.ClientID, "client_secret": c.OneLogin.ClientSecret}})
	}
	return all
}

func (s *Sandbox) xeroFamily() string {
	if s.opts.XeroClassicScopes {
		return "classic"
	}
	return "granular"
}
