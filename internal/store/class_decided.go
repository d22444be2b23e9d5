package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// classFacts are what the class of use of an account of an instance follows from
// beside what is known of the account; see class_decided. Of instances that have accounts.
type classFacts struct {
	InstanceNo int64 `bun:"instance_no"`
	Since      int64 `bun:"since"`
	From       int64 `bun:"from_at"`
	Listed     int64 `bun:"listed"`
	Dated      int64 `bun:"dated"`
	Accounts   int64 `bun:"accounts"` // as they were counted last
	Outdated   bool  `bun:"outdated"` // the kept classes were decided with something else, or never
}

func selectClassFacts(at UseAt) string {
	fresh := fmt.Sprint(int64(at.Fresh))
	return `SELECT f.*, COALESCE(d.accounts, 0) AS accounts, d.instance_no IS NULL OR d.since <> f.since OR d.from_at <> f.from_at OR d.listed <> f.listed OR d.dated <> f.dated AS outdated
		FROM (SELECT i.no AS instance_no, ` + at.since() + ` AS since, COALESCE(w.from_at, -1) AS from_at,
			CASE WHEN w.roster_at >= ` + fresh + ` THEN 1 ELSE 0 END AS listed, CASE WHEN w.until_at >= ` + fresh + ` THEN 1 ELSE 0 END AS dated
			FROM instance i LEFT JOIN saas_application k ON k.id = i.application_id LEFT JOIN ` + useSource + ` AS w ON w.instance_no = i.no
			WHERE EXISTS (SELECT 1 FROM "account" AS a WHERE a.instance_no = i.no)) AS f LEFT JOIN class_decided d ON d.instance_no = f.instance_no`
}

// classesHold reports whether the kept classes are what would be said at a moment.
func classesHold(ctx context.Context, db bun.IDB, at UseAt) (bool, error) {
	var outdated int
	err := db.NewRaw(`SELECT count(*) FROM (`+selectClassFacts(at)+`) AS x WHERE x.outdated`).Scan(ctx, &outdated)
	if err != nil {
		return false, fmt.Errorf("look whether the classes of use hold: %w", err)
	}
	return outdated == 0, nil
}

// classRow is how an account is used, "" if that is not kept, and whether it is nobody's.
type classRow struct {
	AccountID  int64  `bun:"account_id"`
	InstanceNo int64  `bun:"instance_no"`
	Class      string `bun:"class"`
	Name       string `bun:"name"`
	Nobody     int64  `bun:"nobody"`
	Texts      string `bun:"texts"`
}

// KeepClasses decides how accounts are used, and which are nobody's: those of the
// instances that were written, or whose accounts were given to people, and of those
// of which time, another threshold or another reading says something else than when
// it was decided last.
func (db *DB) KeepClasses(ctx context.Context, written []int64, at UseAt) error {
	var facts []classFacts
	if err := db.reader.NewRaw(selectClassFacts(at)+` ORDER BY 1`).Scan(ctx, &facts); err != nil {
		return fmt.Errorf("look for classes of use that do not hold: %w", err)
	}
	for _, f := range facts {
		if !f.Outdated && !slices.Contains(written, f.InstanceNo) {
			continue
		}
		if err := db.keepClasses(ctx, f, at); err != nil {
			return fmt.Errorf("decide how the accounts of instance %d are used: %w", f.InstanceNo, err)
		}
	}
	return nil
}

