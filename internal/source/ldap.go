package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"purser"
	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

// Directory is how a directory is reached and who asks it.
type Directory struct {
	Host     string
	Port     string // "" for the usual one
	StartTLS bool   // else TLS from the first byte
	User     string // distinguished name, or user@domain
	Password string
	CA       string // certificates in PEM that are trusted beside the system's
}

// LDAP searches a directory (RFC 4511) page by page (RFC 2696). It is an
// engine.Source. A request's parameters are base, filter, scope (base or sub),
// attributes, accounts=1 for a list of those that groups name, and nested=1 for a list of memberships with those of groups within
// groups. An answer is {"entries": [{"dn": …, "mail": […]}], "next": …}.
type LDAP struct {
	// Dial connects; package egress has one.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Open says how the directory is reached; it is called once, at the first request.
	Open   func(ctx context.Context) (Directory, error)
	Record func(vendorhttp.Event) // may be nil
	Now    func() time.Time

	mu     sync.Mutex
	conn   *ldap.Conn
	host   string
	lists  map[string]*listing // by stream
	people people
}

// listing is a paged search under way.
type listing struct {
	page   int
	cookie []byte
	rows   []json.RawMessage // of memberships: those not handed over yet
}

// entriesPerPage is below what directories allow; Active Directory gives 1,000.
const entriesPerPage = 500

// patience is how long a directory may take for one answer.
const patience = time.Minute

// Close ends the connection.
func (l *LDAP) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}

// Fetch searches for the next page. Every error is a *purser.Error.
func (l *LDAP) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, What: "the search of " + r.Stream + " cannot be made", Err: err}
	}
	q := u.Query()
	begun := l.Now()
	body, err := l.fetch(ctx, r, q)
	if l.Record != nil {
		e := vendorhttp.Event{At: begun, Stream: r.Stream, Method: "SEARCH", Host: l.host, Path: "/" + r.Stream, Page: r.Page, Attempt: 1, Duration: l.Now().Sub(begun), Bytes: int64(len(body))}
		if told, ok := errors.AsType[*purser.Error](err); ok {
			e.Class, e.Message = told.Class, told.What
		}
		l.Record(e)
	}
	if err != nil {
		return nil, err
	}
	return response(body, r), nil
}

func (l *LDAP) fetch(ctx context.Context, r engine.Request, q url.Values) ([]byte, error) {
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = l.conn.Close() })() // a search has no other way to be stopped
	if q.Get("scope") == "base" {
		return l.one(q)
	}
	list, err := l.at(r.Stream, q.Get("after"))
	if err != nil {
		return nil, err
	}
	if q.Get("nested") == "1" {
		return l.memberships(list, q)
	}
	size := entriesPerPage
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		size = min(n, size)
	}
	entries, err := l.search(list, q, size)
	if err != nil {
		return nil, err
	}
	return l.page(list, entries, q.Get("accounts") == "1")
}

// at returns the listing of a stream. One that another connection began cannot go on.
func (l *LDAP) at(stream, after string) (*listing, error) {
	if l.lists == nil {
		l.lists = map[string]*listing{}
	}
	if after == "" {
		l.lists[stream] = &listing{}
		return l.lists[stream], nil
	}
	list := l.lists[stream]
	if list == nil || strconv.Itoa(list.page) != after {
		return nil, &purser.Error{Class: purser.ClassCursorExpired, Code: "paging", What: "the directory gives pages to one connection only", Hint: "The list is read anew."}
	}
	return list, nil
}

// one reads a single entry, such as the directory's own.
func (l *LDAP) one(q url.Values) ([]byte, error) {
	found, err := l.conn.Search(ldap.NewSearchRequest(q.Get("base"), ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, int(patience.Seconds()), false,
		"(objectClass=*)", names(q), nil))
	if err != nil {
		return nil, l.refusal(err)
	}
	if len(found.Entries) != 1 {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "base", What: "the directory has no entry of that name", Field: "base"}
	}
	entry, err := json.Marshal(map[string]any{"entry": record(found.Entries[0], l.Now())})
	return entry, err
}

func names(q url.Values) []string {
	return strings.FieldsFunc(q.Get("attributes"), func(r rune) bool { return r == ',' || r == ' ' })
}

