package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// LabsAccount is an account of the company's second identity provider, which came
// with a firm that it bought.
type LabsAccount struct {
	ID         int
	Person     int // N of the person, 0 for one from outside whom nobody else knows
	Given      string
	Family     string
	Email      string
	Department string
	Suspended  bool
	MadeOn     time.Time
	LastSeen   time.Time // zero: never
	Renamed    bool      // it still has the name and the address of before a marriage
	Aliased    bool      // its address is another one of the person's
	Sister     bool      // its address is at the bought firm's domain
}

// LabsApp is an application behind the second identity provider. Key is that of
// the same application behind the first, or its own.
type LabsApp struct {
	ID          int
	Name, Key   string
	Departments []string
	Share       float64
}

// labsDomain is the bought firm's: everybody has the same name there.
const labsDomain = "example.org"

// LabsDomain is the domain of the bought firm, under which people have the same names.
func LabsDomain() string { return labsDomain }

// addLabs gives the makers, the contractors and some people from outside accounts
// of a second identity provider, under the addresses that they have there.
func (c *Company) addLabs() {
	c.LabsApps = []LabsApp{{101, "GitHub", "github_enterprise", []string{"Engineering"}, 0.8}, {102, "GitHub Team", "github_enterprise", []string{"Design", ""}, 0.9},
		{103, "Figma", "figma", []string{"Design"}, 1}, {104, "Linear", "linear", nil, 0.7}}
	renamed := 0
	for _, p := range c.People {
		in := p.Department == "Engineering" || p.Department == "Design" || p.Contractor
		if p.Kind != Human || !in || p.Plain || (p.Employment != Employed && p.Employment != OnLeave) {
			continue
		}
		a := LabsAccount{ID: 5000 + p.N, Person: p.N, Given: p.Given, Family: p.Family, Email: p.Email, Department: p.Department, MadeOn: p.HiredOn.AddDate(0, 0, 1), LastSeen: p.LastSeen}
		switch {
		case renamed < 3 && p.N%4 == 1 && p.LastSeen.After(c.Today.AddDate(0, 0, -40)):
			renamed++
			a.Family, a.Renamed = p.Family+"-Before", true
			a.Email = c.freeAddress(ascii(p.Given) + "." + ascii(p.Family) + ".before")
			p.Aliases = append(p.Aliases, a.Email)
		case len(p.Aliases) > 0:
			a.Email, a.Aliased = p.Aliases[0], true
		case p.N%5 == 0:
			a.Email, a.Sister = strings.Replace(p.Email, "@"+c.Domain, "@"+labsDomain, 1), true
		}
		c.Labs = append(c.Labs, a)
	}
	d := newDice(c.seed, salt("labs"))
	for i := range 8 {
		c.Labs = append(c.Labs, LabsAccount{ID: 9000 + i, Given: pick(d, givenNames()), Family: pick(d, familyNames()), Email: fmt.Sprintf("contractor%d@studio.example.net", i+1),
			MadeOn: c.Today.AddDate(0, -5, 0), LastSeen: c.Today.AddDate(0, 0, -2-i)})
	}
}

// HasLabsApp says whether an account of the second identity provider has an application.
func (c *Company) HasLabsApp(a LabsAccount, app LabsApp) bool {
	if app.Departments != nil {
		in := false
		for _, d := range app.Departments {
			in = in || d == a.Department
		}
		if !in {
			return false
		}
	}
	return unit(mix(c.seed, salt("labs app"), uint64(app.ID), uint64(a.ID))) < app.Share
}