func (db *DB) keepClasses(ctx context.Context, f classFacts, at UseAt) error {
	out := sliced[classRow]{db: db, most: derivationSlice, write: putClasses}
	err := db.eachRow(ctx, func(row []driver.Value) error {
		r := classRow{InstanceNo: f.InstanceNo}
		r.AccountID, _ = row[0].(int64)
		r.Class, _ = row[2].(string)
		r.Name, _ = row[3].(string)
		r.Nobody, _ = row[4].(int64)
		r.Texts, _ = row[5].(string)
		return out.add(ctx, r)
	}, selectClassRows(at, "a.instance_no = ?"), f.InstanceNo)
	if err == nil {
		err = out.flush(ctx)
	}
	if err != nil {
		return err
	}
	var accounts int64
	if err := db.reader.NewRaw(`SELECT count(*) FROM "account" WHERE instance_no = ? AND gone_gen = 0`, f.InstanceNo).Scan(ctx, &accounts); err != nil {
		return err
	}
	if f.Outdated || accounts != f.Accounts {
		err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO class_decided (instance_no, since, from_at, listed, dated, accounts) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (instance_no) DO UPDATE
				SET since = excluded.since, from_at = excluded.from_at, listed = excluded.listed, dated = excluded.dated, accounts = excluded.accounts`,
				f.InstanceNo, f.Since, f.From, f.Listed, f.Dated, accounts).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.keepPlanUse(ctx, f.InstanceNo)
}

// selectClassRows are those of the accounts a of which something else is kept than
// would be said of them.
func selectClassRows(at UseAt, where string) string {
	return `SELECT x.account_id, x.instance_no, COALESCE(x.class, '') AS class, x.name, CAST(x.nobody AS BIGINT) AS nobody, x.texts FROM (SELECT a.id AS account_id, a.instance_no, ` + accountName + ` AS name, ` + allTexts + ` AS texts,
			CASE WHEN a.gone_gen <> 0 OR NOT (` + openStatus + `) THEN '' ELSE NULLIF(` + ownUse().class(at) + `, 'active') END AS class, c.class AS had, c.name AS called,
			CASE WHEN a.gone_gen = 0 AND ap.account_id IS NULL THEN 1 ELSE 0 END AS nobody, n.texts AS alone
			FROM "account" AS a JOIN instance i ON i.no = a.instance_no LEFT JOIN account_use u ON u.account_id = a.id LEFT JOIN account_class c ON c.account_id = a.id
			LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_nobody n ON n.account_id = a.id
			LEFT JOIN saas_application k ON k.id = i.application_id LEFT JOIN ` + useSource + ` AS w ON w.instance_no = a.instance_no WHERE ` + where + `) AS x
		WHERE COALESCE(x.class, '') <> COALESCE(x.had, '') OR (COALESCE(x.class, '') <> '' AND x.name <> x.called)
			OR (x.nobody = 1 AND COALESCE(x.alone <> x.texts, TRUE)) OR (x.nobody = 0 AND x.alone IS NOT NULL)`
}

// keepClassesOf decides how accounts are used, and which are nobody's, in the transaction
// that writes them: a list by use and one of all accounts never differ while a run
// writes. The accounts of an instance of which nothing was decided yet wait for the
// derivation; until then lists look at the accounts themselves.
func keepClassesOf(ctx context.Context, tx bun.Tx, at UseAt, instanceNo int64, which string, args ...any) error {
	var rows []classRow
	err := tx.NewRaw(selectClassRows(at, `a.instance_no = ? AND EXISTS (SELECT 1 FROM class_decided d WHERE d.instance_no = a.instance_no) AND `+which),
		append([]any{instanceNo}, args...)...).Scan(ctx, &rows)
	if err == nil && len(rows) > 0 {
		err = putClasses(ctx, tx, rows)
	}
	if err != nil {
		return fmt.Errorf("decide how accounts that were written are used: %w", err)
	}
	return nil
}

func putClasses(ctx context.Context, tx bun.Tx, rows []classRow) error {
	var ended, linked []int64
	var values, alone []any
	for _, r := range rows {
		if r.Class == "" {
			ended = append(ended, r.AccountID)
		} else {
			values = append(values, r.AccountID, r.InstanceNo, r.Class, r.Name)
		}
		if r.Nobody == 0 {
			linked = append(linked, r.AccountID)
		} else {
			alone = append(alone, r.AccountID, r.InstanceNo, r.Name, r.Texts)
		}
	}
	for _, step := range []struct {
		stmt string
		args []any
		n    int
	}{
		{`DELETE FROM account_class WHERE account_id IN (?)`, []any{bun.List(ended)}, len(ended)},
		{`DELETE FROM account_nobody WHERE account_id IN (?)`, []any{bun.List(linked)}, len(linked)},
		{`INSERT INTO account_class (account_id, instance_no, class, name) VALUES ` + tuples("(?, ?, ?, ?)", max(1, len(values)/4)) +
			` ON CONFLICT (account_id) DO UPDATE SET class = excluded.class, name = excluded.name`, values, len(values)},
		{`INSERT INTO account_nobody (account_id, instance_no, name, texts) VALUES ` + tuples("(?, ?, ?, ?)", max(1, len(alone)/4)) +
			` ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, texts = excluded.texts`, alone, len(alone)},
	} {
		if step.n == 0 {
			continue
		}
		if _, err := tx.NewRaw(step.stmt, step.args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lookUp finds out what is kept of the whole estate that answers the filter. What is
// narrowed to an instance or a person is decided as it is read.
func (f *AccountFilter) lookUp(ctx context.Context, db bun.IDB) (err error) {
	if f.ID != 0 || f.InstanceNo != 0 || f.Application != 0 || f.AssignedTo != 0 || f.FedTo != 0 || f.PersonID != 0 || len(f.InstanceNos) > 0 || f.Removed || f.AsOf != 0 {
		return nil
	}
	if len(f.Uses) > 0 && !slices.Contains(f.Uses, "active") && f.At.Days == 0 {
		f.kept, err = classesHold(ctx, db, f.At)
	}
	if err == nil && !f.kept && f.Matched != nil && !*f.Matched {
		f.alone, err = allDecided(ctx, db)
	}
	if err != nil || f.kept || f.alone {
		return err
	}
	f.among, err = accountsWith(ctx, db, f.Query, f.Kinds)
	f.odd = f.among == "" && areOdd(f.Kinds)
	return err
}

// byNobody makes p a list of the accounts that are nobody's, in the order of their own index.
func (p *pager) byNobody(expected bool) {
	if expected { // those that nobody is expected behind are left out before they are looked at
		p.and("c.account_id NOT IN (" + oddAccounts + ")")
	}
	p.from, p.id = `account_nobody c CROSS JOIN `+p.from, "c.account_id"
	p.orders = map[string]order{"name": {expr: "c.name"}, "added": {expr: "c.account_id", number: true}}
	p.and("a.id = c.account_id")
	p.and("a.gone_gen = 0")
}

// byClass makes p a list of the accounts of which a class is kept. One class is read in
// the order of its own index; for several the names of all accounts are walked.
func (p *pager) byClass(uses []string) {
	joins := p.from[len(accountTable):]
	p.counted = `account_class c CROSS JOIN ` + accountTable + joins
	if len(uses) == 1 {
		p.from, p.id = p.counted, "c.account_id"
		p.orders = map[string]order{"name": {expr: "c.name"}, "added": {expr: "c.account_id", number: true}}
		p.and("c.class = ?", uses[0])
	} else {
		p.from = accountTable + ` CROSS JOIN account_class c` + joins
		p.and("c.class IN (?)", bun.List(uses))
	}
	p.and("a.id = c.account_id")
	p.and("a.gone_gen = 0")
	p.and(openStatus)
}
