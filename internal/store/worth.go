package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"
)

// Discovered is an application that identity providers name, and to how many of
// their live accounts they give it.
type Discovered struct {
	Application int64
	People      int64
}

// DiscoveredByName returns, by key, the discovered applications that are called
// as the titles say, without regard to case.
func DiscoveredByName(ctx context.Context, db bun.IDB, titles map[string]string) (map[string]Discovered, error) {
	out := map[string]Discovered{}
	if len(titles) == 0 {
		return out, nil
	}
	names := make([]string, 0, len(titles))
	for _, t := range titles {
		names = append(names, nameKey(t))
	}
	var rows []struct {
		Application int64  `bun:"id"`
		Name        string `bun:"name_key"`
		People      int64  `bun:"people"`
	}
	err := db.NewRaw(`SELECT a.id, a.name_key, count(*) AS people FROM saas_application a
		JOIN application_source s ON s.application_id = a.id
		JOIN "assignment" g ON g.instance_no = s.instance_no AND g.application = s.external_id AND g.gone_gen = 0
		WHERE a.name_key IN (?) AND a.status <> 'ignored' GROUP BY a.id, a.name_key`, bun.List(names)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	for key, title := range titles {
		for _, r := range rows {
			if r.Name == nameKey(title) {
				out[key] = Discovered{Application: r.Application, People: r.People}
			}
		}
	}
	return out, nil
}

// SpendByPayee returns, by key, the sum of the lines of spend in one currency
// since a day whose payee has the title in its name, in minor units.
func SpendByPayee(ctx context.Context, db bun.IDB, titles map[string]string, currency, since string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(titles) == 0 {
		return out, nil
	}
	var rows []struct {
		Payee  string `bun:"payee"`
		Amount int64  `bun:"amount"`
	}
	err := db.NewRaw(`SELECT lower(payee) AS payee, sum(amount) AS amount FROM "transaction"
		WHERE gone_gen = 0 AND currency = ? AND date >= ? AND payee IS NOT NULL AND COALESCE(status, '') <> 'void' GROUP BY lower(payee)`, currency, since).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	for key, title := range titles {
		for _, r := range rows {
			if strings.Contains(r.Payee, nameKey(title)) {
				out[key] += r.Amount
			}
		}
	}
	return out, nil
}
