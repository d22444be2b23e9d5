package purser

// Agreed is what contracts say of an application.
type Agreed struct {
	Contracts int64        `json:"contracts"`        // that are not over
	Over      int64        `json:"over"`             // of which the period is past, and no next one was noted: in no sum
	Yearly    []Money      `json:"yearly,omitempty"` // for twelve months, of those that are about this application alone
	Shared    []Money      `json:"shared,omitempty"` // of those that are about others, too: of all of them together, in no sum
	Unknown   int64        `json:"unknown_plans"`    // that are in neither
	Next      *NextRenewal `json:"next,omitempty"`   // nil: of none a deadline or an end is known
	Hidden    bool         `json:"prices_hidden,omitempty"`
	URL       string       `json:"url"`      // opens those that are not over
	OverURL   string       `json:"over_url"` // and those that are
}

// NextRenewal is the contract of an application of which the day comes first; it may be past.
type NextRenewal struct {
	ContractID   string           `json:"contract_id"`
	ContractName string           `json:"contract_name"`
	On           string           `json:"on"`     // YYYY-MM-DD
	Notice       bool             `json:"notice"` // the last day for notice, else the end
	Standing     ContractStanding `json:"standing"`
}

// OpenFindings are those of an application that somebody should look at.
type OpenFindings struct {
	Open     int64   `json:"open"`
	Annual   []Money `json:"annual,omitempty"` // what they are worth in a year, a sum for each currency; nil where money is hidden
	Unvalued int64   `json:"without_value"`    // of them; 0 where money is hidden
	Hidden   bool    `json:"values_hidden,omitempty"`
	URL      string  `json:"url"`
}
