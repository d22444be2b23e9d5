package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// TermRow is what was entered of a plan; see license_term.
type TermRow struct {
	No          int64  `bun:"no"`
	Source      string `bun:"source"`
	ExternalID  string `bun:"external_id"`
	Application int64  `bun:"saas_no"`
	AppName     string `bun:"application_name"`
	Name        string `bun:"name"`
	Model       string `bun:"model"`
	Family      string `bun:"family"`
	Bought      *int64 `bun:"bought"`
	Included    int64  `bun:"included"`
	Minimum     int64  `bun:"minimum"`
	Free        int64  `bun:"free"`
	Price       *int64 `bun:"price"`
	Currency    string `bun:"currency"`
	Period      string `bun:"period"`
	EndsOn      string `bun:"ends_on"`
	Version     int64  `bun:"version"`
}

const termColumns = `t.no, t.source, t.external_id, t.saas_no, COALESCE(k.name, '') AS application_name, t.name, t.model, t.family, t.bought, t.included, t.minimum, t.free,
	t.price, t.currency, t.period, t.ends_on, t.version FROM license_term t LEFT JOIN saas_application k ON k.id = t.saas_no`

// TermOf returns what was entered of a plan; ok is false if nothing was.
func TermOf(ctx context.Context, db bun.IDB, source, externalID string) (r TermRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+termColumns+` WHERE t.source = ? AND t.external_id = ?`, source, externalID).Scan(ctx, &r)
	return found(r, err)
}

// TermsOf returns what was entered of plans of some instances, by instance and plan.
func TermsOf(ctx context.Context, db bun.IDB, sources []string) (map[[2]string]TermRow, error) {
	out := map[[2]string]TermRow{}
	if len(sources) == 0 {
		return out, nil
	}
	var rows []TermRow
	err := db.NewRaw(`SELECT `+termColumns+` WHERE t.source IN (?)`, bun.List(sources)).Scan(ctx, &rows)
	for _, r := range rows {
		out[[2]string{r.Source, r.ExternalID}] = r
	}
	return out, err
}

// HandPlans returns the plans that were entered by hand; application 0 is every one.
func HandPlans(ctx context.Context, db bun.IDB, application int64) (rows []TermRow, err error) {
	err = db.NewRaw(`SELECT `+termColumns+` WHERE t.source = '' AND (? = 0 OR t.saas_no = ?) ORDER BY t.name, t.no LIMIT 1000`, application, application).Scan(ctx, &rows)
	return rows, err
}

// PutTerm keeps what was entered of a plan.
func PutTerm(ctx context.Context, tx bun.Tx, r TermRow, at purser.Micros) error {
	_, err := tx.NewRaw(`INSERT INTO license_term (source, external_id, saas_no, name, model, family, bought, included, minimum, free, price, currency, period, ends_on, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, external_id) DO UPDATE SET saas_no = excluded.saas_no, name = excluded.name, model = excluded.model,
		family = excluded.family, bought = excluded.bought, included = excluded.included, minimum = excluded.minimum, free = excluded.free, price = excluded.price,
		currency = excluded.currency, period = excluded.period, ends_on = excluded.ends_on, updated_at = excluded.updated_at, version = license_term.version + 1`,
		r.Source, r.ExternalID, r.Application, r.Name, r.Model, r.Family, r.Bought, r.Included, r.Minimum, r.Free, r.Price, r.Currency, r.Period, r.EndsOn, int64(at)).Exec(ctx)
	return err
}

// PartsOf returns the plans that a bundle contains.
func PartsOf(ctx context.Context, db bun.IDB, source, bundle string) (parts []string, err error) {
	err = db.NewRaw(`SELECT part FROM license_part WHERE source = ? AND bundle = ? ORDER BY part`, source, bundle).Scan(ctx, &parts)
	return parts, err
}

