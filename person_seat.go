package purser

// PersonSeat is a seat of a license plan that an account of a person holds.
type PersonSeat struct {
	AccountID    string `json:"account_id"`
	AccountName  string `json:"account_name"`
	InstanceID   string `json:"instance_id"`
	InstanceName string `json:"instance_name"`
	PlanID       string `json:"plan_id,omitempty"`
	Plan         string `json:"plan"`
	Annual       *Money `json:"annual"` // what it costs in a year by list price; null: unknown, or hidden
	Unvalued     string `json:"no_value_because,omitempty"`
}

// WithoutNames returns the seat as those see it who may not know whose it is.
func (s PersonSeat) WithoutNames() PersonSeat {
	s.AccountName = "Account " + number(s.AccountID)
	return s
}

// Of returns the seats that one account holds, with what they cost.
func (s PersonSeats) Of(accountID string) (of PersonSeats) {
	for _, seat := range s.Seats {
		if seat.AccountID != accountID {
			continue
		}
		if of.Seats = append(of.Seats, seat); seat.Annual != nil {
			of.Annual = AddMoney(of.Annual, *seat.Annual)
		} else {
			of.Unvalued++
		}
	}
	return of
}

// PersonSeats are the seats of a person, and what they cost in a year: a sum for each
// currency, never added together. Seats without a value are in none.
type PersonSeats struct {
	Seats    []PersonSeat `json:"items"`
	Annual   []Money      `json:"annual"`
	Unvalued int          `json:"without_value"`
}

// PersonHolds adds up what a person holds: live devices, and seats of live accounts with what
// they cost in a year by list price.
type PersonHolds struct {
	Devices  int64   `json:"devices"`
	Seats    int64   `json:"seats"`
	Unvalued int64   `json:"seats_without_value"` // of which nobody knows the price, or it is hidden
	Annual   []Money `json:"annual,omitempty"`    // a sum for each currency
}
