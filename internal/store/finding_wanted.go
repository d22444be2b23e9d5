package store

import (
	"fmt"
	"slices"
	"strings"
)

// FoundRow is a finding as it follows from the rows now.
type FoundRow struct {
	Kind         string `bun:"kind"`
	Source       string `bun:"source"`
	ExternalID   string `bun:"external_id"`
	InstanceNo   int64  `bun:"instance_no"`
	Application  int64  `bun:"saas_no"`
	Account      int64  `bun:"account_id"`
	Person       int64  `bun:"person_id"`
	Plan         int64  `bun:"plan_id"`
	Value        *int64 `bun:"term_value"`
	Annual       *int64 `bun:"annual"`
	Currency     string `bun:"currency"`
	RealizableOn string `bun:"realizable_on"` // by hand; else what RenewsAt and contracts say
	RealizableBy string `bun:"realizable_by"`
	About        string `bun:"about"`
	RenewsAt     int64  `bun:"renews_at"` // microseconds, as the vendor says; 0 unknown
}

// ofPersonInstance is the condition over a person p of an instance pi.
func ofPersonInstance(condition string) string { return strings.ReplaceAll(condition, "i.hr", "pi.hr") }

// findingFrom joins an account a with everything that findings about it need.
const findingFrom = `"account" AS a JOIN instance i ON i.no = a.instance_no AND i.status <> 'deleting'
	LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_kind ak ON ak.account_id = a.id
	LEFT JOIN "person" AS p ON p.id = ap.person_id LEFT JOIN instance pi ON pi.no = p.instance_no
	LEFT JOIN account_use u ON u.account_id = a.id
	LEFT JOIN saas_application k ON k.id = i.application_id`

// scoped limits a query to applications; none means every one.
func scoped(applications []int64) string {
	if len(applications) == 0 {
		return ""
	}
	return " AND i.application_id IN (" + quotedNumbers(applications) + ")"
}

// accountFindings selects what there is to say of accounts with which somebody
// could get in: whose person left, or that are nobody's. endedDay is the last day of
// the employment; use of the last thirty days is lately. Other kinds are left out.
func (db *DB) accountFindings(at UseAt, kinds []string, applications []int64) string {
	gone := ofPersonInstance(left)
	absent := ofPersonInstance(away)
	// Of most accounts there is nothing to say: they are not put aside.
	base := `SELECT '' AS term, i.id AS source, a.external_id, a.instance_no, i.application_id AS saas_no, a.id AS account_id, COALESCE(p.id, 0) AS person_id,
		` + lastUse + ` AS used, CASE WHEN p.id IS NULL THEN 1 ELSE 0 END AS nobody,
		CASE WHEN p.id IS NOT NULL AND ` + gone + ` THEN 1 ELSE 0 END AS gone, ` + ofPersonInstance(endedOn) + ` AS ended_on,
		CASE WHEN ` + absent + ` THEN 1 ELSE 0 END AS away
		FROM ` + findingFrom + ` WHERE ` + openAccount + scoped(applications) + `
			AND CASE WHEN p.id IS NULL THEN ` + expectsPerson + ` AND EXISTS (SELECT 1 FROM "person")
				ELSE ` + gone + ` OR ` + absent + ` END`
	lately := fmt.Sprint((at.Today - 30) * dayMicros)
	endedDay := `CAST(julianday(x.ended_on) - 2440587.5 AS INTEGER)`
	if db.dialect == Postgres {
		endedDay = `(CAST(NULLIF(x.ended_on, '') AS DATE) - DATE '1970-01-01')`
	}
	var rows []string
	row := func(kind, about, where string) {
		if !slices.Contains(kinds, kind) {
			return
		}
		rows = append(rows, `SELECT '`+kind+`' AS kind, x.source, x.external_id, x.instance_no, x.saas_no, x.account_id, x.person_id, 0 AS plan_id,
			CAST(NULL AS BIGINT) AS term_value, CAST(NULL AS BIGINT) AS annual, '' AS currency, '' AS realizable_on, '' AS realizable_by, `+about+` AS about, 0 AS renews_at
			FROM x WHERE `+where)
	}
	row("leaver_access", "x.ended_on", "x.gone = 1")
	row("unknown_account", "''", "x.nobody = 1")
	row("used_after_leaving", "x.ended_on", "x.gone = 1 AND x.ended_on <> '' AND x.used >= "+lately+" AND "+at.dayOf("x.used")+" > "+endedDay)
	row("used_while_away", "''", "x.away = 1 AND x.gone = 0 AND x.used >= "+lately)
	row("used_not_in_hr", "''", "x.nobody = 1 AND x.used >= "+lately+" AND "+hrWasRead)
	return `WITH x AS MATERIALIZED (` + base + `) ` + strings.Join(rows, " UNION ALL ")
}

