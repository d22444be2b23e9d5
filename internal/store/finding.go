package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// FindingFilter selects findings; zero fields select every one.
type FindingFilter struct {
	Kinds       []string
	States      []string
	Application int64
	InstanceNos []int64
	Account     int64
	Plans       []int64 // any of them
	Currency    string
	Text        string // stands in what they are about
	Named       bool   // Text may stand in names of accounts and people
	// Identifiers of users: one of them looks after a finding; none of them does.
	LookedAfterBy    []string
	NotLookedAfterBy []string // empty, not nil: those that have no owner at all
	Nos              []int64
	Any              []FindingFilter // groups of conditions, of which a row meets one
}

// FindingRow is one finding with the names around it.
type FindingRow struct {
	sorted
	No              int64         `bun:"no"`
	Kind            string        `bun:"kind"`
	Source          string        `bun:"source"`
	ExternalID      string        `bun:"external_id"`
	InstanceName    string        `bun:"instance_name"`
	Application     int64         `bun:"saas_no"`
	ApplicationName string        `bun:"application_name"`
	Account         int64         `bun:"account_id"`
	AccountName     string        `bun:"account_name"`
	Person          int64         `bun:"person_id"`
	PersonName      string        `bun:"person_name"`
	Plan            int64         `bun:"plan_id"`
	PlanName        string        `bun:"plan_name"`
	OtherName       string        `bun:"other_name"` // of overlap: the application that more people use; About is its number
	OwnerName       string        `bun:"owner_name"`
	OwnerEmail      string        `bun:"owner_email"`
	Value           *int64        `bun:"term_value"`
	Annual          *int64        `bun:"annual"`
	Currency        string        `bun:"currency"`
	RealizableOn    string        `bun:"realizable_on"`
	RealizableBy    string        `bun:"realizable_by"`
	About           string        `bun:"about"`
	FoundAt         purser.Micros `bun:"found_at"`
	GoneAt          purser.Micros `bun:"gone_at"`
	Ended           string        `bun:"ended"`
	State           string        `bun:"state"`
	Until           string        `bun:"until"`
	Reason          string        `bun:"reason"`
	DecidedBy       string        `bun:"decided_by"`
	DecidedAt       purser.Micros `bun:"decided_at"`
}

func (f FindingFilter) onto(p *pager) {
	if len(f.Kinds) > 0 {
		p.and("f.kind IN (?)", bun.List(f.Kinds))
	}
	if len(f.States) > 0 {
		p.and("f.state IN (?)", bun.List(f.States))
	}
	if f.Application != 0 {
		p.and("f.saas_no = ?", f.Application)
	}
	if len(f.InstanceNos) > 0 {
		// An application that is new belongs to no instance; identity providers list it.
		p.and(`(f.instance_no IN (?) OR (f.kind = 'new_application' AND EXISTS (SELECT 1 FROM application_source s WHERE s.application_id = f.saas_no AND s.instance_no IN (?))))`,
			bun.List(f.InstanceNos), bun.List(f.InstanceNos))
	}
	if f.Account != 0 {
		p.and("f.account_id = ?", f.Account)
	}
	if len(f.Plans) > 0 {
		p.and("f.plan_id IN (?) AND f.plan_id <> 0", bun.List(f.Plans)) // as its index has it
	}
	if f.Currency != "" {
		p.and("f.currency = ?", f.Currency)
	}
	owners := func(who []string, is string) {
		if who == nil {
			return
		}
		some := bun.List(append([]string{"-"}, who...)) // nobody is "-": a list may not be empty
		p.and(lookedAfter+is, some, some, some, some)
	}
	owners(f.LookedAfterBy, " = 1")
	owners(f.NotLookedAfterBy, " = 0")
	if len(f.Nos) > 0 {
		p.and("f.no IN (?)", bun.List(f.Nos))
	}
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].onto(g) })
}

// findingWorth is the value in a year as it is sorted: values of one currency stand
// together, as nobody can say which of 100 EUR and 100 USD is more.
const findingWorth = `(f.currency || substr('0000000000000000000' || CAST(COALESCE(f.annual, -1) + 1 AS TEXT), length(CAST(COALESCE(f.annual, -1) + 1 AS TEXT)) + 1, 19))`

