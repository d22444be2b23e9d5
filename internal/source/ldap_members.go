package source

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"purser"
)

// people are the entries that were read as accounts: memberships name them.
type people struct {
	byDN  map[string]string // identifier
	byUID map[string]string // of posixGroup, which names members by uid
	// primary are the identifiers of those whose primary group it is: see groupKey.
	primary map[string][]string
}

func (p *people) note(e *ldap.Entry, row map[string]any) {
	if p.byDN == nil {
		p.byDN, p.byUID, p.primary = map[string]string{}, map[string]string{}, map[string][]string{}
	}
	id, _ := row["id"].(string)
	if key, ok := primaryGroup(e); ok && p.byDN[fold(e.DN)] == "" {
		p.primary[key] = append(p.primary[key], id)
	}
	p.byDN[fold(e.DN)] = id
	if uid := e.GetEqualFoldAttributeValue("uid"); uid != "" {
		p.byUID[uid] = id
	}
}

// directoryGroup is a group with what it names.
type directoryGroup struct {
	dn, id  string
	members []string // distinguished names, comparable
	uids    []string
	key     string // by which accounts name it as their primary one, "" outside Active Directory
}

// memberships reads all groups at the first page and hands over who is in each,
// also through groups within it.
func (l *LDAP) memberships(list *listing, q url.Values) ([]byte, error) {
	if list.rows == nil {
		if err := l.readMemberships(list, q); err != nil {
			return nil, err
		}
	}
	n := min(rowsPerPage, len(list.rows))
	answer := map[string]any{"entries": list.rows[:n]}
	if list.rows = list.rows[n:]; len(list.rows) > 0 {
		answer["next"] = strconv.Itoa(list.page)
	}
	return json.Marshal(answer)
}

func (l *LDAP) readMemberships(list *listing, q url.Values) error {
	if len(l.people.byDN) == 0 {
		if err := l.readPeople(q); err != nil {
			return err
		}
	}
	groups := map[string]*directoryGroup{}
	var order []string
	groupsAt := &listing{}
	for {
		entries, err := l.search(groupsAt, q, entriesPerPage)
		if err != nil {
			return err
		}
		for _, e := range entries {
			g := &directoryGroup{dn: fold(e.DN), id: entryID(e), uids: e.GetEqualFoldAttributeValues("memberUid")}
			if domain, rid, ok := relative(e); ok {
				g.key = groupKey(domain, rid)
			}
			for _, name := range []string{"member", "uniqueMember"} {
				for _, m := range e.GetEqualFoldAttributeValues(name) {
					g.members = append(g.members, fold(m))
				}
			}
			groups[g.dn] = g
			order = append(order, g.dn)
		}
		if len(groupsAt.cookie) == 0 {
			break
		}
	}
	list.rows = []json.RawMessage{}
	for _, dn := range order {
		found := map[string]string{} // account: direct or nested
		l.within(groups, groups[dn], "direct", map[string]bool{}, found)
		ids := make([]string, 0, len(found))
		for id := range found {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			row, err := json.Marshal(map[string]string{"group": groups[dn].id, "account": id, "role": found[id]})
			if err != nil {
				return err
			}
			list.rows = append(list.rows, row)
		}
	}
	list.page++
	return nil
}

// within gathers who is in a group. Groups may contain each other.
func (l *LDAP) within(groups map[string]*directoryGroup, g *directoryGroup, role string, seen map[string]bool, found map[string]string) {
	if seen[g.dn] {
		return
	}
	seen[g.dn] = true
	add := func(id string, ok bool) {
		if ok && found[id] != "direct" {
			found[id] = role
		}
	}
	for _, uid := range g.uids {
		id, ok := l.people.byUID[uid]
		add(id, ok)
	}
	if g.key != "" {
		for _, id := range l.people.primary[g.key] {
			add(id, true)
		}
	}
	var inner []*directoryGroup
	for _, m := range g.members {
		if id, ok := l.people.byDN[m]; ok {
			add(id, true)
		} else if in, ok := groups[m]; ok {
			inner = append(inner, in)
		}
	}
	for _, in := range inner {
		l.within(groups, in, "nested", seen, found)
	}
}

// readPeople finds out who the accounts are, for a run that goes on in another process.
func (l *LDAP) readPeople(q url.Values) error {
	users := url.Values{"base": {q.Get("people_base")}, "filter": {q.Get("people")}, "attributes": {"uid,objectGUID,entryUUID,nsUniqueId,ipaUniqueID,objectSid,primaryGroupID"}}
	list := &listing{}
	for {
		entries, err := l.search(list, users, entriesPerPage)
		if err != nil {
			return err
		}
		for _, e := range entries {
			l.people.note(e, map[string]any{"id": entryID(e)})
		}
		if len(list.cookie) == 0 {
			return nil
		}
	}
}

// allValues reads the rest of an attribute of which the directory gives only so
// many values at once: member;range=0-1499 ([MS-ADTS] 3.1.1.3.1.3.3).
func (l *LDAP) allValues(e *ldap.Entry) error {
	for _, a := range e.Attributes {
		name, bounds, ranged := strings.Cut(a.Name, ";range=")
		for ranged && !strings.HasSuffix(bounds, "*") {
			_, high, _ := strings.Cut(bounds, "-")
			last, err := strconv.Atoi(high)
			if err != nil {
				break
			}
			more, err := l.conn.Search(ldap.NewSearchRequest(e.DN, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, int(patience.Seconds()), false,
				"(objectClass=*)", []string{fmt.Sprintf("%s;range=%d-*", name, last+1)}, nil))
			if err != nil {
				return l.refusal(err)
			}
			next := ""
			for _, entry := range more.Entries {
				for _, in := range entry.Attributes {
					if rest, b, ok := strings.Cut(in.Name, ";range="); ok && strings.EqualFold(rest, name) {
						a.Values, a.ByteValues, next = append(a.Values, in.Values...), append(a.ByteValues, in.ByteValues...), b
					}
				}
			}
			if next == "" || next == bounds {
				return &purser.Error{Class: purser.ClassInvalidResponse, Code: "range", What: "the directory does not give all values of " + name}
			}
			bounds = next
		}
		if ranged {
			a.Name = name
			// Beside the values stands the attribute itself, without any.
			e.Attributes = slices.DeleteFunc(slices.Clone(e.Attributes), func(o *ldap.EntryAttribute) bool {
				return o != a && strings.EqualFold(o.Name, name) && len(o.Values) == 0
			})
		}
	}
	return nil
}
