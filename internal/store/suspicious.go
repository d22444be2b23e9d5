package store

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// SuspiciousRow is a finding about suspicious use with what it follows from.
type SuspiciousRow struct {
	sorted
	No              int64         `bun:"no"`
	Kind            string        `bun:"kind"`
	Source          string        `bun:"source"`
	SourceName      string        `bun:"source_name"`
	Application     int64         `bun:"saas_no"`
	ApplicationName string        `bun:"application_name"`
	Account         int64         `bun:"account_id"`
	AccountName     string        `bun:"account_name"`
	Person          int64         `bun:"per_no"`
	PersonName      string        `bun:"person_name"`
	Employment      string        `bun:"employment"`
	EndedOn         string        `bun:"ended_on"`
	LastActiveAt    *int64        `bun:"last_active_at"`
	Days            int64         `bun:"days"`
	FoundAt         purser.Micros `bun:"found_at"`
	GoneAt          purser.Micros `bun:"gone_at"`
	State           string        `bun:"state"`
	Reason          string        `bun:"reason"`
	Until           string        `bun:"until"`
	DecidedBy       string        `bun:"decided_by"`
	DecidedAt       purser.Micros `bun:"decided_at"`
}

// Suspicious returns one page of findings of suspicious use, the newest first; today is
// the day since 1970 up to which days of use are counted.
func Suspicious(ctx context.Context, db bun.IDB, f FindingFilter, query string, today int64, page purser.Page, count bool) (purser.List[SuspiciousRow], error) {
	p := &pager{id: "f.no", first: "age", newest: true, late: true, counted: "finding f",
		orders: map[string]order{"age": {expr: "f.found_at", number: true}},
		from: `finding f LEFT JOIN "account" AS a ON a.id = f.account_id LEFT JOIN account_use u ON u.account_id = a.id
			LEFT JOIN "person" AS p ON p.id = f.person_id LEFT JOIN instance pi ON pi.no = p.instance_no LEFT JOIN instance i ON i.no = f.instance_no
			LEFT JOIN saas_application k ON k.id = f.saas_no
			LEFT JOIN finding_decision d ON d.kind = f.kind AND d.source = f.source AND d.external_id = f.external_id`,
		columns: `f.no, f.kind, f.source, COALESCE(i.name, '') AS source_name, f.saas_no, COALESCE(k.name, '') AS application_name, f.account_id,
			COALESCE(` + accountName + `, f.external_id) AS account_name, COALESCE(p.id, 0) AS per_no, COALESCE(` + personName + `, '') AS person_name,
			CASE WHEN p.id IS NULL THEN '' ELSE ` + ofPersonInstance(employment) + ` END AS employment, ` + ofPersonInstance(endedOn) + ` AS ended_on, ` + lastUse + ` AS last_active_at,
			(SELECT count(DISTINCT v.day) FROM activity v WHERE v.instance_no = a.instance_no AND v.account = a.external_id AND v.day > ` + quotedNumbers([]int64{today - 30}) + `) AS days,
			f.found_at, f.gone_at, f.state, COALESCE(d.reason, '') AS reason, f.until, COALESCE(d.decided_by, '') AS decided_by, f.decided_at`}
	if f.onto(p); strings.TrimSpace(query) != "" {
		p.counted = "" // what is searched stands in what is joined; an account without a name is called by its identifier
		p.contains(query, append(slices.Concat(accountTexts(), personTexts()), "f.external_id")...)
	}
	return fetch(ctx, db, p, page, count, func(r SuspiciousRow) SuspiciousRow { return r })
}

// AnyOfKinds reports whether some findings are of some kinds.
func AnyOfKinds(ctx context.Context, db bun.IDB, nos []int64, kinds []string) (any bool, err error) {
	err = db.NewRaw(`SELECT EXISTS (SELECT 1 FROM finding WHERE no IN (?) AND kind IN (?))`, bun.List(nos), bun.List(kinds)).Scan(ctx, &any)
	return any, err
}
