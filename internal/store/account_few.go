package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// fewAccounts is up to how many accounts are looked for where they are: to find them in
// the order of the list, nearly all that are there would be walked.
const fewAccounts = 25_000

// oddAccounts selects accounts of a kind behind which one expects nobody, as the vendor
// says it. The index account_odd has the same condition.
const oddAccounts = `SELECT id FROM "account" WHERE kind IN ('robot', 'shared', 'guest')`

// surelyOdd selects those of them of which nothing else says another kind.
const surelyOdd = oddAccounts + ` AND id NOT IN (SELECT account_id FROM account_kind)`

// ofOddKinds selects the accounts of which the vendor, a rule or a person says one of
// some odd kinds; it may select more. "" if kinds are others.
func ofOddKinds(kinds []string) string {
	if len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return k != "robot" && k != "shared" && k != "guest" }) {
		return ""
	}
	return oddAccounts + ` AND kind IN (` + quoted(kinds) + `) UNION SELECT account_id FROM account_kind WHERE kind IN (` + quoted(kinds) + `)`
}

// areFew reports whether a statement selects few accounts.
func areFew(ctx context.Context, db bun.IDB, accounts string) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM (`+accounts+`) AS x LIMIT ?) AS y`, fewAccounts+1).Scan(ctx, &n)
	return n <= fewAccounts, err
}

// among makes p a list of those of some accounts that meet its conditions.
func (p *pager) among(accounts string) {
	p.late, p.within = true, `(`+accounts+`) AS few CROSS JOIN `
	p.and("a.id = few.id")
}

// fewFound is up to how many accounts a search hands on: their numbers stand in a statement.
const fewFound = 5000

// accountsWith returns a statement that selects the live accounts that a text stands in: they
// are read once, in the order in which they lie, and not once for a page and once to
// count them, in the order of their names. "" if they are many: then a list soon
// meets them in its own order.
func accountsWith(ctx context.Context, db bun.IDB, text string) (string, error) {
	p := &pager{}
	p.contains(text, accountTexts()...)
	if len(p.where) == 0 {
		return "", nil
	}
	var ids []int64
	err := db.NewRaw(`SELECT a.id FROM `+accountTable+` WHERE a.gone_gen = 0 AND `+p.where[0]+` LIMIT ?`, append(p.args, fewFound+1)...).Scan(ctx, &ids)
	if err != nil || len(ids) > fewFound {
		return "", err
	}
	return `SELECT id FROM "account" WHERE id IN (` + quotedNumbers(append(ids, 0)) + `)`, nil
}

// accountTexts are what a search for accounts looks in.
func accountTexts() []string { return []string{"a.email", "a.display_name", "a.user_name"} }
