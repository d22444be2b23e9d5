package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// AccountFilter selects accounts; zero fields select everything but what is removed.
type AccountFilter struct {
	Query       string // in e-mail, name and user name
	InstanceNo  int64
	Connector   string
	Application int64 // the number in app_<n>: accounts of its own instances
	AssignedTo  int64 // the number in app_<n>: accounts of identity providers to which it is assigned
	FedTo       int64 // the number in app_<n>: accounts of identity providers that feed it
	Stopped     bool  // with FedTo: nothing feeds it any more, all of them are history
	PersonID    int64
	Kinds       []string
	Status      []string
	InstanceNos []int64
	Uses        []string // active, inactive, never, unknown; any of them, of those that are not closed
	At          UseAt    // the moment at which use is looked at
	Matched     *bool
	Departments []string // of the person; "" where none is known
	Seat        bool     // holds a live seat
	GiveUp      []string // left, idle, needed: what a renewal makes of open accounts; any of them
	DaysFrom    int      // used on so many of the last ActiveDays days; 0: however many
	DaysTo      int
	Expected    bool     // only accounts behind which one expects a person
	Domains     []string // nil: wherever the address lies
	External    bool     // outside of Domains, else inside
	Removed     bool     // removed accounts instead of live ones
	// AsOf selects the accounts of a moment, of the instances in Known, with the
	// values of that moment. It goes with neither Uses nor Removed.
	AsOf  purser.Micros
	Known []int64
	ID    int64
	Any   []AccountFilter // groups of conditions, of which a row meets one
	kept  bool            // the kept classes answer Uses
	alone bool            // what is kept of accounts that are nobody's answers Matched
	odd   bool            // what is kept of accounts of odd kinds answers Kinds
	among string          // selects the few accounts that may meet it; "" for all
}

