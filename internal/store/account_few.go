package store

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// oddAccounts selects the accounts behind which one expects nobody.
const oddAccounts = `SELECT account_id FROM account_odd`

// areOdd reports whether some kinds are such that one expects nobody behind their
// accounts: then account_odd knows all of these.
func areOdd(kinds []string) bool {
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return k != "robot" && k != "shared" && k != "guest" })
}

// byOdd makes p a list of the accounts of some odd kinds. The page's rows and the count
// come of what is kept of them alone, unless more is asked for.
func (p *pager) byOdd(f *AccountFilter) {
	const kept = `account_odd c`
	joined := kept + ` JOIN ` + accountTable + ` ON a.id = c.account_id`
	p.late, p.from, p.id = true, joined+p.from[len(accountTable):], "c.account_id"
	p.orders = map[string]order{"name": {expr: "c.name"}, "added": {expr: "c.account_id", number: true}}
	p.and("c.kind IN (?)", bun.List(f.Kinds))
	switch f.Kinds, f.odd = nil, false; {
	case reflect.DeepEqual(*f, AccountFilter{At: f.At}):
		p.counted = kept
	case f.ofAccountsAlone():
		p.counted = joined
	}
}

// areFew reports whether a statement selects at most so many accounts.
func areFew(ctx context.Context, db bun.IDB, accounts string, most int) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM (`+accounts+`) AS x LIMIT ?) AS y`, most+1).Scan(ctx, &n)
	return n <= most, err
}

// among makes p a list of those of some accounts that meet its conditions.
func (p *pager) among(accounts string) {
	p.late, p.within = true, `(`+accounts+`) AS few CROSS JOIN `
	p.and("a.id = few.id")
}

// ofAccountsAlone reports whether all conditions are about columns of accounts: what is
// joined to them is left until the page's rows are known, and out of the count.
func (f AccountFilter) ofAccountsAlone() bool {
	f.Query, f.Status, f.At, f.among = "", nil, UseAt{}, ""
	return reflect.DeepEqual(f, AccountFilter{})
}

// fewNobodys is of up to how many accounts that are nobody's a search looks at what is
// kept of them.
const fewNobodys = 250_000

// fewFound is up to how many accounts or people a search hands on by their numbers, which
// stand in a statement; fewLikely up to how many accounts are put in order once they are
// known: of more, a list soon meets some in its own order.
const (
	fewFound  = 5000
	fewLikely = 150_000
)

// accountsWith returns a statement that selects the live accounts that a text stands in,
// of some kinds alone if one expects nobody behind these; of many it selects others too.
// They are looked for once, and not once for a page and once to count them: among those of
// people in one of whose accounts it stands, those that are nobody's, and those of instances
// of which nobody knows yet. "" if they are a large part of all.
func accountsWith(ctx context.Context, db bun.IDB, text string, kinds []string) (string, error) {
	p := &pager{folds: !isPostgres(db)}
	if p.searchAccounts(text); len(p.where) == 0 {
		return "", nil
	}
	likely, known, err := likelyWith(ctx, db, text)
	if err != nil || known && likely == "" {
		return "", err
	}
	if known { // else there are hardly people, and accounts are read in the order in which they lie
		if areOdd(kinds) {
			likely = `SELECT c.account_id FROM (` + likely + `) AS likely CROSS JOIN account_odd c WHERE c.account_id = likely.id AND c.kind IN (` + quoted(kinds) + `)`
		}
		p.and("a.id " + oneOf(db, likely))
	}
	p.and("a.gone_gen = 0")
	var ids []int64
	err = db.NewRaw(`SELECT a.id FROM `+accountTable+p.clause(p.where)+` LIMIT ?`, append(p.args, fewFound+1)...).Scan(ctx, &ids)
	switch {
	case err != nil || len(ids) > fewFound && !known:
		return "", err
	case len(ids) > fewFound:
		return `SELECT id FROM "account" WHERE id ` + oneOf(db, likely), nil
	}
	return `SELECT id FROM "account" WHERE id IN (` + quotedNumbers(append(ids, 0)) + `)`, nil
}

// likelyWith returns a statement that selects the accounts in which a text may stand, by what
// is kept of people and of accounts that are nobody's. known is false while most are nobody's;
// the statement is "" if they are a large part of all.
func likelyWith(ctx context.Context, db bun.IDB, text string) (likely string, known bool, err error) {
	if few, err := areFew(ctx, db, `SELECT account_id FROM account_nobody`, fewNobodys); err != nil || !few {
		return "", false, err
	}
	// By their numbers: of a text PostgreSQL takes far more to have it than do, and would
	// read who has which of a million accounts.
	people, err := numbersWith(ctx, db, text, `SELECT DISTINCT t.person_id FROM person_text t WHERE `, "t.text")
	if err != nil || len(people) > fewFound {
		return "", true, err
	}
	alone, err := numbersWith(ctx, db, text, `SELECT n.account_id FROM account_nobody n WHERE `, "n.texts")
	if err != nil || len(alone) > fewFound {
		return "", true, err
	}
	var called []int64
	err = db.NewRaw(`SELECT x.id FROM instance i CROSS JOIN "account" AS x WHERE x.instance_no = i.no AND x.external_id = ?`, strings.TrimSpace(text)).Scan(ctx, &called)
	if err != nil {
		return "", true, err
	}
	likely = `SELECT l.account_id AS id FROM account_person l WHERE l.person_id IN (` + quotedNumbers(append(people, 0)) + `)
		UNION ALL SELECT x.id FROM "account" AS x WHERE x.id IN (` + quotedNumbers(slices.Concat(alone, called, []int64{0})) + `)
		UNION ALL SELECT e.id FROM "account" AS e WHERE e.instance_no IN (` + undecided + `)`
	few, err := areFew(ctx, db, likely, fewLikely)
	if err != nil || !few {
		return "", true, err
	}
	return likely, true, nil
}

// numbersWith returns the numbers that a statement, which goes on with a condition, selects of
// rows in whose columns a text stands: up to one more than fewFound.
func numbersWith(ctx context.Context, db bun.IDB, text, statement string, columns ...string) (found []int64, err error) {
	p := &pager{folds: !isPostgres(db)}
	p.contains(text, columns...)
	err = db.NewRaw(statement+p.where[0]+` LIMIT ?`, append(p.args, fewFound+1)...).Scan(ctx, &found)
	return found, err
}

// oneOf compares a number with those of a statement. PostgreSQL puts the numbers of an array
// in order before it looks them up, and so reads each page of rows once.
func oneOf(db bun.IDB, statement string) string {
	if isPostgres(db) {
		return "= ANY(ARRAY(" + statement + "))"
	}
	return "IN (" + statement + ")"
}

// searchAccounts asks for accounts in which a text stands, or whose identifier at the vendor
// it is: those without a name are called by it.
func (p *pager) searchAccounts(text string, more ...string) {
	if text = strings.TrimSpace(text); text != "" {
		clause, args := p.containing(text, append(more, accountTexts()...)...)
		p.and("("+clause+" OR a.external_id = ?)", append(args, text)...)
	}
}

// accountTexts are what a search looks in of an account.
func accountTexts() []string { return []string{"a.email", "a.display_name", "a.user_name"} }

// allTexts is what a search for accounts looks in, in one text.
const allTexts = `COALESCE(a.email, '') || ' ' || COALESCE(a.display_name, '') || ' ' || COALESCE(a.user_name, '')`
