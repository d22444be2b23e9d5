package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// PersonFilter selects people; zero fields select everybody but who is removed, which who
// has something may be.
type PersonFilter struct {
	Query             string
	InstanceNo        int64
	Employment        []string
	Department        []string
	LeaversWithAccess bool // employment ended, or gone from the roster, and a live account that is not closed
	Removed           bool
	Disputed          bool // sources say different things of them
	Together          []Together
	ID                int64
	Any               []PersonFilter // groups of conditions, of which a row meets one
}

type personRow struct {
	sorted
	ID             int64         `bun:"id"`
	InstanceID     string        `bun:"instance_id"`
	InstanceName   string        `bun:"instance_name"`
	ExternalID     string        `bun:"external_id"`
	EmployeeNumber string        `bun:"employee_number"`
	Email          string        `bun:"email"`
	DisplayName    string        `bun:"display_name"`
	Employment     string        `bun:"employment"`
	Reported       string        `bun:"reported"`
	Type           string        `bun:"type"`
	Department     string        `bun:"department"`
	Division       string        `bun:"division"`
	Location       string        `bun:"location"`
	CostCenter     string        `bun:"cost_center"`
	Title          string        `bun:"title"`
	Manager        string        `bun:"manager"`
	InstanceNo     int64         `bun:"instance_no"`
	StartedOn      string        `bun:"started_on"`
	EndedOn        string        `bun:"ended_on"`
	Accounts       int64         `bun:"accounts"`
	ManagerNo      int64         `bun:"manager_no"`
	ManagerName    string        `bun:"manager_name"`
	Disputed       string        `bun:"disputed"`
	FirstSeenAt    purser.Micros `bun:"first_seen_at"`
	RemovedAt      purser.Micros `bun:"removed_at"`
}

// personName is how a person is called in lists; the index person_by_name has
// the same expression.
const personName = `COALESCE(p.true_display_name, p.display_name, p.true_email, p.email, p.external_id)`

// personDepartment is counts("department") as the index person_by_department has it.
const personDepartment = `COALESCE(p.true_department, p.department, '')`

// counts is the SQL of what counts of a person p: another source's word where it
// comes before that of the person's own row.
func counts(field string) string { return "COALESCE(p.true_" + field + ", p." + field + ", '')" }

// openAccount selects accounts with which somebody could still get in.
const openAccount = `a.gone_gen = 0 AND COALESCE(a.status, 'unknown') NOT IN ('deactivated', 'suspended')`

// stands selects people p who stand for themselves: not rows that another roster's
// row stands for.
const stands = `NOT EXISTS (SELECT 1 FROM person_same s WHERE s.person_id = p.id)`

const leaverWithAccess = left + ` AND EXISTS (SELECT 1 FROM account_person ap
	JOIN "account" AS a ON a.id = ap.account_id WHERE ap.person_id = p.id AND ` + openAccount + `)`

func personPager(f PersonFilter) *pager {
	p := &pager{id: "p.id", from: `"person" AS p LEFT JOIN instance i ON i.no = p.instance_no`, first: "name",
		orders: map[string]order{"name": {expr: personName}, "department": {expr: personDepartment}, "added": {expr: "p.id", number: true}},
		columns: `p.id, p.instance_no, i.id AS instance_id, i.name AS instance_name, p.external_id, ` + employment + ` AS employment,
		CASE WHEN p.employment = 'ended' AND p.true_employment IS NULL AND NOT ` + hrSource + ` THEN 'ended' ELSE '' END AS reported,
		(SELECT count(*) FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id
			WHERE ap.person_id = p.id AND a.gone_gen = 0) AS accounts, p.first_seen_at, p.removed_at, p.disputed, p.manager_no,
		COALESCE((SELECT ` + strings.ReplaceAll(personName, "p.", "m.") + ` FROM "person" AS m WHERE m.id = p.manager_no), '') AS manager_name`}
	for _, field := range purser.TruthFields() {
		switch field {
		case "employment":
		case "ended_on":
			p.columns += ", " + endedOn + " AS ended_on"
		default:
			p.columns += ", " + counts(field) + " AS " + field
		}
	}
	switch {
	case f.ID != 0:
		p.and("p.id = ?", f.ID)
		return p
	case f.LeaversWithAccess:
		p.and(leaverWithAccess)
	case f.Removed:
		p.and("p.gone_gen <> 0")
	case len(f.Together) > 0: // what they have is open, whether a list of people still has them or not
	default:
		p.and("p.gone_gen = 0")
	}
	p.contains(f.Query, "p.display_name", "p.email", "p.employee_number", "p.true_display_name", "p.true_email", "p.true_employee_number")
	if f.InstanceNo != 0 {
		p.and("p.instance_no = ?", f.InstanceNo)
	} else {
		p.and(stands)
	}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return p
}

