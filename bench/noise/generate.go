package noise

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// known is what the generator keeps of a person beside the roster's row.
type known struct {
	given, family string
	maiden        string // family name before, "" if never changed
	old           string // address before
	changed       time.Time
	started, left time.Time
	alias         string
	listed        bool
}

type generator struct {
	Model
	*rand.Rand
	now   time.Time
	out   Organization
	facts []known
	taken map[string]bool
}

// Generate makes an organization.
func Generate(m Model) Organization {
	g := &generator{Model: m, Rand: rand.New(rand.NewPCG(m.Seed, 7)), now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), taken: map[string]bool{}}
	for range m.People {
		g.person()
	}
	g.namesakes()
	for i := range g.out.People {
		g.accounts(i)
	}
	n := float64(len(g.out.Accounts))
	g.robots(int(n * m.Robots))
	g.shared(int(n * m.Shared))
	g.guests(int(n * m.Guests))
	return g.out
}

func (g *generator) chance(share float64) bool { return g.Float64() < share }

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// address makes one that nobody has had yet.
func (g *generator) address(local, domain string) string {
	for n := 1; ; n++ {
		a := local + "@" + domain
		if n > 1 {
			a = fmt.Sprintf("%s%d@%s", local, n, domain)
		}
		if !g.taken[a] {
			g.taken[a] = true
			return a
		}
	}
}

func (g *generator) person() {
	k := known{given: pick(g, givenNames()), family: pick(g, familyNames()), started: g.now.AddDate(0, 0, -g.IntN(10*365))}
	if g.chance(0.12) {
		k.family += "-" + pick(g, familyNames())
	}
	p := Person{External: fmt.Sprintf("hr-%d", len(g.out.People)+1), Number: fmt.Sprint(100000 + len(g.out.People)*7), Employment: "employed",
		StartedOn: k.started.Format(time.DateOnly)}
	domain := Domain
	if g.chance(g.Private0) {
		domain = pick(g, []string{"contractors.example.net", "freelance.example.net"})
	}
	p.Email = g.address(local(k.given, k.family), domain)
	if g.chance(g.Married) && domain == Domain {
		k.maiden, k.old = k.family, p.Email
		k.family = pick(g, familyNames())
		p.Email = g.address(local(k.given, k.family), Domain)
		k.changed = k.started.Add(time.Duration(g.Float64() * float64(g.now.Sub(k.started))))
		if !g.chance(g.Untold) {
			p.Former = []Former{{Address: k.old, Until: k.changed.UnixMicro()}}
		}
	}
	p.Name = k.given + " " + k.family
	if g.chance(g.Leavers) {
		k.left = k.started.Add(time.Duration(g.Float64() * float64(g.now.Sub(k.started))))
		p.Employment, p.EndedOn, p.Gone = "ended", k.left.Format(time.DateOnly), g.chance(1.0/3)
	}
	if n := nickname(k.given); n != "" && g.chance(0.5) {
		k.alias = g.address(local(n, k.family), Domain)
	} else {
		k.alias = g.address(string(fold(k.given)[0])+strings.ReplaceAll(fold(k.family), "-", ""), Domain)
	}
	k.listed = true
	g.out.People, g.facts = append(g.out.People, p), append(g.facts, k)
}

// namesakes start after a leaver of the same name has left, and get the address.
func (g *generator) namesakes() {
	left := int(float64(g.People) * g.Namesakes)
	for i := 0; i < len(g.facts) && left > 0; i++ {
		k, p := g.facts[i], g.out.People[i]
		if k.left.IsZero() || !k.left.Before(g.now.AddDate(0, -4, 0)) || strings.HasSuffix(p.Email, ".net") {
			continue
		}
		left--
		n := known{given: k.given, family: k.family, started: k.left.Add(60*24*time.Hour + time.Duration(g.Float64()*float64(g.now.Sub(k.left)-61*24*time.Hour))), listed: true}
		n.alias = g.address(string(fold(k.given)[0])+fold(k.family), Domain)
		g.out.People = append(g.out.People, Person{External: fmt.Sprintf("hr-%d", len(g.out.People)+1), Number: fmt.Sprint(100000 + len(g.out.People)*7),
			Name: p.Name, Email: p.Email, Employment: "employed", StartedOn: n.started.Format(time.DateOnly)})
		g.facts = append(g.facts, n)
	}
}

// accounts are one in the directory and some elsewhere.
func (g *generator) accounts(i int) {
	k, p := g.facts[i], g.out.People[i]
	until := g.now
	if !k.left.IsZero() {
		until = k.left
	}
	status := map[bool]string{true: "deactivated", false: "active"}[!k.left.IsZero() && g.chance(0.7)]
	dir := Account{Instance: 2, Email: p.Email, Name: g.name(k, k.family), CreatedAt: k.started.UnixMicro(), Status: status, Person: i, Truth: "person", Noise: "directory"}
	if !g.chance(g.NoNumber) {
		dir.EmployeeID = p.Number
	}
	dir.Aliases = []string{k.alias}
	if k.old != "" && g.chance(0.6) {
		dir.Aliases = append(dir.Aliases, k.old)
	}
	dir.Admin = g.chance(0.01)
	g.add(dir)
	for instance := int64(3); instance < 2+Instances; instance++ {
		if g.chance(0.25) {
			continue
		}
		made := k.started.Add(time.Duration(g.Float64() * float64(until.Sub(k.started))))
		a := Account{Instance: instance, Name: g.name(k, k.family), CreatedAt: made.UnixMicro(), Status: status, Person: i, Truth: "person", Kind: "person"}
		if g.chance(0.5) {
			a.Kind = ""
		}
		a.Email = p.Email
		if k.old != "" && made.Before(k.changed) {
			a.Email, a.Name, a.Noise = k.old, g.name(k, k.maiden), "before marriage"
		}
		g.distort(&a, k)
		g.add(a)
	}
}

