package sandbox

import (
	"fmt"
	"time"
)

// Hire adds a person who starts on a day, in the future or not.
func (c *Company) Hire(given, family, dep string, on, now time.Time) *Person {
	p := &Person{Kind: Human, Employment: Employed, Given: given, Family: family, Department: dep, Title: "New Hire", Manager: 1,
		HiredOn: on, Changed: now, Plain: true, Location: "Remote", CostCenter: "CC-900", Division: "Operations"}
	if on.After(now) {
		p.Employment = Future
	}
	p.Email = c.freeAddress(ascii(given) + "." + ascii(family))
	return c.add(p)
}

// Remove erases a person from every vendor's records.
func (c *Company) Remove(email string, now time.Time) error {
	for i, p := range c.People {
		if p.Email == email {
			c.People = append(c.People[:i:i], c.People[i+1:]...)
			delete(c.byN, p.N)
			c.Gone[p.N] = now
			return nil
		}
	}
	return fmt.Errorf("nobody in the made-up company has the address %s", email)
}

// Leave lets a person leave the company on a day; the accounts stay active if they linger.
func (c *Company) Leave(email string, on, now time.Time, lingers bool) error {
	p := c.ByEmail(email)
	if p == nil {
		return fmt.Errorf("nobody in the made-up company has the address %s", email)
	}
	p.Employment, p.LeftOn, p.Changed, p.Lingers = Left, on, now, lingers
	return nil
}

// Use records that a person used an application (the identity provider itself where app is empty).
func (c *Company) Use(email, app string, at time.Time) error {
	p := c.ByEmail(email)
	if p == nil {
		return fmt.Errorf("nobody in the made-up company has the address %s", email)
	}
	n := -1
	for i, a := range c.Apps {
		if a.Key == app {
			n = i
		}
	}
	if n < 0 && app != "" {
		return fmt.Errorf("the made-up company has no application %q", app)
	}
	p.LastSeen = at
	c.Events = append(c.Events, Event{Seq: len(c.Events), At: at, Person: p.N, App: n, Success: true})
	return nil
}

func pad(n, width int) string { return fmt.Sprintf("%0*d", width, n) }
