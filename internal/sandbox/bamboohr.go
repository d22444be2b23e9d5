package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const bambooHost = "acme.bamboohr.com"

// bamboo is the HR system.
type bamboo struct {
	s       *Sandbox
	key     string
	revoked bool
	visible []string // fields that the key's user may see; all where nil
}

func newBamboo(s *Sandbox) *bamboo { return &bamboo{s: s, key: s.secret("bhr-")} }

func (b *bamboo) name() string    { return BambooHR }
func (b *bamboo) hosts() []string { return []string{bambooHost} }

func (b *bamboo) mux(string) *http.ServeMux {
	return routes{
		"GET /api/v1_2/datasets":               b.api(b.datasets),
		"GET /api/v1_2/datasets/{name}/fields": b.api(b.datasetFields),
		"POST /api/v2/datasets/{name}/data":    b.api(b.data),
		"GET /api/v1/employees/changed":        b.api(b.changed),
		"GET /api/v1/employees/directory":      b.api(b.directory),
		"GET /api/v1/employees/{id}":           b.api(b.employee),
		"GET /api/v1/meta/fields":              b.api(b.metaFields),
		"GET /api/v1/meta/users":               b.api(b.metaUsers),
	}.mux(b)
}

func (b *bamboo) api(handle func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		x.w.Header().Set("X-Request-ID", b.s.secret(""))
		if _, _, reset, ok := x.spend("bamboohr", 300); !ok {
			b.limited(x, reset)
			return
		}
		if user, _, ok := x.r.BasicAuth(); !ok || b.revoked || !same(user, b.key) {
			b.refuse(x, http.StatusUnauthorized, "")
			return
		}
		if !strings.Contains(x.r.Header.Get("Accept"), "application/json") && !modern(x) {
			x.w.Header().Set("Content-Type", "application/xml") // what older endpoints answer unless asked
			_, _ = x.w.Write([]byte("<?xml version=\"1.0\"?>\n<answer/>"))
			return
		}
		handle(x)
	}
}

func modern(x *exchange) bool {
	return strings.HasPrefix(x.r.URL.Path, "/api/v1_2/") || strings.HasPrefix(x.r.URL.Path, "/api/v2/")
}

func (b *bamboo) refuse(x *exchange, status int, detail string) {
	if detail == "" {
		detail = http.StatusText(status)
	}
	if status == http.StatusUnauthorized {
		x.w.Header().Set("WWW-Authenticate", `Basic realm="BambooHR"`)
		x.w.WriteHeader(status)
		return
	}
	if modern(x) {
		x.typed(status, "application/problem+json", obj{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
			"instance": x.r.URL.Path, "code": strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "_"))})
		return
	}
	x.w.Header().Set("X-BambooHR-Error-Message", detail)
	x.w.WriteHeader(status)
}

func (b *bamboo) limited(x *exchange, until time.Time) {
	x.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(until.Sub(x.now)/time.Second))))
	b.refuse(x, http.StatusTooManyRequests, "too many requests")
}

func (b *bamboo) id(p *Person) string { return strconv.Itoa(100 + p.N) }

// people are those whom HR knows.
func (b *bamboo) people() []*Person {
	var out []*Person
	for _, p := range b.s.company.People {
		if p.Employment != NotInHR {
			out = append(out, p)
		}
	}
	return out
}

type bambooField struct{ name, label, kind string }

func bambooFields() []bambooField {
	return []bambooField{{"id", "Employee ID", "int"}, {"employeeId", "Employee ID", "int"}, {"eeid", "EEID", "int"}, {"employeeNumber", "Employee #", "text"},
		{"firstName", "First Name", "text"}, {"lastName", "Last Name", "text"}, {"preferredName", "Preferred Name", "text"}, {"displayName", "Display Name", "text"},
		{"email", "Work Email", "email"}, {"workEmail", "Work Email", "email"}, {"homeEmail", "Home Email", "email"}, {"status", "Status", "status"},
		{"employmentHistoryStatus", "Employment Status", "list"}, {"employmentStatus", "Employment Status", "list"}, {"hireDate", "Hire Date", "date"},
		{"originalHireDate", "Original Hire Date", "date"}, {"terminationDate", "Termination Date", "date"}, {"department", "Department", "list"},
		{"division", "Division", "list"}, {"location", "Location", "list"}, {"jobTitle", "Job Title", "list"}, {"jobInformationJobTitle", "Job Title", "list"},
		{"supervisor", "Reporting to", "employee"}, {"supervisorId", "Reporting to", "int"}, {"supervisorEId", "Supervisor EID", "int"},
		{"customCostCenter", "Cost Center", "text"}}
}

func knownField(name string) bool {
	return slices.ContainsFunc(bambooFields(), func(f bambooField) bool { return f.name == name })
}

// values are all fields of one employee; a missing value is nil.
func (b *bamboo) values(p *Person) obj {
	day := func(t time.Time) any {
		if t.IsZero() { // the vendor has four ways to say "none"
			return []any{nil, "", "0000-00-00", absent{}}[p.N%4]
		}
		return t.Format("2006-01-02")
	}
	status, history := "Active", "Full-Time"
	switch {
	case p.Employment == Left:
		status, history = "Inactive", "Terminated"
	case p.Employment == Future:
		status = "Inactive"
	case p.Employment == OnLeave:
		history = "Leave of Absence"
	case p.Contractor:
		history = "Contractor"
	}
	v := obj{"id": b.id(p), "employeeId": b.id(p), "eeid": b.id(p), "employeeNumber": p.Number(), "firstName": p.Given, "lastName": p.Family,
		"displayName": p.Name(), "email": p.Email, "workEmail": p.Email, "homeEmail": "home-" + strconv.Itoa(p.N) + "@home.example.com",
		"status": status, "employmentHistoryStatus": history, "employmentStatus": history, "hireDate": day(p.HiredOn), "originalHireDate": day(p.HiredOn),
		"terminationDate": day(p.LeftOn), "jobTitle": p.Title, "jobInformationJobTitle": p.Title, "department": p.Department}
	b.s.optional(v, p, "preferredName", "")
	b.s.optional(v, p, "division", p.Division)
	b.s.optional(v, p, "location", p.Location)
	b.s.optional(v, p, "customCostCenter", p.CostCenter)
	if m := b.s.company.Person(p.Manager); m != nil {
		v["supervisor"], v["supervisorId"], v["supervisorEId"] = m.Family+", "+m.Given, b.id(m), m.Number()
	} else {
		v["supervisor"], v["supervisorId"], v["supervisorEId"] = "", nil, nil
	}
	for k, val := range v {
		if _, gone := val.(absent); gone {
			delete(v, k)
		}
	}
	return v
}

// absent marks a field that is left out.
type absent struct{}

// show keeps the fields that were asked for and may be seen; the rest is silently missing.
func (b *bamboo) show(v obj, fields []string) obj {
	out := obj{}
	for _, f := range fields {
		if val, ok := v[f]; ok && (b.visible == nil || slices.Contains(b.visible, f)) {
			out[f] = val
		}
	}
	return out
}
