package sandbox

// Account is an account that a vendor lists, and whose it is in truth.
type Account struct {
	Person *Person
	Closed bool // the vendor lists it as closed
	Shut   bool // it lets nobody in: closed or suspended
}

// Accounts are the accounts that a vendor lists, those of the second identity
// provider and the vendors' own robots left out.
func (s *Sandbox) Accounts(vendor string) []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Account
	switch vendor {
	case Okta:
		for _, p := range s.okta.people() {
			status := s.okta.status(p)
			closed := status == "DEPROVISIONED"
			out = append(out, Account{p, closed, closed || status == "SUSPENDED"})
		}
	case Google:
		for _, p := range s.google.people() {
			archived := s.google.user(p)["archived"] == true
			suspended := s.google.suspended(p)
			out = append(out, Account{p, archived && !suspended, archived || suspended})
		}
	case Slack:
		for _, p := range s.slack.people() {
			gone := p.Employment == Left && !p.Lingers
			out = append(out, Account{p, gone, gone})
		}
	case Xero:
		for _, p := range s.company.People {
			if keepsBooks(p) {
				out = append(out, Account{Person: p})
			}
		}
	}
	return out
}

// Paper is a document in the books that a payee was paid by, or is to be.
type Paper struct {
	Kind, Status, Payee, Currency string
	Cents                         int64 // with tax; hundredths in every currency
}

// Papers are all documents of the first organisation's books, of every kind.
func (s *Sandbox) Papers() []Paper {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Paper
	books := s.xero.books[0]
	for _, list := range [][]*paper{books.bills, books.credits, books.spends} {
		for _, p := range list {
			out = append(out, Paper{p.kind, p.status, books.payees[p.payee].name, p.currency, p.cents + p.tax})
		}
	}
	return out
}

// Editions is how many people hold each edition of the suite, by its identifier.
func (s *Sandbox) Editions() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int64{}
	for _, p := range s.google.people() {
		for _, product := range []string{"Google-Apps", "101047"} {
			if sku := s.google.edition(p, product); sku != "" {
				out[sku]++
			}
		}
	}
	return out
}