// search reads the next page of a listing.
func (l *LDAP) search(list *listing, q url.Values, size int) ([]*ldap.Entry, error) {
	paging := ldap.NewControlPaging(uint32(size))
	paging.SetCookie(list.cookie)
	filter := q.Get("filter")
	if _, err := ldap.CompileFilter(filter); err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "filter", What: "the filter is not one that directories understand", Hint: "Write it like (objectClass=person)."}
	}
	found, err := l.conn.Search(ldap.NewSearchRequest(q.Get("base"), ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, int(patience.Seconds()), false,
		filter, names(q), []ldap.Control{paging}))
	if err != nil {
		return nil, l.refusal(err)
	}
	list.page++
	list.cookie = nil
	if c, ok := ldap.FindControl(found.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging); ok {
		list.cookie = c.Cookie
	}
	for _, e := range found.Entries {
		if err := l.allValues(e); err != nil {
			return nil, err
		}
	}
	return found.Entries, nil
}

func (l *LDAP) page(list *listing, entries []*ldap.Entry, accounts bool) ([]byte, error) {
	rows := make([]map[string]any, len(entries))
	for i, e := range entries {
		rows[i] = record(e, l.Now())
		if accounts {
			l.people.note(e, rows[i])
		}
	}
	answer := map[string]any{"entries": rows}
	if len(list.cookie) > 0 {
		answer["next"] = strconv.Itoa(list.page)
	}
	return json.Marshal(answer)
}

// connect opens a connection that nobody can listen to, and signs in.
func (l *LDAP) connect(ctx context.Context) error {
	if l.conn != nil && !l.conn.IsClosing() {
		return nil
	}
	d, err := l.Open(ctx)
	if err != nil {
		return err
	}
	trust, err := trusted(d)
	if err != nil {
		return err
	}
	l.host = d.Host
	port := d.Port
	if port == "" {
		port = map[bool]string{true: "389", false: "636"}[d.StartTLS]
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := l.Dial(ctx, "tcp", net.JoinHostPort(d.Host, port))
	if err != nil {
		if told, ok := errors.AsType[*purser.Error](err); ok {
			return told
		}
		return &purser.Error{Class: purser.ClassTransient, Code: "unreachable", What: fmt.Sprintf("the directory cannot be reached on port %s", port), Err: err,
			Hint: "Check host and port, and that the operator allows the directory's network (--allow-network)."}
	}
	var conn *ldap.Conn
	if d.StartTLS {
		conn = ldap.NewConn(raw, false)
		conn.Start()
		conn.SetTimeout(patience)
		err = conn.StartTLS(trust)
	} else {
		secured := tls.Client(raw, trust)
		if err = secured.HandshakeContext(ctx); err == nil {
			conn = ldap.NewConn(secured, true)
			conn.Start()
			conn.SetTimeout(patience)
		}
	}
	if err != nil {
		_ = raw.Close()
		return &purser.Error{Class: purser.ClassConfig, Code: "tls", What: "no protected connection to the directory could be made", Err: err,
			Hint: "If the directory's certificate comes from your own authority, enter that authority's certificate with the credential."}
	}
	if err := conn.Bind(d.User, d.Password); err != nil {
		_ = conn.Close()
		return l.refusal(err)
	}
	l.conn, l.lists = conn, nil
	return nil
}

func trusted(d Directory) (*tls.Config, error) {
	c := &tls.Config{ServerName: d.Host, MinVersion: tls.VersionTLS12}
	if d.CA == "" {
		return c, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM([]byte(d.CA)) {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "ca", What: "the authority's certificate is no PEM certificate", Hint: "Enter it with its lines BEGIN CERTIFICATE and END CERTIFICATE."}
	}
	c.RootCAs = roots
	return c, nil
}

// refusal gives a directory's refusal its class (RFC 4511, appendix A).
func (l *LDAP) refusal(err error) error {
	e := &purser.Error{Class: purser.ClassTransient, Code: "ldap", What: "the directory refused", Err: err}
	if bad, ok := errors.AsType[*ldap.Error](err); ok {
		e.Code = fmt.Sprintf("ldap %d", bad.ResultCode)
		e.What, e.Err = "the directory answers: "+strings.ToLower(ldap.LDAPResultCodeMap[bad.ResultCode]), nil
		switch bad.ResultCode {
		case ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultStrongAuthRequired:
			e.Class, e.Hint = purser.ClassAuthRevoked, "Compare user and password with the directory; the account may be locked or its password ended."
		case ldap.LDAPResultInsufficientAccessRights:
			e.Class, e.Hint = purser.ClassPermission, "Let the user read below the base of the search."
		case ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax:
			e.Class, e.Hint, e.Field = purser.ClassConfig, "Check the base of the search, such as DC=example,DC=com.", "base"
		case ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultAdminLimitExceeded, ldap.LDAPResultUnavailableCriticalExtension:
			e.Class, e.Hint = purser.ClassConfig, "The directory gives this user only so many entries, or no pages. Raise its limit there, or allow paged results."
		}
	}
	return e
}

var _ engine.Source = (*LDAP)(nil)
