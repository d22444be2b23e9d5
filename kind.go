package purser

// Kind is one kind of record that a stream emits; one table each in the store.
type Kind string

// The closed list of kinds.
const (
	KindPerson       Kind = "person"
	KindAccount      Kind = "account"
	KindGroup        Kind = "group"
	KindMembership   Kind = "membership"
	KindApplication  Kind = "application"
	KindAssignment   Kind = "assignment"
	KindActivity     Kind = "activity"
	KindPlan         Kind = "plan"
	KindSeat         Kind = "seat"
	KindTransaction  Kind = "transaction"
	KindContract     Kind = "contract"
	KindDevice       Kind = "device"
	KindInstalledApp Kind = "installed_app"
	KindLookup       Kind = "lookup"
)

// FieldType says how a field's value is kept.
type FieldType int

// The types of fields. Every one of them can be unknown.
const (
	Text    FieldType = iota + 1 // UTF-8 text
	Enum                         // one of Field.Values; what is not mapped is "unknown"
	Bool                         // three-valued
	Int                          // 64 bit
	Time                         // microseconds since 1970 UTC
	UseDate                      // a date of use: at, never or unknown; never is kept as 0
	Date                         // a calendar day, kept as text YYYY-MM-DD
	Decimal                      // exact decimal, kept as text
	Minor                        // money in minor units of the record's currency
	Texts                        // texts, kept as a JSON array
)

// Field is one field of a kind.
type Field struct {
	Name      string
	Type      FieldType
	Mandatory bool     // a record without it is rejected
	Values    []string // of an Enum
	Key       bool     // part of the identity where the vendor has no id of its own
	History   bool     // each change is kept with its date
	Guarded   bool     // a mass change of it is held for a person
}

// Fields returns the closed list of fields of a kind, in the order in which
// values stand in a record; external_id is always first. The slice is the
// caller's own. It returns nil for an unknown kind.
func Fields(k Kind) []Field {
	switch k {
	case KindPerson:
		return personFields()
	case KindAccount:
		return accountFields()
	case KindGroup:
		return []Field{id(), {Name: "name", Type: Text, Mandatory: true, History: true}, {Name: "description", Type: Text},
			{Name: "type", Type: Text}, {Name: "email", Type: Text}, {Name: "created_at", Type: Time}}
	case KindMembership:
		return []Field{pairID(), {Name: "group", Type: Text, Mandatory: true, Key: true},
			{Name: "account", Type: Text, Mandatory: true, Key: true}, {Name: "role", Type: Text, History: true}}
	case KindApplication:
		return []Field{id(), {Name: "name", Type: Text, Mandatory: true, History: true}, {Name: "vendor_key", Type: Text},
			{Name: "status", Type: Enum, Values: []string{"active", "inactive", "deleted", "unknown"}, History: true},
			{Name: "sign_on", Type: Text}, {Name: "url", Type: Text}, {Name: "seats", Type: Int},
			{Name: "scopes", Type: Texts}, {Name: "created_at", Type: Time}}
	case KindAssignment:
		return []Field{pairID(), {Name: "application", Type: Text, Mandatory: true, Key: true},
			{Name: "account", Type: Text, Mandatory: true, Key: true},
			{Name: "via", Type: Enum, Values: []string{"direct", "group", "consent", "unknown"}, History: true},
			{Name: "status", Type: Text, History: true}, {Name: "user_name", Type: Text}, {Name: "scopes", Type: Texts},
			{Name: "assigned_at", Type: Time}, {Name: "last_used_at", Type: UseDate}}
	case KindActivity:
		return []Field{{Name: "external_id", Type: Text}, {Name: "account", Type: Text, Mandatory: true},
			{Name: "application", Type: Text}, {Name: "application_name", Type: Text},
			{Name: "event", Type: Text}, {Name: "at", Type: Time, Mandatory: true}, {Name: "count", Type: Int}}
	case KindPlan:
		return []Field{id(), {Name: "name", Type: Text, Mandatory: true, History: true}, {Name: "bought", Type: Int, History: true},
			{Name: "used", Type: Int, History: true}, {Name: "price", Type: Minor, History: true}, {Name: "currency", Type: Text},
			{Name: "renews_at", Type: Time, History: true}}
	case KindSeat:
		return []Field{pairID(), {Name: "plan", Type: Text, Mandatory: true, Key: true},
			{Name: "account", Type: Text, Mandatory: true, Key: true}, {Name: "active", Type: Bool, History: true},
			{Name: "assigned_at", Type: Time}}
	case KindTransaction:
		return transactionFields()
	case KindDevice:
		return deviceFields()
	case KindInstalledApp:
		return installedAppFields()
	case KindContract:
		return contractFields()
	case KindLookup:
		return []Field{id(), {Name: "name", Type: Text, Mandatory: true}}
	default:
		return nil
	}
}