type accountRow struct {
	sorted
	ID           int64         `bun:"id"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	InstanceNo   int64         `bun:"instance_no"`
	Connector    string        `bun:"connector"`
	ExternalID   string        `bun:"external_id"`
	Email        string        `bun:"email"`
	UserName     string        `bun:"user_name"`
	DisplayName  string        `bun:"display_name"`
	Kind         string        `bun:"kind"`
	Status       string        `bun:"status"`
	Admin        *int64        `bun:"admin"`
	MFA          *int64        `bun:"mfa"`
	Role         string        `bun:"role"`
	Aliases      string        `bun:"aliases"`
	EmployeeID   string        `bun:"employee_id"`
	Department   string        `bun:"department"`
	Title        string        `bun:"title"`
	CreatedAt    purser.Micros `bun:"created_at"`
	LastActiveAt *int64        `bun:"last_active_at"`
	UsedAt       *int64        `bun:"used_at"`
	PersonID     int64         `bun:"person_id"`
	PersonName   string        `bun:"person_name"`
	How          string        `bun:"how"`
	Rule         string        `bun:"rule"`
	Sure         string        `bun:"sure"`
	Manual       bool          `bun:"manual"`
	LinkedAt     purser.Micros `bun:"linked_at"`
	KindHow      string        `bun:"kind_how"`
	KindManual   bool          `bun:"kind_manual"`
	FirstSeenAt  purser.Micros `bun:"first_seen_at"`
	RemovedAt    purser.Micros `bun:"removed_at"`
	Assigned     bool          `bun:"assigned"` // the use is of an application that it is assigned to
	Use          string        `bun:"use_class"`
	Told         bool          `bun:"told"`
	ReadAt       purser.Micros `bun:"read_at"`
	FromAt       purser.Micros `bun:"from_at"`
	UntilAt      purser.Micros `bun:"until_at"`
	UseDays      int64         `bun:"use_days"`
	Way          int64         `bun:"way"` // how it has that application, from 1 on; 0 if nobody says
}

// accountName is how an account is called in lists. The index account_by_name
// has the same expression.
const accountName = `COALESCE(a.display_name, a.email, a.user_name, a.external_id)`

// lastUse is the latest use that any source tells: NULL unknown, 0 never.
const lastUse = `CASE WHEN u.used_at IS NOT NULL AND u.used_at > COALESCE(a.last_active_at, 0) THEN u.used_at ELSE a.last_active_at END`

// openStatus selects accounts that are not closed: those are in no class of use.
const openStatus = `COALESCE(a.status, 'unknown') <> 'deactivated'`

// accountTable is what accountFrom begins with.
const accountTable = `"account" AS a`

const accountFrom = accountTable + ` LEFT JOIN instance i ON i.no = a.instance_no
	LEFT JOIN account_use u ON u.account_id = a.id
	LEFT JOIN account_person ap ON ap.account_id = a.id
	LEFT JOIN account_kind ak ON ak.account_id = a.id
	LEFT JOIN "person" AS p ON p.id = ap.person_id`

// accountKind is what an account a is: as somebody or a rule said it, else as the
// vendor does; of which it says nothing, and which is a person's, a person.
const accountKind = `COALESCE(ak.kind, CASE WHEN COALESCE(a.kind, 'unknown') = 'unknown' AND ap.person_id IS NOT NULL THEN 'person' ELSE COALESCE(a.kind, 'unknown') END)`

func accountPager(f AccountFilter) *pager {
	use, from, application := ownUse(), accountFrom, "i.application_id"
	columns, args := `a.last_active_at, u.used_at, FALSE AS assigned, 0 AS way`, []any(nil)
	fed := f.FedTo != 0 && f.AsOf == 0
	if f.FedTo != 0 && !fed { // of a moment the assignments tell, which are kept with their dates
		f.AssignedTo = f.FedTo
	}
	if fed {
		use, application = assignedUseFacts(), fmt.Sprint(f.FedTo)
		columns = `t.used AS last_active_at, NULL AS used_at, TRUE AS assigned, t.way + 1 AS way`
		from, args = fedFrom(f), []any{f.FedTo}
	}
	if f.AssignedTo != 0 {
		// The use of that application, not of the provider's own pages.
		use, application = assignedUseFacts(), fmt.Sprint(f.AssignedTo)
		columns = `t.used AS last_active_at, NULL AS used_at, TRUE AS assigned, 0 AS way`
		from = `(` + assignedUse + `) AS t JOIN ` + strings.Replace(accountFrom, `AS a`, `AS a ON a.instance_no = t.instance_no AND a.external_id = t.account`, 1)
		args = []any{f.AssignedTo, f.AssignedTo}
		if f.AsOf != 0 {
			at := int64(f.AsOf)
			from = strings.Replace(from, "g.gone_gen = 0 AND s.application_id IN (?)", presentAt(purser.KindAssignment, "g")+" AND s.application_id IN (?)", 1)
			args = []any{at, at, at, at, f.AssignedTo, f.AssignedTo}
		}
	}
	class := use.class(f.At)
	if f.kept {
		class = "c.class"
	}
	from += ` LEFT JOIN saas_application k ON k.id = ` + application + ` LEFT JOIN ` + useSource + ` AS w ON w.instance_no = a.instance_no`
	p := &pager{id: "a.id", from: from, first: "name", args: args,
		orders: map[string]order{"name": {expr: accountName}, "added": {expr: "a.id", number: true}},
		columns: `a.id, a.instance_no, i.id AS instance_id, i.name AS instance_name, i.connector, a.external_id, COALESCE(a.email, '') AS email,
		COALESCE(a.user_name, '') AS user_name, COALESCE(a.display_name, '') AS display_name, ` + accountKind + ` AS kind,
		COALESCE(ak.how, '') AS kind_how, COALESCE(ak.manual, FALSE) AS kind_manual,
		COALESCE(a.status, 'unknown') AS status, a.admin, a.mfa, COALESCE(a.role, '') AS role, COALESCE(a.aliases, '') AS aliases,
		COALESCE(a.employee_id, '') AS employee_id, COALESCE(a.department, '') AS department, COALESCE(a.title, '') AS title,
		COALESCE(a.created_at, 0) AS created_at, ` + columns + `, COALESCE(p.id, 0) AS person_id,
		COALESCE(p.true_display_name, p.display_name, p.true_email, p.email, p.external_id, '') AS person_name, COALESCE(ap.how, '') AS how, COALESCE(ap.rule, '') AS rule,
		COALESCE(ap.sure, '') AS sure, COALESCE(ap.manual, FALSE) AS manual, COALESCE(ap.linked_at, 0) AS linked_at, a.first_seen_at, a.removed_at,
		CASE WHEN a.gone_gen <> 0 OR NOT (` + openStatus + `) THEN '' ELSE ` + class + ` END AS use_class, ` + use.told + ` AS told,
		COALESCE(` + use.read + `, 0) AS read_at, COALESCE(w.from_at, 0) AS from_at, COALESCE(w.until_at, 0) AS until_at, COALESCE(k.use_days, 60) AS use_days`}
	if f.ID != 0 {
		p.and("a.id = ?", f.ID)
		return p
	}
	switch {
	case f.kept:
		p.byClass(f.Uses)
		f.Uses = nil
	case f.alone:
		p.byNobody(f.Expected)
	case f.odd:
		p.byOdd(&f)
	case f.AsOf != 0:
		p.asOf(f)
		f.Kinds, f.Status = nil, nil
	case f.Removed && fed: // gone from the application, not from the provider
	case f.Removed:
		p.and("a.gone_gen <> 0")
	default:
		p.and("a.gone_gen = 0")
	}
	if p.counted == "" && f.ofAccountsAlone() {
		p.counted = accountTable
	}
	if f.among != "" {
		p.among(f.among)
	}
	f.narrow(p, use)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g, use) })
	return p
}

// narrow adds the conditions that may also stand in a group.
func (f AccountFilter) narrow(p *pager, use useFacts) {
	p.searchAccounts(f.Query)
	if f.InstanceNo != 0 {
		p.and("a.instance_no = ?", f.InstanceNo)
	}
	if f.Connector != "" {
		p.and("i.connector = ?", f.Connector)
	}
	if f.Application != 0 {
		p.and("i.application_id = ?", f.Application)
	}
	if f.PersonID != 0 {
		p.and("ap.person_id = ?", f.PersonID)
	}
	if len(f.Kinds) > 0 {
		p.and(accountKind+" IN (?)", bun.List(f.Kinds))
	}
	if len(f.Status) > 0 {
		p.and("COALESCE(a.status, 'unknown') IN (?)", bun.List(f.Status))
	}
	if f.Matched != nil && *f.Matched {
		p.and("p.id IS NOT NULL")
	}
	if f.Matched != nil && !*f.Matched {
		p.and("COALESCE(p.id, 0) = 0") // PostgreSQL takes IS NULL of an outer join for next to nothing, and plans for that
	}
	if f.Expected {
		p.and(expectsPerson)
	}
	if len(f.Domains) > 0 {
		p.and("a.email LIKE '%@%'") // of an account without an address nobody knows
		inside, args := make([]string, 0, len(f.Domains)), make([]any, 0, 2*len(f.Domains))
		for _, d := range f.Domains {
			inside = append(inside, `lower(a.email) LIKE ? ESCAPE '\' OR lower(a.email) LIKE ? ESCAPE '\'`)
			args = append(args, "%@"+likeText(d), "%."+likeText(d))
		}
		not := ""
		if f.External {
			not = "NOT "
		}
		p.and(not+"("+strings.Join(inside, " OR ")+")", args...)
	}
	if len(f.Departments) > 0 {
		p.and("COALESCE(p.true_department, p.department, '') IN (?)", bun.List(f.Departments))
	}
	if f.DaysFrom > 0 {
		p.and(`(SELECT count(DISTINCT v.day) FROM activity v WHERE v.instance_no = a.instance_no AND v.account = a.external_id AND v.day > ? AND v.day <= ?) BETWEEN ? AND ?`,
			f.At.Today-ActiveDays, f.At.Today, f.DaysFrom, f.DaysTo)
	}
	if f.Seat {
		p.and(`EXISTS (SELECT 1 FROM "seat" AS s WHERE s.instance_no = a.instance_no AND s.account = a.external_id AND s.gone_gen = 0)`)
	}
	if len(f.GiveUp) > 0 {
		p.and("a.gone_gen = 0 AND " + openStatus)
		p.and("("+giveUpAccount(use, f.At)+") IN (?)", bun.List(f.GiveUp))
	}
	if len(f.InstanceNos) > 0 {
		p.and("a.instance_no IN (?)", bun.List(f.InstanceNos))
	}
	if len(f.Uses) > 0 {
		p.and(openStatus)
		p.and("("+use.class(f.At)+") IN (?)", bun.List(f.Uses))
	}
}

