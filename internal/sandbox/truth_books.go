package sandbox

import "time"

// Paper is a document in the books that a payee was paid by, or is to be.
type Paper struct {
	Kind, Status, Payee, Currency string
	Number                        string // of a card's payment what its statement says
	Text                          string // of its first line
	On                            time.Time
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
			number := p.number
			if p.card {
				number = p.statement()
			}
			out = append(out, Paper{p.kind, p.status, books.payees[p.payee].name, p.currency, number, p.lines[0].text, p.date, p.cents + p.tax})
		}
	}
	return out
}

// statement is what a card's statement says of a payment.
func (p *paper) statement() string { return "CARD " + pad(p.n, 4) }
