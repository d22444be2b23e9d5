package sandbox

import (
	"fmt"
	"strings"
	"time"
)

type department struct {
	name, division, cost string
	titles               []string
}

func departments() []department {
	return []department{
		{"Engineering", "Product", "CC-100", []string{"Software Engineer", "Senior Software Engineer", "Site Reliability Engineer", "QA Engineer"}},
		{"Product", "Product", "CC-110", []string{"Product Manager", "Product Analyst"}},
		{"Design", "Product", "CC-120", []string{"Product Designer", "Brand Designer"}},
		{"Sales", "Commercial", "CC-200", []string{"Account Executive", "Sales Development Representative", "Sales Engineer"}},
		{"Marketing", "Commercial", "CC-210", []string{"Content Strategist", "Campaign Manager"}},
		{"Customer Success", "Commercial", "CC-220", []string{"Support Engineer", "Customer Success Manager"}},
		{"Finance", "Operations", "CC-300", []string{"Accountant", "Financial Analyst", "Payroll Specialist"}},
		{"People", "Operations", "CC-310", []string{"Recruiter", "HR Business Partner"}},
		{"IT", "Operations", "CC-320", []string{"IT Administrator", "Support Technician"}},
		{"Legal", "Operations", "CC-330", []string{"Counsel", "Paralegal"}},
	}
}

func (c *Company) add(p *Person) *Person {
	p.N = c.nextN
	c.nextN++
	if p.Changed.IsZero() {
		p.Changed = c.Today.AddDate(0, 0, -1-int(mix(c.seed, salt("changed"), uint64(p.N))%400)).Add(9 * time.Hour)
	}
	c.People = append(c.People, p)
	c.byN[p.N] = p
	return p
}

// populate fills the company: the head and the department heads first, so that
// managers exist before the people who report to them.
func (c *Company) populate(o CompanyOptions) {
	d := newDice(c.seed, salt("people"))
	head := c.add(c.employee(d, department{"Executive", "Operations", "CC-001", []string{"Chief Executive Officer"}}, 0))
	head.Plain = true
	heads := map[string]int{}
	for _, dep := range departments() {
		p := c.add(c.employee(d, dep, head.N))
		p.Title, p.Plain = "Head of "+dep.name, true
		heads[dep.name] = p.N
	}
	special := 32 // guests, robots, shared mailboxes and unknown accounts below
	for len(c.People) < o.People-special {
		dep := pick(d, departments())
		p := c.add(c.employee(d, dep, heads[dep.name]))
		switch n := p.N; {
		case n%13 == 5:
			p.Employment, p.LeftOn = Left, c.Today.AddDate(0, 0, -3-d.intn(300))
			p.Lingers = n%3 == 0
			p.Changed = p.LeftOn.Add(17 * time.Hour)
		case n%37 == 6:
			p.Employment, p.HiredOn, p.LastSeen = Future, c.Today.AddDate(0, 0, 5+d.intn(60)), time.Time{}
		case n%53 == 7:
			p.Employment = OnLeave
		}
		p.Contractor = n17(p.N)
	}
	c.populateEdges(d, o)
}

func n17(n int) bool { return n%17 == 4 }

func (c *Company) employee(d *dice, dep department, manager int) *Person {
	given, family := pick(d, givenNames()), pick(d, familyNames())
	p := &Person{Kind: Human, Employment: Employed, Given: given, Family: family, Department: dep.name, Division: dep.division,
		Title: pick(d, dep.titles), CostCenter: dep.cost, Manager: manager, Location: pick(d, []string{"Berlin", "Lisbon", "Austin", "Remote", "Malmö"}),
		HiredOn: c.Today.AddDate(0, 0, -20-d.intn(3000))}
	p.Email = c.freeAddress(ascii(given) + "." + ascii(family))
	switch d.intn(12) {
	case 0: // never signed in
	case 1:
		p.LastSeen = c.Today.AddDate(0, 0, -61-d.intn(300))
	default:
		p.LastSeen = c.Today.AddDate(0, 0, -1-d.intn(14)).Add(time.Duration(7*60+d.intn(600)) * time.Minute)
	}
	if d.chance(0.12) {
		p.Aliases = append(p.Aliases, c.freeAddress(strings.ToLower(ascii(given)[:1])+ascii(family)))
	}
	return p
}

// freeAddress makes an address at the company's domain that nobody has yet.
func (c *Company) freeAddress(local string) string {
	for i := 1; ; i++ {
		addr := local + "@" + c.Domain
		if i > 1 {
			addr = fmt.Sprintf("%s%d@%s", local, i, c.Domain)
		}
		if !c.taken[addr] {
			c.taken[addr] = true
			return addr
		}
	}
}

// populateEdges gives the last people hostile, empty and very long names, and
// adds the accounts that belong to nobody in HR.
func (c *Company) populateEdges(d *dice, o CompanyOptions) {
	hostile := hostileTexts()
	if o.Nul {
		hostile = append(hostile, "nul\u0000character")
	}
	at := len(c.People) - 1
	for i, text := range append(hostile, longText()) {
		if at-i <= 11 {
			break
		}
		p := c.People[at-i]
		p.Given, p.Family, p.Plain = text, "", true
		p.Email, p.Aliases = c.freeAddress(fmt.Sprintf("edge-%02d", i+1)), nil
		if i%2 == 0 {
			p.Title = text
		}
	}
	for i := range 10 {
		c.add(&Person{Kind: Guest, Employment: NotInHR, Given: pick(d, givenNames()), Family: pick(d, familyNames()),
			Email: fmt.Sprintf("guest%d@partner.example.net", i+1), LastSeen: c.Today.AddDate(0, 0, -1-d.intn(90)), HiredOn: c.Today.AddDate(0, -8, 0)})
	}
	for _, name := range []string{"Deploy Bot", "Stand-up Bot", "Backup Service", "CRM Sync", "Monitoring", "Build Runner", "Ticket Bot", "Payroll Export"} {
		c.add(&Person{Kind: Robot, Employment: NotInHR, Given: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", "-")) + "@" + c.Domain,
			HiredOn: c.Today.AddDate(-1, 0, 0), LastSeen: c.Today.Add(-21 * time.Hour)})
	}
	for _, name := range []string{"Info", "Invoices", "Jobs", "Meeting Room Alpha"} {
		c.add(&Person{Kind: Shared, Employment: NotInHR, Given: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", "-")) + "@" + c.Domain,
			HiredOn: c.Today.AddDate(-2, 0, 0)})
	}
	for range 10 { // accounts that nobody in HR knows
		p := c.employee(d, pick(d, departments()), 0)
		p.Employment = NotInHR
		c.add(p)
	}
}