// PutParts keeps which plans a bundle contains.
func PutParts(ctx context.Context, tx bun.Tx, source, bundle string, parts []string) error {
	if _, err := tx.NewRaw(`DELETE FROM license_part WHERE source = ? AND bundle = ?`, source, bundle).Exec(ctx); err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := tx.NewRaw(`INSERT INTO license_part (source, bundle, part) VALUES (?, ?, ?)`, source, bundle, part).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// DropTerm forgets what was entered of a plan.
func DropTerm(ctx context.Context, tx bun.Tx, source, externalID string) error {
	_, err := tx.NewRaw(`DELETE FROM license_term WHERE source = ? AND external_id = ?`, source, externalID).Exec(ctx)
	return err
}

// PlanUse returns how the live seats of a plan are used: those of closed accounts are in no class.
func PlanUse(ctx context.Context, db bun.IDB, planID int64, at UseAt) (r UseRow, err error) {
	err = db.NewRaw(`SELECT count(*) AS accounts, `+summed+` FROM (SELECT 1 AS accounts, `+seatClass(at)+` AS class FROM `+seatFrom+` WHERE l.id = ?) AS x`, planID).Scan(ctx, &r)
	return r, err
}

// ExclusionRow is a rule by which accounts are left out of findings about seats.
type ExclusionRow struct {
	No          int64         `bun:"no"`
	Application int64         `bun:"saas_no"`
	What        string        `bun:"what"`
	Value       string        `bun:"value"`
	Reason      string        `bun:"reason"`
	MadeBy      string        `bun:"made_by"`
	MadeAt      purser.Micros `bun:"made_at"`
	Account     int64         `bun:"account_id"`   // of an account, 0 where it is not there
	AccountName string        `bun:"account_name"` // its name, or how its vendor calls it
}

// Exclusions returns the rules of an application.
func Exclusions(ctx context.Context, db bun.IDB, application int64) (rows []ExclusionRow, err error) {
	err = db.NewRaw(`SELECT x.no, x.saas_no, x.what, x.value, x.reason, x.made_by, x.made_at, COALESCE(a.id, 0) AS account_id, COALESCE(`+accountName+`, '') AS account_name
		FROM license_exclusion x LEFT JOIN instance i ON x.what = 'account' AND substr(x.value, 1, length(i.id) + 1) = i.id || '/'
		LEFT JOIN "account" AS a ON a.instance_no = i.no AND a.external_id = substr(x.value, length(i.id) + 2)
		WHERE x.saas_no = ? ORDER BY x.no LIMIT 1000`, application).Scan(ctx, &rows)
	return rows, err
}

// AddExclusion adds a rule; one that is there already stays as it is.
func AddExclusion(ctx context.Context, tx bun.Tx, r ExclusionRow) error {
	_, err := tx.NewRaw(`INSERT INTO license_exclusion (saas_no, what, value, reason, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (saas_no, what, value) DO NOTHING`,
		r.Application, r.What, r.Value, r.Reason, r.MadeBy, int64(r.MadeAt)).Exec(ctx)
	return err
}

// DropExclusion takes a rule away and returns it; ok is false if there is none.
func DropExclusion(ctx context.Context, tx bun.Tx, no int64) (r ExclusionRow, ok bool, err error) {
	err = tx.NewRaw(`DELETE FROM license_exclusion WHERE no = ? RETURNING no, saas_no, what, value, reason, made_by, made_at`, no).Scan(ctx, &r)
	return found(r, err)
}

// MarkFindings notes that what there is to find of an application may be another
// now, though nothing was read. It belongs into the transaction of the change.
func MarkFindings(ctx context.Context, tx bun.IDB, application int64) error {
	var instances []int64
	err := tx.NewRaw(`SELECT no FROM instance WHERE application_id = ? UNION SELECT instance_no FROM application_source WHERE application_id = ?`, application, application).Scan(ctx, &instances)
	if err != nil {
		return err
	}
	return markEach(ctx, tx, instances, 0, purser.KindSeat)
}
