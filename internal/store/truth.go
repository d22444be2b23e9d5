package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// SettingSources names the setting of whose word counts first.
const SettingSources = "sources"

// SourceOrder returns whose word counts first, as an admin said it.
func SourceOrder(ctx context.Context, db bun.IDB) (o purser.SourceOrder, err error) {
	text, ok, err := Setting(ctx, db, SettingSources)
	if err != nil || !ok {
		return o, err
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return o, fmt.Errorf("read the setting %s: %w", SettingSources, err)
	}
	return o, nil
}

// PeopleSource is an instance that speaks of people.
type PeopleSource struct {
	No        int64  `bun:"no"`
	ID        string `bun:"id"`
	Name      string `bun:"name"`
	Connector string `bun:"connector"`
	HR        bool   `bun:"hr"`
	Roster    bool   `bun:"roster"` // it lists people, not accounts alone
}

// SourcesOfPeople returns the instances of which people or accounts were read.
func SourcesOfPeople(ctx context.Context, db bun.IDB) (rows []PeopleSource, err error) {
	err = db.NewRaw(`SELECT s.no, s.id, s.name, s.connector, s.hr, s.roster FROM (SELECT i.no, i.id, i.name, i.connector, i.hr, i.no IN (SELECT p.instance_no FROM "person" AS p) AS roster,
		EXISTS (SELECT 1 FROM "account" AS a WHERE a.instance_no = i.no) AS accounts FROM instance i WHERE i.no > 0) AS s
		WHERE s.roster OR s.accounts ORDER BY s.no`).Scan(ctx, &rows)
	return rows, err
}

// PersonWords is what a source says of a person; "" for what it does not say.
type PersonWords struct {
	DisplayName    string `bun:"display_name"`
	Email          string `bun:"email"`
	EmployeeNumber string `bun:"employee_number"`
	Employment     string `bun:"employment"`
	Type           string `bun:"type"`
	Department     string `bun:"department"`
	Division       string `bun:"division"`
	Location       string `bun:"location"`
	CostCenter     string `bun:"cost_center"`
	Title          string `bun:"title"`
	Manager        string `bun:"manager"`
	StartedOn      string `bun:"started_on"`
	EndedOn        string `bun:"ended_on"`
}

// All returns the words in the order of purser.TruthFields.
func (w PersonWords) All() []string {
	return []string{w.DisplayName, w.Email, w.EmployeeNumber, w.Employment, w.Type, w.Department, w.Division, w.Location, w.CostCenter, w.Title, w.Manager, w.StartedOn, w.EndedOn}
}

// TruthState is what is kept of what counts of a person.
type TruthState struct {
	ID   int64 `bun:"id"`
	Lead int64 `bun:"lead_id"` // who stands for the row: only then anything is kept
	PersonWords
	ManagerNo int64  `bun:"manager_no"`
	Disputed  string `bun:"disputed"`
}

// TruthStates returns what is kept of some people.
func TruthStates(ctx context.Context, db bun.IDB, people []int64) (rows []TruthState, err error) {
	columns := make([]string, 0, 13)
	for _, f := range purser.TruthFields() {
		columns = append(columns, "COALESCE(p.true_"+f+", '') AS "+column(f))
	}
	err = db.NewRaw(`SELECT p.id, COALESCE(s.lead_id, p.id) AS lead_id, p.manager_no, p.disputed, `+strings.Join(columns, ", ")+
		` FROM "person" AS p LEFT JOIN person_same s ON s.person_id = p.id WHERE p.id IN (?)`, bun.List(people)).Scan(ctx, &rows)
	return rows, err
}

// PutTruth keeps what counts of people, where it is not what their own row says.
func (db *DB) PutTruth(ctx context.Context, rows []TruthState) error {
	set := make([]string, 0, 13)
	for _, f := range purser.TruthFields() {
		set = append(set, "true_"+f+" = NULLIF(?, '')")
	}
	query := `UPDATE "person" SET ` + strings.Join(set, ", ") + `, manager_no = ?, disputed = ? WHERE id = ?`
	for from := 0; from < len(rows); from += truthSlice {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, r := range rows[from:min(from+truthSlice, len(rows))] {
				args := make([]any, 0, 16)
				for _, w := range r.All() {
					args = append(args, w)
				}
				if _, err := tx.NewRaw(query, append(args, r.ManagerNo, r.Disputed, r.ID)...).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("keep what counts of people: %w", err)
		}
	}
	return nil
}

// truthSlice is how many people one transaction writes, a statement each.
const truthSlice = 250

// TruthRow is a row of a source that speaks of a person.
type TruthRow struct {
	Lead       int64 `bun:"lead_id"`
	ID         int64 `bun:"id"`
	InstanceNo int64 `bun:"instance_no"`
	Account    bool  `bun:"account"` // an account, else a row of a roster
	Gone       bool  `bun:"gone"`
	Behind     int64 `bun:"behind"` // of several accounts of an instance the lowest counts: open ones before closed and administrators' ones
	PersonWords
	FirstSeenAt purser.Micros `bun:"first_seen_at"`
}

