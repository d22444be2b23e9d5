package manifest

// Action is one change at the vendor.
type Action struct {
	Name   string `yaml:",key" oneof:"suspend|reactivate|deactivate|delete|remove_seat|remove_from_group|unassign|revoke_sessions|revoke_grants|transfer|create|assign_seat|assign_group"`
	Like   string `yaml:"like" json:"-" doc:"name of an earlier action: its request and what it needs, but for what is said here"`
	Target string `yaml:"target" oneof:"account|membership|assignment|seat|group" doc:"kind of record that it changes"`
	Scopes Scopes `yaml:"scopes" doc:"scopes that it needs"`
	Token  string `yaml:"token" doc:"name of the token to use"`
	Needs  string `yaml:"needs" doc:"plan and role that the vendor asks for"`

	Request  `yaml:",inline"`
	Requests []Request `yaml:"requests" doc:"several requests, in this order"`

	When         string      `yaml:"when" doc:"condition on the record: otherwise there is nothing to do"`
	AlreadyDone  []ErrorRule `yaml:"already_done" doc:"refusals that mean success"`
	Idempotent   bool        `yaml:"idempotent" doc:"the vendor takes the same request twice without harm (put and delete always count as such)"`
	Irreversible bool        `yaml:"irreversible" doc:"cannot be undone"`
	DataEffect   string      `yaml:"data_effect" doc:"what happens to the person's data at the vendor"`
	ReadsBack    *ReadsBack  `yaml:"reads_back" doc:"what proves it"`
	Undo         string      `yaml:"undo" doc:"the action that undoes it"`
	Batch        int         `yaml:"batch" later:"*" doc:"so many records in one request"`
}

// ReadsBack is what the next reading must show.
type ReadsBack struct {
	Stream string `yaml:"stream" doc:"stream that shows it"`
	Field  string `yaml:"field" doc:"field of its records"`
	Want   string `yaml:"want" doc:"value of the field; without a field the record must be gone, of provisioning be there"`
}

// Proof says in words what the next reading has to show, so that the action counts
// as proven.
func (a *Action) Proof() string {
	switch r := a.ReadsBack; {
	case r == nil:
		return ""
	case r.Field == "" && a.Switch() == "provisioning":
		return "the next reading of " + r.Stream + " shows it"
	case r.Field == "":
		return "the next readings of " + r.Stream + " do not show it any more"
	default:
		return "the next reading of " + r.Stream + " shows " + r.Field + " " + r.Want
	}
}

// Switch returns the switch that turns the action on: reclamation or provisioning.
func (a *Action) Switch() string {
	switch a.Name {
	case "create", "assign_seat", "assign_group":
		return "provisioning"
	}
	return "reclamation"
}
