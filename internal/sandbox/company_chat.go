package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ChatUser is somebody who has the makers' own chat besides that of everybody.
type ChatUser struct {
	Person *Person
	Seen   time.Time // zero: never
}

// ChatUsers are the users of a chat that some departments bought for themselves. No
// system tells of it: whoever runs it hands its lists over.
func (c *Company) ChatUsers() (out []ChatUser) {
	for _, p := range c.People {
		in := slices.Contains([]string{"Engineering", "Product"}, p.Department) && p.Kind == Human && p.Employment == Employed
		if !in || unit(mix(c.seed, salt("chat"), uint64(p.N))) >= 0.7 {
			continue
		}
		u := ChatUser{Person: p, Seen: p.LastSeen}
		if p.N%5 == 0 && !u.Seen.IsZero() { // some came back to the others' chat long ago
			u.Seen = u.Seen.AddDate(0, 0, -100)
		}
		out = append(out, u)
	}
	return out
}

// Listed is an application of which nothing but its lists is known.
type Listed struct {
	Application, Plan string
	Bought            int64
	Users, Seats      string // as files with one line for each, and a head
	Plans             string
}

// Listed are the lists of the makers' chat, as they are handed over.
func (s *Sandbox) Listed() Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Listed{Application: "Mattermost", Plan: "Professional"}
	var users, seats strings.Builder
	users.WriteString("external_id,email,status,kind,last_active_at\n")
	seats.WriteString("plan,account\n")
	for _, u := range s.company.ChatUsers() {
		seen := "never"
		if !u.Seen.IsZero() {
			seen = u.Seen.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(&users, "mm-%d,%s,active,person,%s\n", u.Person.N, u.Person.Email, seen)
		fmt.Fprintf(&seats, "%s,mm-%d\n", out.Plan, u.Person.N)
		out.Bought++
	}
	out.Users, out.Seats = users.String(), seats.String()
	out.Plans = fmt.Sprintf("external_id,name,bought\n%s,%s,%d\n", out.Plan, out.Plan, out.Bought)
	return out
}