// TruthRows returns every row that speaks of people: those of rosters, also gone
// ones, and live accounts that are theirs for certain. Robots and shared mailboxes
// do not speak of people.
func TruthRows(ctx context.Context, db bun.IDB, people []int64) (rows []TruthRow, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	var own, said []string
	for _, f := range purser.TruthFields() {
		own = append(own, "COALESCE(p."+column(f)+", '') AS "+column(f))
		word := "''"
		if w := purser.AccountWord(f); w != "" {
			word = "COALESCE(a." + column(w) + ", '')"
		}
		said = append(said, word+" AS "+column(f))
	}
	roster := `, p.id, p.instance_no, FALSE AS account, p.gone_gen <> 0 AS gone, 0 AS behind, p.first_seen_at, ` + strings.Join(own, ", ") + ` FROM "person" AS p `
	err = db.NewRaw(`SELECT p.id AS lead_id`+roster+`WHERE p.id IN (?)
		UNION ALL SELECT s.lead_id`+roster+`JOIN person_same s ON s.person_id = p.id WHERE s.lead_id IN (?)
		UNION ALL SELECT ap.person_id, a.id, a.instance_no, TRUE, FALSE, CASE WHEN a.status IN ('deactivated', 'suspended') THEN 2 WHEN a.admin = 1 THEN 1 ELSE 0 END,
			a.first_seen_at, `+strings.Join(said, ", ")+` FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id LEFT JOIN account_kind k ON k.account_id = a.id
		WHERE ap.person_id IN (?) AND ap.sure = 'certain' AND a.gone_gen = 0 AND COALESCE(k.kind, a.kind, 'unknown') NOT IN ('robot', 'shared')`,
		bun.List(people), bun.List(people), bun.List(people)).Scan(ctx, &rows)
	return rows, err
}

// SaidSince returns when a row last changed what it says of each field, by row and
// field; what is missing was never seen to change.
func SaidSince(ctx context.Context, db bun.IDB, kind purser.Kind, ids []int64) (map[int64]map[string]purser.Micros, error) {
	out := map[int64]map[string]purser.Micros{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		RowID int64         `bun:"row_id"`
		Field string        `bun:"field"`
		At    purser.Micros `bun:"at"`
	}
	// As an expression, or SQLite walks an index of fields for its order.
	err := db.NewRaw(`SELECT c.row_id, c.field || '' AS field, max(c.at) AS at FROM change c WHERE c.kind = ? AND c.row_id IN (?) GROUP BY c.row_id, c.field || ''`,
		string(kind), bun.List(ids)).Scan(ctx, &rows)
	for _, r := range rows {
		if out[r.RowID] == nil {
			out[r.RowID] = map[string]purser.Micros{}
		}
		out[r.RowID][r.Field] = r.At
	}
	return out, err
}

// PeopleCalled returns the people whom an instance calls by identifiers of its own:
// rows of its roster, and the people of its accounts.
func PeopleCalled(ctx context.Context, db bun.IDB, instanceNo int64, externals []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(externals) == 0 {
		return out, nil
	}
	var rows []struct {
		ExternalID string `bun:"external_id"`
		Lead       int64  `bun:"lead_id"`
	}
	err := db.NewRaw(`SELECT a.external_id, ap.person_id AS lead_id FROM "account" AS a JOIN account_person ap ON ap.account_id = a.id WHERE a.instance_no = ? AND a.external_id IN (?)
		UNION ALL SELECT p.external_id, COALESCE(s.lead_id, p.id) FROM "person" AS p LEFT JOIN person_same s ON s.person_id = p.id WHERE p.instance_no = ? AND p.external_id IN (?)`,
		instanceNo, bun.List(externals), instanceNo, bun.List(externals)).Scan(ctx, &rows)
	for _, r := range rows { // a roster's own word comes last and wins
		out[r.ExternalID] = r.Lead
	}
	return out, err
}

// ProviderWord is what an identity provider says of an account of an application
// that it serves.
type ProviderWord struct {
	InstanceNo  int64         `bun:"instance_no"`
	AccountID   int64         `bun:"account_id"` // at the provider
	Name        string        `bun:"name"`
	UserName    string        `bun:"user_name"` // with which it signs in to the application
	Status      string        `bun:"status"`
	FirstSeenAt purser.Micros `bun:"first_seen_at"`
}

// ProviderWords returns what identity providers say of an account of an
// application's own instance: through the accounts of its person, and through
// those that sign in with its user name or address.
func ProviderWords(ctx context.Context, db bun.IDB, accountID int64) (rows []ProviderWord, err error) {
	err = db.NewRaw(`SELECT x.instance_no, b.id AS account_id, `+strings.ReplaceAll(accountName, "a.", "b.")+` AS name, x.user_name, COALESCE(b.status, 'unknown') AS status, x.first_seen_at
		FROM "account" AS a JOIN instance i ON i.no = a.instance_no JOIN sso_account x ON x.application_id = i.application_id AND x.instance_no <> a.instance_no AND x.gone_at = 0
		JOIN "account" AS b ON b.instance_no = x.instance_no AND b.external_id = x.account AND b.gone_gen = 0
		LEFT JOIN account_person mine ON mine.account_id = a.id AND mine.sure = 'certain' LEFT JOIN account_person its ON its.account_id = b.id AND its.sure = 'certain'
		WHERE a.id = ? AND (mine.person_id = its.person_id OR (x.user_name <> '' AND lower(x.user_name) IN (lower(a.email), lower(a.user_name))))
		ORDER BY x.instance_no, b.id LIMIT 20`, accountID).Scan(ctx, &rows)
	return rows, err
}