func (g *generator) name(k known, family string) string {
	switch r := g.Float64(); {
	case r < g.NoName:
		return ""
	case r < g.NoName+g.Reversed:
		return family + ", " + k.given
	case r < g.NoName+g.Reversed+g.Nickname:
		if n := nickname(k.given); n != "" {
			return n + " " + family
		}
	case r < g.NoName+g.Reversed+g.Nickname+g.NameTypo:
		return slip(g, k.given+" "+family)
	}
	return k.given + " " + family
}

// distort does to the address what the model says.
func (g *generator) distort(a *Account, k known) {
	name, domain, _ := strings.Cut(a.Email, "@")
	r := g.Float64()
	is := func(share float64) bool { yes := r >= 0 && r < share; r -= share; return yes }
	switch {
	case is(g.Alias):
		a.Email, a.Noise = k.alias, "alias"
	case is(g.Unlisted):
		a.Email, a.Noise = fold(k.family)+"."+string(fold(k.given)[0])+"@"+Domain, "unlisted alias"
	case is(g.Tagged):
		a.Email, a.Noise = name+"+"+pick(g, []string{"slack", "test", "tools", "work"})+"@"+domain, "tag"
	case is(g.SubDomain):
		if domain == Domain {
			a.Email, a.Noise = name+"@"+pick(g, []string{"eng", "mail", "eu"})+"."+Domain, "sub-domain"
		}
	case is(g.OtherDomain):
		if domain == Domain {
			a.Email, a.Noise = name+"@"+Second, "second domain"
		}
	case is(g.Typo):
		a.Email, a.Noise = slip(g, name)+"@"+domain, "typo"
	case is(g.Translit):
		if other := otherSpelling(k.given) + "." + otherSpelling(k.family); other != local(k.given, k.family) {
			a.Email, a.Noise = other+"@"+domain, "transliteration"
		}
	case is(g.Private):
		a.Email, a.Noise = fold(k.given)+fmt.Sprint(g.IntN(999))+"@mail.example.net", "private"
	case is(g.NoAddress):
		a.Email, a.UserName, a.Noise = "", name, "no address"
	}
	if g.chance(g.Case) {
		a.Email = strings.ToUpper(a.Email[:len(a.Email)/2]) + a.Email[len(a.Email)/2:]
	}
}

func (g *generator) add(a Account) {
	a.External = fmt.Sprintf("u%d", len(g.out.Accounts)+1)
	if g.chance(g.NoDates) {
		a.CreatedAt = 0
	}
	g.out.Accounts = append(g.out.Accounts, a)
}

func (g *generator) nobody(kind, name, address string) {
	a := Account{Instance: 2 + int64(g.IntN(Instances)), Email: address, Name: name, Status: "active", Person: -1, Truth: kind, Noise: kind,
		CreatedAt: g.now.AddDate(0, 0, -g.IntN(3000)).UnixMicro(), Kind: kind}
	if kind != "guest" && g.chance(g.Silent) || kind == "guest" && g.chance(0.7) {
		a.Kind = ""
	}
	g.add(a)
}

func (g *generator) robots(n int) {
	for range n {
		what := pick(g, []string{"jenkins", "deploy", "backup", "monitoring", "ci", "sync", "export", "import", "terraform", "billing-export"})
		address := pick(g, []string{what + "-bot", "svc-" + what, what + ".service", "noreply-" + what, "api-" + what})
		g.nobody("robot", strings.ToUpper(what[:1])+what[1:]+" bot", g.address(address, Domain))
	}
}

func (g *generator) shared(n int) {
	for range n {
		what := pick(g, []string{"info", "sales", "support", "office", "jobs", "billing", "press", "reception", "helpdesk", "events", "legal"})
		if g.chance(0.5) {
			what += "." + pick(g, []string{"berlin", "paris", "emea", "us", "apac"})
		}
		g.nobody("shared", strings.ToUpper(what[:1])+what[1:], g.address(what, Domain))
	}
}

func (g *generator) guests(n int) {
	for range n {
		given, family := pick(g, givenNames()), pick(g, familyNames())
		if g.chance(g.SameAs) {
			k := pick(g, g.facts)
			given, family = k.given, k.family
		}
		g.nobody("guest", given+" "+family, g.address(local(given, family), pick(g, []string{"partner.example.net", "agency.example.net", "customer.example.net"})))
	}
}
