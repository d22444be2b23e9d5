package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"purser/internal/sandbox"
)

const bambooAPI = "https://acme.bamboohr.com/api"

func (c *client) hr() map[string]string {
	h := basic(c.creds.BambooHR.APIKey, "x")
	h["Content-Type"] = "application/json"
	return h
}

func (c *client) employees(filter string, size int) []map[string]any {
	c.t.Helper()
	var rows []map[string]any
	for page := 1; ; page++ {
		body := fmt.Sprintf(`{"fields":["id","employeeNumber","firstName","lastName","workEmail","status","hireDate","terminationDate","supervisorId","supervisorEId"],"filter":%q,"orderBy":"id asc","page":%d,"pageSize":%d}`, filter, page, size)
		o := c.ask(200, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(), body).object(c.t)
		for _, d := range o["data"].([]any) {
			rows = append(rows, at(d, "fields").(map[string]any))
		}
		if at(o, "links.next") == nil {
			if at(o, "meta.totalPages") != float64(page) || at(o, "meta.totalItems") != float64(len(rows)) {
				c.t.Errorf("meta %v after page %d", o["meta"], page)
			}
			return rows
		}
	}
}

func TestTheRosterHoldsLeaversAndFutureHiresOnlyWhenAskedFor(t *testing.T) {
	c := start(t, sandbox.Options{})
	all := c.employees("status in ('Active','Inactive')", 100)
	active := c.employees("status eq 'Active'", 1000)
	if len(all) < 200 || len(active) >= len(all) || distinct(t, all, "id") != len(all) {
		t.Errorf("%d people, %d active", len(all), len(active))
	}
	none := map[any]bool{}
	for _, p := range active {
		v, ok := p["terminationDate"]
		if !ok {
			v = "absent"
		}
		none[v] = true
	}
	for _, way := range []any{nil, "", "0000-00-00", "absent"} {
		if !none[way] {
			t.Errorf("no termination date is written as %v: %v", way, none)
		}
	}
}

func TestBambooHRRefusesInItsTwoManners(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.get(401, bambooAPI+"/v1/meta/users", basic("wrong", "x"))
	c.get(400, bambooAPI+"/v1/employees/changed?since=yesterday", c.hr())
	r := c.ask(422, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(), `{"fields":["id"],"filter":"status is Active"}`)
	if r.Header.Get("Content-Type") != "application/problem+json" || r.object(t)["status"] != float64(422) {
		t.Errorf("%v %s", r.Header, r.Body)
	}
	c.ask(422, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(), `{"fields":["shoeSize"]}`)
	c.ask(400, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(), `{"fields":["id"],"sortBy":"id"}`)
	c.ask(404, "POST", bambooAPI+"/v2/datasets/payroll/data", c.hr(), `{"fields":["id"]}`)
	if r := c.get(404, bambooAPI+"/v1/employees/999999", c.hr()); r.Header.Get("X-BambooHR-Error-Message") == "" {
		t.Error("an older endpoint gives its reason in a header")
	}
}

func TestChangedEmployeesAreToldSinceATime(t *testing.T) {
	c := start(t, sandbox.Options{})
	since := today.Add(time.Minute)
	c.AdvanceClock(2 * time.Minute)
	hired := c.Hire("Test", "Person", "IT", today)
	var gone string
	c.Company(func(co *sandbox.Company) { gone = co.People[20].Email })
	if err := c.RemovePerson(gone); err != nil {
		t.Fatal(err)
	}
	o := c.get(200, bambooAPI+"/v1/employees/changed?since="+since.Format("2006-01-02T15:04:05Z"), c.hr()).object(t)
	changes := o["employees"].(map[string]any)
	if len(changes) != 2 || o["latest"] != today.Add(2*time.Minute).Format(time.RFC3339) {
		t.Fatalf("%v", o)
	}
	if e := at(changes, fmt.Sprint(100+hired.N)); at(e, "action") == "Deleted" || e == nil {
		t.Errorf("the hired person: %v", e)
	}
}

func TestFieldsThatMayNotBeSeenAreMissing(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.ShrinkScopes(sandbox.BambooHR, []string{"id", "status"})
	for _, p := range c.employees("status eq 'Active'", 1000) {
		if len(p) != 2 {
			t.Fatalf("%v", p)
		}
	}
	if n := len(c.get(200, bambooAPI+"/v1/meta/users?status=enabled", c.hr()).object(t)); n < 5 {
		t.Errorf("%d logins", n)
	}
	if n := len(c.get(200, bambooAPI+"/v1_2/datasets", c.hr()).object(t)["datasets"].([]any)); n != 1 {
		t.Errorf("%d data sets", n)
	}
	if n := len(c.get(200, bambooAPI+"/v1_2/datasets/employees/fields?page=9", c.hr()).object(t)["fields"].([]any)); n < 20 {
		t.Errorf("a page out of range is clamped, and gave %d fields", n)
	}
}
