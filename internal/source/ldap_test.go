package source_test

import (
	"context"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/source"
	"purser/internal/source/ldaptest"
)

// rows is an engine.Sink that keeps what it gets.
type rows struct{ all []engine.Row }

func (s *rows) Commit(_ context.Context, c engine.Commit) error {
	for _, p := range c.Parts {
		for _, r := range p.Rows {
			r.ExternalID = strings.Clone(r.ExternalID)
			r.Values = slices.Clone(r.Values)
			for i := range r.Values {
				r.Values[i].S = strings.Clone(r.Values[i].S)
			}
			s.all = append(s.all, r)
		}
	}
	return nil
}

func (s *rows) Parents(context.Context, string, string) iter.Seq2[engine.Parent, error] {
	return func(func(engine.Parent, error) bool) {}
}
func (s *rows) Lookup(string, string) (string, bool) { return "", false }

// directory is a source that asks a test's slapd through the one way out.
func directory(t *testing.T, s ldaptest.Slapd, change func(d *source.Directory)) *source.LDAP {
	t.Helper()
	gate := egress.New(egress.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	d := source.Directory{Host: "ldap.example.com", Port: s.TLS, User: "cn=reader,dc=example,dc=com", Password: "read", CA: s.CA}
	change(&d)
	l := &source.LDAP{Now: time.Now, Open: func(context.Context) (source.Directory, error) { return d, nil },
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return gate.Dial(ctx, network, "127.0.0.1:"+port) // for want of a name in the DNS
		}}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func readDirectory(t *testing.T, l *source.LDAP, stream string) (engine.Result, []engine.Row) {
	t.Helper()
	catalog, err := manifest.Load(connectors.Files())
	if err != nil {
		t.Fatal(err)
	}
	c := catalog.Get("ldap")
	settings, _, err := c.Manifest.CheckSettings(map[string]string{"host": "ldap.example.com", "base": "dc=example,dc=com", "users": "(objectClass=inetOrgPerson)"})
	if err != nil {
		t.Fatal(err)
	}
	sink := &rows{}
	res := engine.Run(t.Context(), engine.Job{Stream: c.Task("application_roster").Stream(stream), Now: time.Now, Vars: func(name string) (string, bool) {
		v, ok := settings[strings.TrimPrefix(name, "settings.")]
		return v, ok
	}}, l, sink)
	return res, sink.all
}

func TestADirectoryIsReadInPagesWithGroupsWithinGroups(t *testing.T) {
	s := ldaptest.Start(t)
	for name, change := range map[string]func(d *source.Directory){"LDAPS": func(*source.Directory) {}, "StartTLS": func(d *source.Directory) { d.StartTLS, d.Port = true, s.Plain }} {
		t.Run(name, func(t *testing.T) {
			l := directory(t, s, change)
			res, users := readDirectory(t, l, "users")
			if res.State != engine.Complete || len(users) != 1200 || res.Pages < 3 {
				t.Fatalf("%s (%v): %d people in %d pages", res.State, res.Err, len(users), res.Pages)
			}
			mails := map[string]string{}
			for _, u := range users {
				if len(u.ExternalID) != 36 {
					t.Fatalf("the identifier is %q", u.ExternalID)
				}
				mails[u.ExternalID] = u.Values[1].S
			}
			if res, groups := readDirectory(t, l, "groups"); res.State != engine.Complete || len(groups) != 2 {
				t.Fatalf("%s (%v): %d groups", res.State, res.Err, len(groups))
			}
			res, members := readDirectory(t, l, "members")
			var got []string
			for _, m := range members {
				got = append(got, fmt.Sprintf("%s %s", mails[m.Values[2].S], m.Values[3].S))
			}
			slices.Sort(got)
			want := "u1@example.com direct, u1@example.com direct, u2@example.com direct, u2@example.com nested, u3@example.com direct, u3@example.com nested"
			if res.State != engine.Complete || strings.Join(got, ", ") != want {
				t.Fatalf("%s (%v): %s", res.State, res.Err, strings.Join(got, ", "))
			}
			if res, again := readDirectory(t, directory(t, s, change), "members"); res.State != engine.Complete || len(again) != len(members) {
				t.Errorf("without the people read before: %s (%v), %d memberships", res.State, res.Err, len(again))
			}
		})
	}
}

func TestWhatADirectoryRefusesIsToldInWords(t *testing.T) {
	s := ldaptest.Start(t)
	for name, c := range map[string]struct {
		change func(d *source.Directory)
		class  purser.Class
	}{
		"a wrong password":                   {func(d *source.Directory) { d.Password = "wrong" }, purser.ClassAuthRevoked},
		"an authority that nobody knows":     {func(d *source.Directory) { d.CA = "" }, purser.ClassConfig},
		"a certificate of another host":      {func(d *source.Directory) { d.Host = "other.example.com" }, purser.ClassConfig},
		"a user that may read nothing":       {func(d *source.Directory) { d.User, d.Password = "uid=u1,dc=example,dc=com", "x" }, purser.ClassAuthRevoked},
		"no directory behind the port":       {func(d *source.Directory) { d.Port = ldaptest.FreePort(t) }, purser.ClassTransient},
		"StartTLS where TLS is spoken first": {func(d *source.Directory) { d.StartTLS = true }, purser.ClassConfig},
	} {
		res, _ := readDirectory(t, directory(t, s, c.change), "users")
		if res.Err == nil || res.Err.Class != c.class || res.Err.Hint == "" {
			t.Errorf("%s: %s, %v", name, res.State, res.Err)
		}
	}
}
