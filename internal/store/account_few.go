package store

import (
	"context"
	"reflect"
	"slices"

	"github.com/uptrace/bun"
)

// fewAccounts is up to how many accounts are looked for where they are: to find them in
// the order of the list, nearly all that are there would be walked.
const fewAccounts = 50_000

// oddAccounts selects accounts of a kind behind which one expects nobody, as the vendor
// says it. The index account_odd has the same condition.
const oddAccounts = `SELECT id FROM "account" WHERE kind IN ('robot', 'shared', 'guest')`

// surelyOdd selects those of them of which nothing else says another kind.
const surelyOdd = oddAccounts + ` AND id NOT IN (SELECT account_id FROM account_kind)`

// ofOddKinds selects the accounts of some odd kinds: the vendor says it, and neither a
// rule nor a person something else, or one of those does. "" if kinds are others.
func ofOddKinds(kinds []string) string {
	if len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return k != "robot" && k != "shared" && k != "guest" }) {
		return ""
	}
	return surelyOdd + ` AND kind IN (` + quoted(kinds) + `) UNION ALL SELECT account_id FROM account_kind WHERE kind IN (` + quoted(kinds) + `)`
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

// fewFound is up to how many accounts a search hands on: their numbers stand in a statement.
const fewFound = 5000

// accountsWith returns a statement that selects the live accounts that a text stands in,
// which are looked for once, and not once for a page and once to count them, in the
// order of their names: among those of people in one of whose accounts it stands, those
// that are nobody's, and those of instances of which nobody knows yet. "" if they are
// many: then a list soon meets them in its own order.
func accountsWith(ctx context.Context, db bun.IDB, text string) (string, error) {
	folds := !isPostgres(db)
	p, of, alone := &pager{folds: folds}, &pager{folds: folds}, &pager{folds: folds}
	p.contains(text, accountTexts()...)
	of.contains(text, "t.text")
	alone.contains(text, "n.texts")
	if len(p.where) == 0 {
		return "", nil
	}
	from := accountTable
	if few, err := areFew(ctx, db, `SELECT account_id FROM account_nobody`, fewNobodys); err != nil {
		return "", err
	} else if few { // else there are hardly people, and accounts are read in the order in which they lie
		from = `(SELECT l.account_id AS id FROM account_person l WHERE l.person_id IN (SELECT t.person_id FROM person_text t WHERE ` + of.where[0] + `)
			UNION ALL SELECT n.account_id FROM account_nobody n WHERE ` + alone.where[0] + `
			UNION ALL SELECT e.id FROM "account" AS e WHERE e.instance_no IN (` + undecided + `)) AS likely CROSS JOIN ` + accountTable
		p.and("a.id = likely.id")
		p.args = slices.Concat(of.args, alone.args, p.args)
	}
	p.and("a.gone_gen = 0")
	var ids []int64
	err := db.NewRaw(`SELECT a.id FROM `+from+p.clause(p.where)+` LIMIT ?`, append(p.args, fewFound+1)...).Scan(ctx, &ids)
	if err != nil || len(ids) > fewFound {
		return "", err
	}
	return `SELECT id FROM "account" WHERE id IN (` + quotedNumbers(append(ids, 0)) + `)`, nil
}

// accountTexts are what a search for accounts looks in.
func accountTexts() []string { return []string{"a.email", "a.display_name", "a.user_name"} }

// allTexts is what a search for accounts looks in, in one text.
const allTexts = `COALESCE(a.email, '') || ' ' || COALESCE(a.display_name, '') || ' ' || COALESCE(a.user_name, '')`