// Findings returns one page of findings, the newest first.
func Findings(ctx context.Context, db bun.IDB, f FindingFilter, page purser.Page, count bool) (purser.List[FindingRow], error) {
	p := &pager{id: "f.no", first: "age", newest: true, late: true, orders: map[string]order{"age": {expr: "f.found_at", number: true},
		"value": {expr: findingWorth}},
		from: `finding f LEFT JOIN saas_application k ON k.id = f.saas_no LEFT JOIN instance i ON i.no = f.instance_no AND f.instance_no <> 0
			LEFT JOIN "account" AS a ON a.id = f.account_id LEFT JOIN "person" AS p ON p.id = f.person_id LEFT JOIN "plan" AS l ON l.id = f.plan_id
			LEFT JOIN saas_application v ON v.id = CASE WHEN f.kind = 'overlap_seat' THEN CAST(f.about AS BIGINT) END
			LEFT JOIN finding_decision d ON d.kind = f.kind AND d.source = f.source AND d.external_id = f.external_id ` + findingOwner,
		columns: `f.no, f.kind, f.source, f.external_id, COALESCE(i.name, '') AS instance_name, f.saas_no, COALESCE(k.name, '') AS application_name, f.account_id,
			COALESCE(` + accountName + `, '') AS account_name, f.person_id, COALESCE(` + personName + `, '') AS person_name, f.plan_id, COALESCE(l.name, l.external_id, '') AS plan_name,
			COALESCE(v.name, '') AS other_name, COALESCE(NULLIF(o.name, ''), o.email, '') AS owner_name, COALESCE(o.email, '') AS owner_email, f.term_value, f.annual, f.currency, f.realizable_on, f.realizable_by, f.about,
			f.found_at, f.gone_at, f.ended, f.state, f.until, COALESCE(d.reason, '') AS reason, COALESCE(d.decided_by, '') AS decided_by, f.decided_at`}
	f.onto(p)
	if f.Text != "" {
		met, err := f.search(ctx, db, p)
		if err != nil {
			return purser.List[FindingRow]{}, err
		}
		out, err := fetch(ctx, db, p, page, count && met < 0, func(r FindingRow) FindingRow { return r })
		if count && met >= 0 {
			out.Total, out.More = min(met, exactTotal), met > exactTotal
		}
		return out, err
	}
	if f.single() {
		return fetch(ctx, db, p, page, count, func(r FindingRow) FindingRow { return r })
	}
	total, err := f.places(ctx, db, p)
	if err != nil || total == 0 {
		return purser.List[FindingRow]{Items: []FindingRow{}}, err
	}
	out, err := fetch(ctx, db, p, page, false, func(r FindingRow) FindingRow { return r })
	if count {
		out.Total = total
	}
	return out, err
}

// FindingChange is a decision about findings. State open takes one back.
type FindingChange struct {
	State, Until, Reason, By string
	At                       purser.Micros
}

// DecideFindings decides about findings that are still so; it returns their numbers.
func DecideFindings(ctx context.Context, tx bun.Tx, nos []int64, c FindingChange) (decided []int64, err error) {
	err = tx.NewRaw(`UPDATE finding SET state = ?, until = ?, decided_at = ? WHERE no IN (?) AND gone_at = 0 RETURNING no`,
		c.State, c.Until, int64(c.At), bun.List(nos)).Scan(ctx, &decided)
	if err != nil || len(decided) == 0 {
		return decided, err
	}
	if c.State == "open" {
		_, err = tx.NewRaw(`DELETE FROM finding_decision WHERE EXISTS (SELECT 1 FROM finding f WHERE f.no IN (?) AND f.kind = finding_decision.kind
			AND f.source = finding_decision.source AND f.external_id = finding_decision.external_id)`, bun.List(decided)).Exec(ctx)
		return decided, err
	}
	_, err = tx.NewRaw(`INSERT INTO finding_decision (kind, source, external_id, state, until, reason, decided_by, decided_at)
		SELECT f.kind, f.source, f.external_id, ?, ?, ?, ?, CAST(? AS BIGINT) FROM finding f WHERE f.no IN (?)
		ON CONFLICT (kind, source, external_id) DO UPDATE SET state = excluded.state, until = excluded.until, reason = excluded.reason,
		decided_by = excluded.decided_by, decided_at = excluded.decided_at`, c.State, c.Until, c.Reason, c.By, int64(c.At), bun.List(decided)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("keep the decision: %w", err)
	}
	return decided, nil
}

// LostApplicationOwner is an application whose owner left or is no user any more.
type LostApplicationOwner struct {
	Application int64  `bun:"id"`
	Email       string `bun:"email"`
}

// LostApplicationOwners returns the applications that nobody looks after any more.
func LostApplicationOwners(ctx context.Context, db bun.IDB) (lost []LostApplicationOwner, err error) {
	var rows []LostApplicationOwner
	err = db.NewRaw(`SELECT k.id, COALESCE(u.email, '') AS email FROM saas_application k LEFT JOIN users u ON u.id = k.owner_id
		WHERE k.owner_id <> '' AND k.status NOT IN ('ignored', 'closed') ORDER BY k.id`).Scan(ctx, &rows)
	owners := goneOwners{}
	for _, r := range rows {
		gone, err := owners.has(ctx, db, r.Email)
		if err != nil {
			return nil, err
		}
		if gone {
			lost = append(lost, r)
		}
	}
	return lost, err
}

// ApplicationsOfInstances returns the applications of some instances.
func ApplicationsOfInstances(ctx context.Context, db bun.IDB, instances []int64) (ids []int64, err error) {
	err = db.NewRaw(`SELECT DISTINCT application_id FROM instance WHERE no IN (?) ORDER BY 1`, bun.List(instances)).Scan(ctx, &ids)
	return ids, err
}
