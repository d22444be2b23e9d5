// Package manifest is the language in which a connector is described: one YAML
// file that says how to authorize, what to ask, how to page and what fields and
// errors mean. It is decoded strictly (an unknown key is an error with a line),
// linted, and compiled into a Plan that the engine runs. The package does no I/O.
//
// The structs below are the whole language. The tags are its reference: `yaml`
// is the key, `oneof` the closed list of values, `later` the values that are
// known but not built yet and refused by name, `doc` the sentence that editors
// show. Schema derives the JSON Schema from the same tags.
package manifest

// Manifest is one connector.
type Manifest struct {
	Version  int       `yaml:"manifest" doc:"version of this language: 1"`
	Name     string    `yaml:"name" doc:"name of the folder, and of the fact sheet: lower case with dashes"`
	Title    string    `yaml:"title" doc:"the vendor's name as people know it"`
	Category string    `yaml:"category" oneof:"identity|hr|collaboration|finance|crm|support|engineering|devices|security|marketing|productivity|other" doc:"shelf of the catalog"`
	Source   string    `yaml:"source" json:",omitempty" oneof:"ldap|file|push" doc:"where its pages come from, where that is no interface over HTTP: a directory, files or pages that are handed over"`
	Settings []Setting `yaml:"settings" doc:"what an admin types in before connecting"`
	Hosts    []string  `yaml:"hosts" doc:"every host that this connector may call; ${settings.x} and patterns (*.example.com) are allowed"`
	AdminURL string    `yaml:"admin_url" doc:"page of the vendor's console for one account"`
	Auth     []Auth    `yaml:"auth" doc:"ways to authorize; the first is recommended"`
	HTTP     HTTP      `yaml:"http" doc:"what holds for every request"`
	Tenant   *Tenant   `yaml:"tenant" doc:"how the vendor names the organization that was connected"`
	Probe    *Probe    `yaml:"probe" doc:"the one cheap request that says whether the credential works"`
	Tasks    []Task    `yaml:"tasks" doc:"what is read"`
	Actions  []Action  `yaml:"actions" doc:"what can be changed at the vendor; off until an admin turns it on"`

	EveryStream *Stream `yaml:"every_stream" json:"-" doc:"what holds for each stream that does not say otherwise; null in a stream takes a part away"`
	EveryAction *Action `yaml:"every_action" json:"-" doc:"what holds for each action that does not say otherwise"`

	Why    []Pair   `yaml:"why" doc:"scope: the reason for it, in words for the admin who grants it"`
	Needs  string   `yaml:"needs" doc:"plan and role that the vendor asks for"`
	Cannot []string `yaml:"cannot" doc:"what this vendor never tells"`

	lines map[string]int // line of each key, by path; filled by Decode
}

// Setting is one value that an admin types in; ${settings.<name>} stands for it.
type Setting struct {
	Name     string   `yaml:",key"`
	Label    string   `yaml:"label" doc:"name in the form"`
	Help     string   `yaml:"help" doc:"where to find it"`
	Format   string   `yaml:"format" oneof:"text|hostname|slug|email|list|date|url" doc:"what is accepted: slug is one host label, url an https address whose host may be called, list is separated by commas"`
	Suffixes []string `yaml:"suffixes" doc:"hostname: the vendor's own domains"`
	Custom   string   `yaml:"custom" oneof:"refuse|warn|allow" doc:"hostname: what happens to a domain outside the suffixes; refuse if not said"`
	Example  string   `yaml:"example" doc:"a made-up value"`
	Default  string   `yaml:"default" doc:"value if none is typed in"`
	Optional bool     `yaml:"optional" doc:"may stay empty"`
	Choices  []Choice `yaml:"choices" doc:"closed list of values"`
}

// Choice is one value of a setting with a closed list.
type Choice struct {
	Value  string   `yaml:",key"`
	Title  string   `yaml:"title" doc:"words for the value"`
	Hosts  []string `yaml:"hosts" doc:"hosts that this choice adds (regions)"`
	Scopes []string `yaml:"scopes" doc:"the names of scopes that exist with this choice: picks among any-of scopes"`
	EndsOn string   `yaml:"ends_on" doc:"day on which the vendor stops accepting this choice, such as 2027-09-01: a deadline"`
}

// Tenant says how the vendor's own identity of what was connected is found. A
// reconnect must match it.
type Tenant struct {
	From    TenantFrom `yaml:"from" doc:"where the identity stands"`
	Scopes  Scopes     `yaml:"scopes" doc:"scopes that the request needs"`
	Token   string     `yaml:"token" doc:"name of the token to use, where a grant gives several"`
	ID      string     `yaml:"id" doc:"expression: the tenant's id"`
	Name    string     `yaml:"name" doc:"expression: the tenant's name"`
	Account string     `yaml:"account" doc:"expression: whose credential it is"`
	BaseURL string     `yaml:"base_url" doc:"replaces http.base_url; ${tenant.id} and ${answer.x} are allowed"`
	Headers []Pair     `yaml:"headers" doc:"sent with every request of a task; ${tenant.id} is allowed"`
}

// TenantFrom is one of: a request, the token's answer, the settings, a parameter
// of the callback. With Choose the admin picks from the list that the request gives.
type TenantFrom struct {
	Request  `yaml:",inline"`
	Answer   bool   `yaml:"answer" doc:"the token's own answer"`
	Settings bool   `yaml:"settings" doc:"the settings name the organization, and no request tells more"`
	Params   string `yaml:"callback" doc:"name of a parameter of the OAuth callback"`
	At       string `yaml:"at" doc:"path to the record or the list"`
	Choose   bool   `yaml:"choose" doc:"the admin chooses from the list"`
}

// Probe is the request that says whether a credential works.
type Probe struct {
	Request `yaml:",inline"`
	Scopes  Scopes  `yaml:"scopes" doc:"scopes that it needs"`
	Token   string  `yaml:"token" doc:"name of the token to use"`
	At      string  `yaml:"at" doc:"path to the list of records"`
	Expect  *Expect `yaml:"expect" doc:"what a good answer has"`
}

// Expect turns a well-formed but suspicious answer into an error.
type Expect struct {
	MinRows int    `yaml:"min_rows" doc:"least number of records"`
	MinKept int    `yaml:"min_kept" doc:"least number of records that keep lets through, if there are any at all"`
	Else    string `yaml:"else" oneof:"permission|not_available|invalid_response|auth_revoked|config" doc:"error class if there are fewer"`
	Hint    string `yaml:"hint" doc:"what the admin should do then"`
}

// Pair is a name with one or more values, in the order of the file.
type Pair struct {
	Name   string
	Values []string // several where the value is a list: the name is repeated
}

// Value returns the first value.
func (p Pair) Value() string {
	if len(p.Values) == 0 {
		return ""
	}
	return p.Values[0]
}

// Scopes is what a request needs: all of the groups, any of the names in a group.
type Scopes [][]string

// Names returns every scope that is named, in order.
func (s Scopes) Names() []string {
	var out []string
	for _, group := range s {
		out = append(out, group...)
	}
	return out
}