// hrWasRead: who works here was read to its end, from every source that says it. Until
// then that somebody is not among them says nothing.
const hrWasRead = `EXISTS (SELECT 1 FROM instance h JOIN stream hs ON hs.instance_no = h.no WHERE h.hr AND hs.kind = 'person' AND hs.complete_at > 0)
	AND NOT EXISTS (SELECT 1 FROM instance h JOIN stream hs ON hs.instance_no = h.no WHERE h.hr AND h.status <> 'deleting' AND hs.kind = 'person'
		GROUP BY h.no HAVING max(hs.complete_at) = 0)`

// paidAnyway is how many seats of a plan, with its terms t, make no difference to the
// bill: it is for what is included or the minimum at least, less the free ones.
const paidAnyway = `COALESCE(CASE WHEN t.free >= t.included AND t.free >= t.minimum THEN t.free WHEN t.included >= t.minimum THEN t.included ELSE t.minimum END, 0)`

// excludedAccount: what an account holds is left out of findings about seats.
const excludedAccount = `EXISTS (SELECT 1 FROM license_exclusion x WHERE x.saas_no = i.application_id AND ((x.what = 'account' AND x.value = i.id || '/' || a.external_id)
	OR (x.what = 'kind' AND x.value = ` + accountKind + `) OR (x.what = 'domain' AND lower(a.email) LIKE '%@' || x.value)))`

// seatFindings selects the seats that need not be there: of people who left, of
// people who hold another one of the same family or a bundle that contains it, unused for the threshold, of
// a plan that is more than is used, or of people who use another application of the same category. A seat is one of these, the first that fits,
// so that no coin is counted twice; and no more seats of a plan have a value than
// make a difference to the bill, those that could be given up before those for which
// a cheaper plan would do.
func seatFindings(at UseAt, applications []int64) string {
	class := ownUse().class(at)
	gone := ofPersonInstance(left)
	held := `COALESCE(s.assigned_at, CASE WHEN ` + ownUse().used + ` > 0 THEN 1 END, a.created_at, s.first_seen_at)`
	return `WITH held AS MATERIALIZED (SELECT s.id, s.external_id, s.instance_no, i.id AS source, i.application_id AS saas_no, a.id AS account_id, COALESCE(p.id, 0) AS person_id,
			COALESCE(l.id, 0) AS plan_id, COALESCE(s.plan, '') AS plan, COALESCE(NULLIF(t.family, ''), l.name, s.plan, '') AS family, s.active AS counted, ` + ownUse().used + ` AS used,
			CASE WHEN ` + openStatus + ` THEN ` + class + ` ELSE 'closed' END AS class, CASE WHEN ` + held + ` < ` + at.since() + ` THEN 1 ELSE 0 END AS long,
			CASE WHEN p.id IS NOT NULL AND ` + gone + ` THEN 1 ELSE 0 END AS gone,
			` + termBuys + ` AS bought, ` + paidAnyway + ` AS anyway,
			CASE WHEN ` + termModel + ` = 'per_user' THEN ` + termPrice + ` END AS price, ` + termPeriod + ` AS period, ` + termCurrency + ` AS currency, COALESCE(t.ends_on, '') AS ends_on, COALESCE(l.renews_at, 0) AS renews_at,
			CASE WHEN ` + excludedAccount + ` THEN 1 ELSE 0 END AS excluded, COALESCE(v.other_no, 0) AS other
			FROM "seat" AS s JOIN ` + strings.Replace(findingFrom, `"account" AS a JOIN`, `"account" AS a ON a.instance_no = s.instance_no AND a.external_id = s.account JOIN`, 1) + `
			LEFT JOIN "plan" AS l ON l.instance_no = s.instance_no AND l.external_id = s.plan
			` + termJoin("s.plan") + `
			LEFT JOIN ` + useSource + ` AS w ON w.instance_no = a.instance_no
			LEFT JOIN overlap_account v ON v.account_id = a.id
			WHERE s.gone_gen = 0` + scoped(applications) + `),
		parts AS MATERIALIZED (SELECT DISTINCT h.account_id, x.part FROM license_part x JOIN held h ON h.source = x.source AND h.plan = x.bundle WHERE h.class <> 'closed'),
		given AS MATERIALIZED (SELECT instance_no, plan, count(*) AS assigned FROM held GROUP BY instance_no, plan),
		several AS MATERIALIZED (SELECT saas_no, family, person_id FROM held WHERE person_id <> 0 GROUP BY saas_no, family, person_id HAVING count(*) > 1),
		placed AS MATERIALIZED (SELECT h.id, row_number() OVER (PARTITION BY h.saas_no, h.family, h.person_id ORDER BY CASE WHEN h.class = 'active' THEN 0 ELSE 1 END, COALESCE(h.used, -1) DESC, h.id) AS place
			FROM held h JOIN several x ON x.saas_no = h.saas_no AND x.family = h.family AND x.person_id = h.person_id),
		ranked AS (SELECT held.*, CASE WHEN b.part IS NULL THEN 0 ELSE 1 END AS contained, g.assigned, COALESCE(o.place, 1) AS place
			FROM held JOIN given g ON g.instance_no = held.instance_no AND g.plan = held.plan LEFT JOIN placed o ON o.id = held.id
			LEFT JOIN parts b ON b.account_id = held.account_id AND b.part = held.plan),
		kinds AS (SELECT ranked.*, CASE WHEN excluded = 1 THEN '' WHEN gone = 1 THEN 'undeprovisioned_seat' WHEN contained = 1 OR (person_id <> 0 AND place > 1) THEN 'duplicate_seat'
			WHEN class IN ('inactive', 'never') AND long = 1 THEN 'unused_seat'
			WHEN counted = 0 AND class = 'active' AND EXISTS (SELECT 1 FROM license_term c WHERE c.saas_no = ranked.saas_no AND c.external_id <> ranked.plan
				AND c.model = 'per_user' AND c.currency = ranked.currency AND c.period = ranked.period AND c.price < ranked.price) THEN 'downgrade_seat'
			WHEN other <> 0 AND class = 'active' THEN 'overlap_seat' ELSE '' END AS kind FROM ranked),
		valued AS (SELECT kinds.*, CASE WHEN price IS NULL THEN NULL
			WHEN row_number() OVER (PARTITION BY instance_no, plan ORDER BY CASE WHEN kind = 'downgrade_seat' THEN 1 ELSE 0 END, id)
				> (CASE WHEN bought IS NULL OR bought > assigned THEN assigned ELSE bought END) - anyway THEN 0
			WHEN kind = 'downgrade_seat' THEN price - (SELECT max(c.price) FROM license_term c WHERE c.saas_no = kinds.saas_no
				AND c.external_id <> kinds.plan AND c.model = 'per_user' AND c.currency = kinds.currency AND c.period = kinds.period AND c.price < kinds.price)
			ELSE price END AS value FROM kinds WHERE kind <> '')
		SELECT kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, value AS term_value,
			CASE period WHEN 'month' THEN value * 12 WHEN 'year' THEN value END AS annual, currency, ends_on AS realizable_on,
			CASE WHEN ends_on <> '' THEN 'plan' ELSE '' END AS realizable_by, CASE WHEN kind = 'duplicate_seat' AND contained = 1 THEN 'contained' WHEN kind = 'overlap_seat' THEN CAST(other AS TEXT) ELSE class END AS about, renews_at FROM valued`
}

