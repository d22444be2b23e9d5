package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	xeroLogin    = "login.xero.com"
	xeroIdentity = "identity.xero.com"
	xeroAPI      = "api.xero.com"
)

// xero is the accounting system, with two organisations.
type xero struct {
	s            *Sandbox
	clientID     string
	clientSecret string
	books        []*ledger
	daily        map[string]int
}

func newXero(s *Sandbox) *xero {
	z := &xero{s: s, clientID: strings.ToUpper(spell(mix(s.opts.Seed, salt("xero client")), hexes, 32)), clientSecret: s.secret("xero-"), daily: map[string]int{}}
	z.books = []*ledger{newLedger(s.company, 0, "Acme Example Ltd", "GBP", "GB"), newLedger(s.company, 1, "Acme Example Labs Inc", "USD", "US")}
	return z
}

func (z *xero) name() string    { return Xero }
func (z *xero) hosts() []string { return []string{xeroLogin, xeroIdentity, xeroAPI} }

func (z *xero) mux(host string) *http.ServeMux {
	switch host {
	case xeroLogin:
		return routes{"GET /identity/connect/authorize": z.authorize, "POST /identity/connect/authorize": z.decide}.mux(z)
	case xeroIdentity:
		return routes{"POST /connect/token": z.token}.mux(z)
	}
	const api = "GET /api.xro/2.0/"
	invoices, bank := []string{"accounting.invoices", "accounting.transactions"}, []string{"accounting.banktransactions", "accounting.transactions"}
	settings := []string{"accounting.settings"}
	return routes{
		"GET /connections":         z.connections,
		"GET /Connections":         z.connections,
		"DELETE /connections/{id}": z.disconnect,
		"DELETE /Connections/{id}": z.disconnect,
		api + "Organisation":       z.api(settings, z.organisation),
		api + "Users":              z.api(settings, z.users),
		api + "Contacts":           z.api([]string{"accounting.contacts"}, z.contacts),
		api + "Invoices":           z.api(invoices, z.invoices),
		api + "CreditNotes":        z.api(invoices, z.creditNotes),
		api + "BankTransactions":   z.api(bank, z.bankTransactions),
	}.mux(z)
}

// bearer finds the grant of a request or refuses it.
func (z *xero) bearer(x *exchange) *grant {
	_, g, why := x.bearer(Xero, "Bearer")
	if g == nil {
		detail := "AuthenticationUnsuccessful"
		if why == "expired" {
			detail = "TokenExpired: token expired at " + x.now.Format("01/02/2006 15:04:05")
		}
		x.w.Header().Set("WWW-Authenticate", "Bearer error=invalid_token")
		z.fail(x, http.StatusUnauthorized, detail)
	}
	return g
}

func (z *xero) fail(x *exchange, status int, detail string) {
	x.json(status, obj{"Type": nil, "Title": http.StatusText(status), "Status": status, "Detail": detail,
		"Instance": guid(mix(uint64(x.now.UnixNano()))), "Extensions": obj{}})
}

func (z *xero) refuse(x *exchange, status int, detail string) {
	switch status {
	case http.StatusBadRequest:
		x.json(status, obj{"ErrorNumber": 16, "Type": "QueryParseException", "Message": detail})
	case http.StatusForbidden:
		z.fail(x, status, "AuthenticationUnsuccessful")
	case http.StatusUnauthorized:
		x.w.Header().Set("WWW-Authenticate", "Bearer error=invalid_token")
		z.fail(x, status, "AuthenticationUnsuccessful")
	default:
		z.fail(x, status, "An error occurred")
	}
}

func (z *xero) limited(x *exchange, until time.Time) {
	x.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(until.Sub(x.now)/time.Second))))
	problem := "minute"
	if until.Sub(x.now) > time.Minute {
		problem = "day"
	}
	x.w.Header().Set("X-Rate-Limit-Problem", problem)
	x.w.WriteHeader(http.StatusTooManyRequests)
}

// api guards an accounting route: token, scope, tenant and how often.
func (z *xero) api(families []string, handle func(*exchange, *ledger)) func(*exchange) {
	return func(x *exchange) {
		g := z.bearer(x)
		if g == nil {
			return
		}
		tenant := x.r.Header.Get("xero-tenant-id")
		i := slices.IndexFunc(z.books, func(l *ledger) bool { return l.tenantID == tenant })
		if i < 0 || !slices.Contains(g.tenants, tenant) {
			z.fail(x, http.StatusForbidden, "AuthenticationUnsuccessful")
			return
		}
		var scopes []string
		for _, f := range families {
			scopes = append(scopes, f, f+".read")
		}
		if !g.has(scopes...) {
			x.w.Header().Set("WWW-Authenticate", "insufficient_scope")
			z.fail(x, http.StatusUnauthorized, "AuthorizationUnsuccessful")
			return
		}
		left, _, reset, ok := x.spend("xero/"+tenant, 60)
		z.daily[tenant]++
		h := x.w.Header()
		h.Set("X-MinLimit-Remaining", strconv.Itoa(left))
		h.Set("X-DayLimit-Remaining", strconv.Itoa(max(0, 5000-z.daily[tenant])))
		h.Set("X-AppMinLimit-Remaining", strconv.Itoa(9940+left))
		if !ok {
			z.limited(x, reset)
			return
		}
		if !strings.Contains(x.r.Header.Get("Accept"), "application/json") {
			h.Set("Content-Type", "text/xml; charset=utf-8") // what comes unless JSON is asked for
			_, _ = x.w.Write([]byte("<Response><Status>OK</Status></Response>"))
			return
		}
		handle(x, z.books[i])
	}
}

func (z *xero) connections(x *exchange) {
	g := z.bearer(x)
	if g == nil || !x.only("authEventId") {
		return
	}
	out := []obj{}
	for _, l := range z.books {
		if !slices.Contains(g.tenants, l.tenantID) || (x.q.Has("authEventId") && x.q.Get("authEventId") != g.session) || x.fault == EmptyList {
			continue
		}
		out = append(out, obj{"id": l.connectionID, "authEventId": g.session, "tenantId": l.tenantID, "tenantType": "ORGANISATION", "tenantName": l.name,
			"createdDateUtc": z.s.company.Today.AddDate(0, -1, 0).Format("2006-01-02T15:04:05.0000000"),
			"updatedDateUtc": x.now.Format("2006-01-02T15:04:05.0000000")})
	}
	x.json(http.StatusOK, out)
}

func (z *xero) disconnect(x *exchange) {
	g := z.bearer(x)
	if g == nil {
		return
	}
	for _, l := range z.books {
		if l.connectionID == x.r.PathValue("id") && slices.Contains(g.tenants, l.tenantID) {
			for _, book := range []map[string]*grant{z.s.book.access, z.s.book.refresh} {
				for _, other := range book {
					other.tenants = slices.DeleteFunc(slices.Clone(other.tenants), func(t string) bool { return other.vendor == Xero && t == l.tenantID })
				}
			}
			x.w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	z.refuse(x, http.StatusNotFound, "")
}

// msdate is how dates are written here; the offset is there at times and means nothing.
func msdate(t time.Time) string {
	if t.Unix()%2 == 0 {
		return fmt.Sprintf("/Date(%d+0000)/", t.UnixMilli())
	}
	return fmt.Sprintf("/Date(%d)/", t.UnixMilli())
}
