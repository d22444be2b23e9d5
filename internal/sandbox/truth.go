package sandbox

// Account is an account that a vendor lists, and whose it is in truth.
type Account struct {
	Person *Person
	Closed bool // the vendor lists it as closed
	Shut   bool // it lets nobody in: closed or suspended
	Told   Kind // what the vendor says that is behind it; "" where it says nothing
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
			out = append(out, Account{Person: p, Closed: closed, Shut: closed || status == "SUSPENDED"})
		}
	case Google:
		for _, p := range s.google.people() {
			archived := s.google.user(p)["archived"] == true
			suspended := s.google.suspended(p)
			a := Account{Person: p, Closed: archived && !suspended, Shut: archived || suspended}
			if p.Kind == Guest {
				a.Told = Guest
			}
			out = append(out, a)
		}
	case Slack:
		for _, p := range s.slack.people() {
			gone := p.Employment == Left && !p.Lingers
			a := Account{Person: p, Closed: gone, Shut: gone}
			if p.Kind == Guest || p.Kind == Robot {
				a.Told = p.Kind
			}
			out = append(out, a)
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

// Consents are the people who let an application into their account of the suite and
// have not taken that back, as its log tells, by the application's name.
func (s *Sandbox) Consents() map[string][]*Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	apps, stand := s.google.consentedApps(), map[[2]int]string{} // by person and application
	for _, e := range s.company.Events {
		p := s.company.Person(e.Person)
		if p != nil && s.google.logged(p) && e.App < 0 && e.Success {
			s.google.tokenEvents(apps, p, e, stand)
		}
	}
	out := map[string][]*Person{}
	for at, name := range stand {
		if app := apps[at[1]].name; name != "revoke" {
			out[app] = append(out[app], s.company.Person(at[0]))
		}
	}
	return out
}
