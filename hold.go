package purser

// HeldRow is one record of a hold.
type HeldRow struct {
	ID       string `json:"id"`               // names it in a decision
	Record   string `json:"record,omitempty"` // acc_… or per_…, where it has a page
	Name     string `json:"name"`
	Before   string `json:"before,omitempty"` // of a change; "" is unknown
	After    string `json:"after,omitempty"`
	Decision string `json:"decision,omitempty"` // approved, rejected
}