// ValuesOf returns the values that an Enum field of a kind may have, nil for another.
func ValuesOf(k Kind, field string) []string {
	for _, f := range Fields(k) {
		if f.Name == field {
			return f.Values
		}
	}
	return nil
}

func id() Field { return Field{Name: "external_id", Type: Text, Mandatory: true} }

// pairID is an id that the engine derives from the key fields where the vendor names none.
func pairID() Field { return Field{Name: "external_id", Type: Text} }

func accountFields() []Field {
	return []Field{id(),
		{Name: "email", Type: Text, History: true, Guarded: true},
		{Name: "user_name", Type: Text, History: true},
		{Name: "display_name", Type: Text, History: true},
		{Name: "kind", Type: Enum, Values: []string{"person", "guest", "robot", "shared", "unknown"}, History: true},
		{Name: "status", Type: Enum, Values: []string{"active", "invited", "suspended", "deactivated", "unknown"}, History: true, Guarded: true},
		{Name: "admin", Type: Bool, History: true},
		{Name: "mfa", Type: Bool, History: true},
		{Name: "role", Type: Text, History: true},
		{Name: "aliases", Type: Texts},
		{Name: "employee_id", Type: Text, History: true},
		{Name: "department", Type: Text, History: true},
		{Name: "title", Type: Text, History: true},
		{Name: "manager", Type: Text, History: true},
		{Name: "created_at", Type: Time},
		{Name: "last_active_at", Type: UseDate},
	}
}

func personFields() []Field {
	return []Field{id(),
		{Name: "employee_number", Type: Text, History: true},
		{Name: "email", Type: Text, History: true, Guarded: true},
		{Name: "display_name", Type: Text, History: true},
		{Name: "employment", Type: Enum, Values: []string{"employed", "future", "on_leave", "ended", "unknown"}, History: true, Guarded: true},
		{Name: "type", Type: Text, History: true},
		{Name: "department", Type: Text, History: true},
		{Name: "division", Type: Text, History: true},
		{Name: "location", Type: Text, History: true},
		{Name: "cost_center", Type: Text, History: true},
		{Name: "title", Type: Text, History: true},
		{Name: "manager", Type: Text, History: true},
		{Name: "started_on", Type: Date, History: true},
		{Name: "ended_on", Type: Date, History: true},
	}
}

func transactionFields() []Field {
	return []Field{id(),
		{Name: "type", Type: Enum, Values: []string{"bill", "credit", "card", "bank", "unknown"}},
		{Name: "status", Type: Enum, Values: []string{"draft", "open", "paid", "void", "unknown"}, History: true},
		{Name: "date", Type: Date, Mandatory: true},
		{Name: "due_on", Type: Date},
		{Name: "payee", Type: Text},
		{Name: "payee_id", Type: Text},
		{Name: "document", Type: Text},
		{Name: "description", Type: Text},
		{Name: "amount", Type: Minor, Mandatory: true, History: true},
		{Name: "currency", Type: Text, Mandatory: true},
		{Name: "rate", Type: Decimal},
		{Name: "cost_center", Type: Text},
		{Name: "updated_at", Type: Time},
	}
}

// contractFields are the columns of a table of contracts: a row is one plan of a
// contract, and what it says of the contract is the same in each of its rows.
func contractFields() []Field {
	return []Field{{Name: "external_id", Type: Text}, {Name: "version", Type: Int}, {Name: "name", Type: Text, Mandatory: true}, {Name: "vendor", Type: Text, Mandatory: true},
		{Name: "applications", Type: Text}, {Name: "start", Type: Date}, {Name: "end", Type: Date}, {Name: "term_months", Type: Int}, {Name: "notice", Type: Text},
		{Name: "auto_renew", Type: Bool}, {Name: "true_down", Type: Date}, {Name: "renewal_months", Type: Int}, {Name: "uplift", Type: Decimal}, {Name: "payment", Type: Text}, {Name: "po_number", Type: Text},
		{Name: "owner", Type: Text}, {Name: "contact_name", Type: Text}, {Name: "contact_email", Type: Text}, {Name: "contact_phone", Type: Text},
		{Name: "cost_centers", Type: Text}, {Name: "custom", Type: Text}, {Name: "note", Type: Text},
		{Name: "plan", Type: Text}, {Name: "per", Type: Text}, {Name: "quantity", Type: Int}, {Name: "price", Type: Minor}, {Name: "currency", Type: Text}, {Name: "billing", Type: Text}}
}
