package source_test

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"purser/internal/engine"
	"purser/internal/source"
	"purser/internal/source/ldaptest"
)

// activeDirectory answers as Active Directory does where other directories differ:
// bytes for identifiers, dates in counts since 1601, at most 1,500 values of an
// attribute at once, and a primary group that lists none of its members. It is no
// directory: it knows three people and one large group.
type activeDirectory struct {
	t     *testing.T
	large []string // members of the large group
}

type attribute struct {
	name   string
	values []string
}

// sid is an objectSid of one domain: S-1-5-21-1-2-3-rid.
func sid(rid uint32) string {
	b := []byte{1, 5, 0, 0, 0, 0, 0, 5}
	for _, n := range []uint32{21, 1, 2, 3, rid} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return string(b)
}

// guid is an objectGUID whose text ends with n.
func guid(n byte) string {
	return string(append([]byte("\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee"), n))
}

func ticks(at time.Time) string { return strconv.FormatInt((at.Unix()+11644473600)*10_000_000, 10) }

func (d activeDirectory) user(n byte, more ...attribute) []attribute {
	return append([]attribute{{"sAMAccountName", []string{fmt.Sprintf("u%d", n)}}, {"objectGUID", []string{guid(n)}}, {"objectSid", []string{sid(1100 + uint32(n))}},
		{"primaryGroupID", []string{"513"}}, {"mail", []string{fmt.Sprintf("u%d@example.com", n)}}}, more...)
}

// entries are what a search finds, by name.
func (d activeDirectory) entries(filter string, wanted []string) map[string][]attribute {
	if slices.ContainsFunc(wanted, func(a string) bool { return strings.HasPrefix(a, "member;range=") }) {
		from, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(wanted[0], "member;range="), "-*"))
		to := min(from+1500, len(d.large))
		end := strconv.Itoa(to - 1)
		if to == len(d.large) {
			end = "*"
		}
		return map[string][]attribute{"CN=Large,DC=example,DC=com": {{fmt.Sprintf("member;range=%d-%s", from, end), d.large[from:to]}}}
	}
	if strings.Contains(filter, "inetOrgPerson") {
		past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		all := map[string][]attribute{
			"CN=u1,DC=example,DC=com": d.user(1, attribute{"userAccountControl", []string{"512"}}, attribute{"accountExpires", []string{"9223372036854775807"}},
				attribute{"lastLogonTimestamp", []string{ticks(time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC))}}),
			"CN=u2,DC=example,DC=com": d.user(2, attribute{"userAccountControl", []string{"514"}}, attribute{"accountExpires", []string{"0"}}),
			"CN=u3,DC=example,DC=com": d.user(3, attribute{"userAccountControl", []string{"512"}}, attribute{"accountExpires", []string{ticks(past)}}),
			"CN=u4,DC=example,DC=com": d.user(4, attribute{"userAccountControl", []string{"512"}}, attribute{"accountExpires", []string{ticks(future)}}),
		}
		return all
	}
	return map[string][]attribute{
		"CN=Large,DC=example,DC=com":        {{"cn", []string{"Large"}}, {"objectGUID", []string{guid(101)}}, {"objectSid", []string{sid(1200)}}, {"member", nil}, {"member;range=0-1499", d.large[:1500]}},
		"CN=Domain Users,DC=example,DC=com": {{"cn", []string{"Domain Users"}}, {"objectGUID", []string{guid(102)}}, {"objectSid", []string{sid(513)}}},
	}
}

func (d activeDirectory) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		p, err := ber.ReadPacket(c)
		if err != nil || len(p.Children) < 2 {
			return
		}
		id, op := p.Children[0].Value.(int64), p.Children[1]
		answer := func(tag ber.Tag, fill func(op *ber.Packet)) {
			m := ber.NewSequence("message")
			m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, "id"))
			o := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "op")
			fill(o)
			m.AppendChild(o)
			_, _ = c.Write(m.Bytes())
		}
		octets := func(s string) *ber.Packet {
			return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
		}
		done := func(o *ber.Packet) {
			o.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 0, "ok"))
			o.AppendChild(octets(""))
			o.AppendChild(octets(""))
		}
		switch op.Tag {
		case ldap.ApplicationBindRequest:
			answer(ldap.ApplicationBindResponse, done)
		case ldap.ApplicationSearchRequest:
			filter, err := ldap.DecompileFilter(op.Children[6])
			if err != nil {
				d.t.Error(err)
			}
			var wanted []string
			for _, a := range op.Children[7].Children {
				wanted = append(wanted, a.Data.String())
			}
			for dn, attributes := range d.entries(filter, wanted) {
				answer(ldap.ApplicationSearchResultEntry, func(o *ber.Packet) {
					o.AppendChild(octets(dn))
					list := ber.NewSequence("attributes")
					for _, a := range attributes {
						one, set := ber.NewSequence(""), ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
						for _, v := range a.values {
							set.AppendChild(octets(v))
						}
						one.AppendChild(octets(a.name))
						one.AppendChild(set)
						list.AppendChild(one)
					}
					o.AppendChild(list)
				})
			}
			answer(ldap.ApplicationSearchResultDone, done)
		default:
			return
		}
	}
}

// startActiveDirectory listens on loopback with TLS from the first byte.
func startActiveDirectory(t *testing.T) ldaptest.Slapd {
	t.Helper()
	dir := t.TempDir()
	s := ldaptest.Slapd{CA: ldaptest.Certificates(t, dir)}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(dir, "server.key"))
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	d := activeDirectory{t: t}
	for n := range 3200 {
		d.large = append(d.large, fmt.Sprintf("CN=x%d,DC=example,DC=com", n))
	}
	d.large[1600], d.large[3199] = "cn=U1,dc=example,dc=com", "CN=u4, DC=example, DC=com"
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go d.serve(c)
		}
	}()
	_, s.TLS, _ = net.SplitHostPort(l.Addr().String())
	return s
}

func TestActiveDirectoryTellsWhoMaySignInAndWhoIsInAGroupWithoutListingThem(t *testing.T) {
	s := startActiveDirectory(t)
	l := directory(t, s, func(*source.Directory) {})
	res, users := readDirectory(t, l, "users")
	said := map[string]string{}
	for _, u := range users {
		said[u.Values[1].S] = u.ExternalID + " " + u.Values[5].S
	}
	for mail, want := range map[string]string{
		"u1@example.com": "00112233-4455-6677-8899-aabbccddee01 active",
		"u2@example.com": "00112233-4455-6677-8899-aabbccddee02 deactivated", // switched off
		"u3@example.com": "00112233-4455-6677-8899-aabbccddee03 deactivated", // ended an hour ago
		"u4@example.com": "00112233-4455-6677-8899-aabbccddee04 active",      // ends in an hour
	} {
		if said[mail] != want {
			t.Errorf("%s is %q, want %q", mail, said[mail], want)
		}
	}
	if res.State != engine.Complete || len(users) != 4 {
		t.Fatalf("%s (%v): %d people", res.State, res.Err, len(users))
	}
	for name, l := range map[string]*source.LDAP{"in one run": l, "in a run that goes on elsewhere": directory(t, s, func(*source.Directory) {})} {
		res, members := readDirectory(t, l, "members")
		count := map[string]int{}
		for _, m := range members {
			count[m.Values[1].S]++
		}
		if res.State != engine.Complete || count["00112233-4455-6677-8899-aabbccddee65"] != 2 || count["00112233-4455-6677-8899-aabbccddee66"] != 4 {
			t.Errorf("%s: %s (%v): members by group %v", name, res.State, res.Err, count)
		}
	}
}
