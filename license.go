package purser

import (
	"strconv"
	"strings"
	"time"
)

// PlanTerms is what was entered of a license plan. Money is in minor units.
type PlanTerms struct {
	Model    string   `json:"model"`                     // per_user, per_unit, flat
	Family   string   `json:"family,omitempty"`          // plans of one family give the same: two seats of one person are one too many
	Bought   *int64   `json:"bought" required:"false"`   // null or absent: as the vendor says
	Included int64    `json:"included" required:"false"` // paid for, however many are used
	Minimum  int64    `json:"minimum" required:"false"`
	Free     int64    `json:"free" required:"false"` // seats that cost nothing
	Price    *Money   `json:"price,omitempty"`       // of one seat or unit for a period; of everything where flat; absent: as the vendor says
	Period   string   `json:"period,omitempty"`      // month, year; "" unknown, and so is every value
	EndsOn   string   `json:"ends_on,omitempty"`     // last day of the term, YYYY-MM-DD
	Contains []string `json:"contains,omitempty"`    // plans of the same instance that come with it: identifiers of the vendor, or names
}

// License is a plan with what is bought, assigned, used and spare.
type License struct {
	ID              string     `json:"id"` // pln_<number>, or lic_<number> of one by hand
	Name            string     `json:"name"`
	ApplicationID   string     `json:"application_id,omitempty"`
	ApplicationName string     `json:"application_name,omitempty"`
	InstanceID      string     `json:"instance_id,omitempty"`
	InstanceName    string     `json:"instance_name,omitempty"`
	ByHand          bool       `json:"by_hand"`
	Terms           *PlanTerms `json:"terms"`    // null: nothing was entered
	Bought          *int64     `json:"bought"`   // null: nobody says
	Assigned        *int64     `json:"assigned"` // null: of a plan by hand nobody says who holds it
	Used            *int64     `json:"used"`     // seats whose account is active; null: of a plan by hand nobody says
	InUse           *int64     `json:"in_use"`   // as the vendor counts them; null: it does not say
	Idle            *int64     `json:"idle"`     // inactive or never active
	Closed          *int64     `json:"closed"`   // of accounts that let nobody in any more: not used, either
	Unknown         *int64     `json:"unknown"`  // nobody knows; no saving
	Spare           *int64     `json:"spare"`    // bought and not assigned; below 0 more are assigned than bought
	Price           *Money     `json:"price"`
	Annual          *Money     `json:"annual"` // what all of it costs in a year; null: unknown, or hidden
	Priced          string     `json:"price_words,omitempty"`
	PricedBy        string     `json:"price_by,omitempty"`    // entered, contract, vendor
	ContractID      string     `json:"contract_id,omitempty"` // that is in force for its application
	ContractName    string     `json:"contract_name,omitempty"`
	EndsOn          string     `json:"ends_on,omitempty"` // last day of the term: as entered, else of the contract
	RealizableOn    string     `json:"realizable_on,omitempty"`
	Realizable      string     `json:"realizable,omitempty"` // from when something of it can be saved, in words
	ExternalID      string     `json:"external_id,omitempty"`
	RenewsAt        time.Time  `json:"renews_at,omitzero"` // as the vendor says
	DataAsOf        time.Time  `json:"data_as_of,omitzero"`
}

// ParsePrice reads an amount as people write it, such as 1250, 12.5 or 12.50,
// exactly. More decimals than the currency has are an error, not rounded.
func ParsePrice(text, currency string) (Money, error) {
	if len(currency) != 3 {
		return Money{}, Invalid("currency", "name a currency of three letters, such as EUR")
	}
	whole, part, _ := strings.Cut(text, ".")
	digits := MinorDigits(currency)
	if len(part) > digits {
		return Money{}, Invalid("price", "%s has %d decimals", currency, digits)
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
	if err != nil || minor < 0 || strings.ContainsAny(text, "+-") {
		return Money{}, Invalid("price", "name an amount such as 12.50")
	}
	return Money{Minor: minor, Currency: currency}, nil
}