// Accounts returns one page of accounts; count asks for the total as well.
func Accounts(ctx context.Context, db bun.IDB, f AccountFilter, page purser.Page, count bool) (purser.List[purser.Account], error) {
	if err := f.lookUp(ctx, db); err != nil {
		return purser.List[purser.Account]{}, err
	}
	list, err := fetch(ctx, db, accountPager(f), page, count, accountRow.account)
	switch {
	case err != nil:
		return list, err
	case f.AsOf != 0:
		return list, rewind(ctx, db, list.Items, f.AsOf)
	}
	return list, addPlans(ctx, db, list.Items)
}

// AccountByID returns one account, also a removed one; ok is false if there is none.
func AccountByID(ctx context.Context, db bun.IDB, id int64, at UseAt) (a purser.Account, ok bool, err error) {
	if id == 0 { // which selects every one
		return a, false, nil
	}
	list, err := Accounts(ctx, db, AccountFilter{ID: id, At: at}, purser.Page{Limit: 1}, false)
	if err != nil || len(list.Items) == 0 {
		return a, false, err
	}
	return list.Items[0], true, nil
}

func (r accountRow) account() purser.Account {
	a := purser.Account{ID: RowID("acc_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, Connector: r.Connector,
		ExternalID: r.ExternalID, Email: r.Email, UserName: r.UserName, DisplayName: r.DisplayName, Kind: r.Kind, Status: r.Status,
		Admin: tristate(r.Admin), MFA: tristate(r.MFA), Role: r.Role, EmployeeID: r.EmployeeID, Department: r.Department, Title: r.Title,
		CreatedAt: r.CreatedAt.Time(), PersonID: RowID("per_", r.PersonID), PersonName: r.PersonName, MatchReason: r.How,
		MatchRule: r.Rule, Sure: purser.Sureness(r.Sure), ByHand: r.Manual, LinkedAt: r.LinkedAt.Time(), KindReason: r.KindHow, KindByHand: r.KindManual,
		FirstSeenAt: r.FirstSeenAt.Time(), RemovedAt: r.RemovedAt.Time(), Aliases: textList(r.Aliases)}
	switch {
	case r.UsedAt != nil && (r.LastActiveAt == nil || *r.UsedAt > *r.LastActiveAt):
		a.LastActive, a.LastActiveBy = purser.LastUse{At: purser.Micros(*r.UsedAt).Time()}, "activity"
	case r.LastActiveAt != nil && *r.LastActiveAt == 0:
		a.LastActive, a.LastActiveBy = purser.LastUse{Never: true}, "user list"
	case r.LastActiveAt != nil:
		a.LastActive, a.LastActiveBy = purser.LastUse{At: purser.Micros(*r.LastActiveAt).Time()}, "user list"
	}
	if r.Assigned && r.LastActiveAt != nil {
		a.LastActiveBy, a.WeakEvidence = "identity provider", true
	}
	if r.Way > 0 {
		a.Way = WayWord(r.Way - 1)
	}
	if r.PersonID == 0 {
		a.MatchReason, a.MatchRule, a.Sure, a.ByHand, a.LinkedAt = "", "", "", false, time.Time{}
	}
	a.Use = purser.Use{Class: r.Use, Days: int(r.UseDays), Told: r.Told, ReadAt: r.ReadAt.Time(), From: r.FromAt.Time(), Until: r.UntilAt.Time()}
	return a
}

// LastUseOf reads a last use: nil is unknown, 0 never.
func LastUseOf(at *int64) purser.LastUse {
	switch {
	case at == nil:
		return purser.LastUse{}
	case *at == 0:
		return purser.LastUse{Never: true}
	}
	return purser.LastUse{At: purser.Micros(*at).Time()}
}

func tristate(v *int64) purser.Tristate {
	switch {
	case v == nil:
		return purser.Unknown
	case *v == 0:
		return purser.No
	}
	return purser.Yes
}

// textList reads a JSON array of texts; damaged ones are empty rather than an error.
func textList(raw string) []string {
	if raw == "" || raw == "[]" {
		return nil
	}
	var out []string
	if json.Unmarshal([]byte(raw), &out) != nil {
		return nil
	}
	return out
}

// addPlans notes the license plans of the accounts' live seats.
func addPlans(ctx context.Context, db bun.IDB, accounts []purser.Account) error {
	if len(accounts) == 0 {
		return nil
	}
	type key struct{ instance, account string }
	at := make(map[key]int, len(accounts))
	var pairs []any
	for i, a := range accounts {
		k := key{a.InstanceID, a.ExternalID}
		if _, ok := at[k]; !ok {
			pairs = append(pairs, a.InstanceID, a.ExternalID)
		}
		at[k] = i
	}
	var rows []struct {
		Instance string `bun:"instance"`
		Account  string `bun:"account"`
		Name     string `bun:"name"`
	}
	// In pairs: each instance with each account are thousands that are not there.
	err := db.NewRaw(`SELECT i.id AS instance, s.account, COALESCE(l.name, s.plan) AS name FROM (VALUES `+tuples("(?, ?)", len(pairs)/2)+`) AS v
		CROSS JOIN instance i CROSS JOIN "seat" AS s LEFT JOIN "plan" AS l ON l.instance_no = s.instance_no AND l.external_id = s.plan
		WHERE i.id = v.column1 AND s.instance_no = i.no AND s.account = v.column2 AND s.gone_gen = 0 ORDER BY s.id`, pairs...).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if i, ok := at[key{r.Instance, r.Account}]; ok {
			accounts[i].Plans = append(accounts[i].Plans, r.Name)
		}
	}
	return nil
}