// narrow adds the conditions that may also stand in a group.
func (f PersonFilter) narrow(p *pager) {
	if len(f.Employment) > 0 {
		p.and(employment+" IN (?)", bun.List(f.Employment))
	}
	if len(f.Department) > 0 {
		p.and(counts("department")+" IN (?)", bun.List(f.Department))
	}
	if f.Disputed {
		p.and("p.disputed <> ''")
	}
	for _, t := range f.Together {
		t.onto(p)
	}
}

// People returns one page of people; count asks for the total as well.
func People(ctx context.Context, db bun.IDB, f PersonFilter, page purser.Page, count bool) (purser.List[purser.Person], error) {
	return fetch(ctx, db, personPager(f), page, count, personRow.person)
}

// PersonByID returns one person, also a removed one; ok is false if there is
// none. The manager is looked up in the same roster.
func PersonByID(ctx context.Context, db bun.IDB, id int64) (person purser.Person, ok bool, err error) {
	if id == 0 { // which selects everybody
		return person, false, nil
	}
	list, err := People(ctx, db, PersonFilter{ID: id}, purser.Page{Limit: 1}, false)
	if err != nil || len(list.Items) == 0 {
		return person, false, err
	}
	person = list.Items[0]
	if person.Manager == "" || person.ManagerID != "" {
		return person, true, nil
	}
	var managers []personRow
	err = db.NewRaw(`SELECT m.id, COALESCE(m.display_name, m.email, m.external_id) AS display_name FROM "person" AS m
		JOIN "person" AS p ON p.instance_no = m.instance_no AND p.id = ?
		WHERE m.id <> p.id AND (m.external_id = p.manager OR m.employee_number = p.manager OR lower(m.email) = lower(p.manager)
			OR m.display_name = p.manager)
		ORDER BY m.gone_gen, CASE WHEN m.external_id = p.manager THEN 0 WHEN m.employee_number = p.manager THEN 1 WHEN lower(m.email) = lower(p.manager) THEN 2 ELSE 3 END
		LIMIT 2`, id).Scan(ctx, &managers)
	if err != nil {
		return person, true, err
	}
	if len(managers) > 0 {
		person.ManagerID, person.ManagerName = RowID("per_", managers[0].ID), managers[0].DisplayName
	}
	return person, true, nil
}

// Departments returns the departments of the people who are not removed.
func Departments(ctx context.Context, db bun.IDB) (names []string, err error) {
	err = db.NewRaw(`SELECT DISTINCT COALESCE(p.true_department, p.department) AS name FROM "person" AS p
		WHERE p.gone_gen = 0 AND COALESCE(p.true_department, p.department) <> '' ORDER BY name LIMIT 500`).Scan(ctx, &names)
	return names, err
}

// CountLeaversWithAccess returns how many people have left and could still get in.
func CountLeaversWithAccess(ctx context.Context, db bun.IDB) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM "person" AS p LEFT JOIN instance i ON i.no = p.instance_no WHERE `+leaverWithAccess).Scan(ctx, &n)
	return n, err
}

func (r personRow) person() purser.Person {
	return purser.Person{ID: RowID("per_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, ExternalID: r.ExternalID,
		EmployeeNumber: r.EmployeeNumber, Email: r.Email, DisplayName: r.DisplayName, Employment: r.Employment, Reported: r.Reported, Type: r.Type,
		Department: r.Department, Division: r.Division, Location: r.Location, CostCenter: r.CostCenter, Title: r.Title, Manager: r.Manager,
		StartedOn: r.StartedOn, EndedOn: r.EndedOn, Accounts: r.Accounts, FirstSeenAt: r.FirstSeenAt.Time(), RemovedAt: r.RemovedAt.Time(),
		ManagerID: RowID("per_", r.ManagerNo), ManagerName: r.ManagerName, Disputed: strings.FieldsFunc(r.Disputed, func(c rune) bool { return c == ',' })}
}

// CountPeopleOf returns how many people the roster of an instance has.
func CountPeopleOf(ctx context.Context, db bun.IDB, instanceNo int64) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM "person" WHERE instance_no = ? AND gone_gen = 0`, instanceNo).Scan(ctx, &n)
	return n, err
}