// planFindings selects the plans of which more was bought than is assigned, beyond
// what is paid for anyway.
func planFindings(applications []int64) string {
	return `WITH x AS (SELECT i.id AS source, l.external_id, l.instance_no, i.application_id AS saas_no, l.id AS plan_id, ` + termBuys + ` AS bought, ` + paidAnyway + ` AS anyway,
			(SELECT count(*) FROM "seat" AS s WHERE s.instance_no = l.instance_no AND s.plan = l.external_id AND s.gone_gen = 0) AS assigned,
			CASE WHEN ` + termModel + ` <> 'flat' THEN ` + termPrice + ` END AS price, ` + termPeriod + ` AS period, ` + termCurrency + ` AS currency, COALESCE(t.ends_on, '') AS ends_on, COALESCE(l.renews_at, 0) AS renews_at
			FROM "plan" AS l JOIN instance i ON i.no = l.instance_no AND i.status <> 'deleting' ` + termJoin("l.external_id") + `
			WHERE l.gone_gen = 0 AND EXISTS (SELECT 1 FROM stream st WHERE st.instance_no = l.instance_no AND st.kind = 'seat' AND st.complete_at > 0)` + scoped(applications) + `),
		y AS (SELECT x.*, bought - (CASE WHEN assigned >= anyway THEN assigned ELSE anyway END) AS spare FROM x)
		SELECT 'overbought_plan' AS kind, source, external_id, instance_no, saas_no, 0 AS account_id, 0 AS person_id, plan_id, spare * price AS term_value,
			CASE period WHEN 'month' THEN spare * price * 12 WHEN 'year' THEN spare * price END AS annual, currency, ends_on AS realizable_on,
			CASE WHEN ends_on <> '' THEN 'plan' ELSE '' END AS realizable_by, CAST(spare AS TEXT) AS about, renews_at FROM y WHERE spare > 0`
}

// shadowFindings selects the applications that were discovered and that nobody has looked at.
const shadowFindings = `SELECT 'new_application' AS kind, '' AS source, 'app_' || CAST(k.id AS TEXT) AS external_id, 0 AS instance_no, k.id AS saas_no, 0 AS account_id,
	0 AS person_id, 0 AS plan_id, CAST(NULL AS BIGINT) AS term_value, CAST(NULL AS BIGINT) AS annual, '' AS currency, '' AS realizable_on, '' AS realizable_by, '' AS about, 0 AS renews_at
	FROM saas_application k WHERE k.status = 'new'`
