package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// fedBy is what tells who has each of some applications: their own instances,
// identity providers that feed them, or those that merely list them.
type fedBy map[purser.Feed][]int64

func feedsOf(ctx context.Context, db bun.IDB, applications []int64, at UseAt) (fedBy, error) {
	rows, err := Feeds(ctx, db, applications)
	if err != nil {
		return nil, fmt.Errorf("look for what feeds applications: %w", err)
	}
	by := fedBy{}
	for _, id := range applications {
		feed := rows[id].Feed(at.Now)
		by[feed] = append(by[feed], id)
	}
	return by, nil
}

// peopleIn selects who has an open account in each of the applications, and whether
// they use it: app, person, used. That is all that it takes: people who are known by an
// identity provider alone are among them, and those whom no list of people has any more.
func (by fedBy) peopleIn(at UseAt) string {
	row := func(app, used, from string) string {
		return `SELECT ` + app + ` AS app, ap.person_id AS person, CASE WHEN ` + used + ` >= ` + at.since() + ` THEN 1 ELSE 0 END AS used FROM ` + from + `
			JOIN account_person ap ON ap.account_id = a.id`
	}
	const provided = ` JOIN "account" AS a ON a.instance_no = x.instance_no AND a.external_id = x.account AND a.gone_gen = 0 AND ` + openStatus + `
		JOIN saas_application k ON k.id = x.application_id`
	var parts []string
	if ids := by[purser.FeedDirect]; len(ids) > 0 {
		parts = append(parts, row("i.application_id", "("+lastUse+")", `instance i JOIN saas_application k ON k.id = i.application_id
			JOIN "account" AS a ON a.instance_no = i.no AND a.gone_gen = 0 AND `+openStatus+` LEFT JOIN account_use u ON u.account_id = a.id`)+
			` WHERE i.status <> 'deleting' AND i.application_id IN (`+quotedNumbers(ids)+`)`)
	}
	if ids := by[purser.FeedSSO]; len(ids) > 0 {
		parts = append(parts, row("x.application_id", "x.used", `(`+strings.ReplaceAll(fedUse, "?", quotedNumbers(ids))+`) AS x`+provided))
	}
	if ids := by[purser.FeedSeen]; len(ids) > 0 {
		parts = append(parts, row("x.application_id", "x.used", `(`+strings.ReplaceAll(assignedUse, "?", quotedNumbers(ids))+`) AS x`+provided))
	}
	if len(parts) == 0 {
		parts = []string{`SELECT 0 AS app, 0 AS person, 0 AS used WHERE 1 = 0`}
	}
	return `SELECT app, person, max(used) AS used FROM (` + strings.Join(parts, " UNION ALL ") + `) AS every GROUP BY app, person`
}

// Together selects people who have an open account in each of some applications, or
// who use each of them.
type Together struct {
	Applications []int64
	Using        bool
	by           fedBy
	at           UseAt
}

// PeopleTogether looks up what tells who has the applications.
func PeopleTogether(ctx context.Context, db bun.IDB, applications []int64, using bool, at UseAt) (Together, error) {
	by, err := feedsOf(ctx, db, applications, at)
	return Together{applications, using, by, at}, err
}

// onto adds the condition to a list of people p.
func (t Together) onto(p *pager) {
	if len(t.Applications) == 0 {
		return
	}
	where := ""
	if t.Using {
		where = " WHERE x.used = 1"
	}
	p.and(`p.id IN (SELECT x.person FROM (`+t.by.peopleIn(t.at)+`) AS x`+where+` GROUP BY x.person HAVING count(*) = ?)`, len(t.Applications))
}
