package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// NoDue orders what is never due after everything else.
const NoDue = "9999-12-31"

// ContractRow is a row of contract with what is said of it elsewhere.
type ContractRow struct {
	sorted
	No         int64         `bun:"no"`
	ID         string        `bun:"id"`
	Name       string        `bun:"name"`
	Vendor     string        `bun:"vendor"`
	Facts      string        `bun:"facts"`
	Terms      string        `bun:"terms"`
	Period     int           `bun:"period"`
	PONumber   string        `bun:"po_number"`
	OwnerID    string        `bun:"owner_id"`
	OwnerName  string        `bun:"owner_name"`
	OwnerEmail string        `bun:"owner_email"`
	EndOn      string        `bun:"end_on"`
	NoticeOn   string        `bun:"notice_on"`
	DueOn      string        `bun:"due_on"`
	Decision   string        `bun:"decision"`
	Version    int64         `bun:"version"`
	CreatedAt  purser.Micros `bun:"created_at"`
	UpdatedAt  purser.Micros `bun:"updated_at"`
	UpdatedBy  string        `bun:"updated_by"`
}

// contractColumns name the owner of either kind.
const contractColumns = `c.no, c.id, c.name, c.vendor, c.facts, c.terms, c.period, c.po_number, c.owner_id,
	COALESCE((SELECT COALESCE(NULLIF(u.name, ''), u.email) FROM users u WHERE u.id = c.owner_id),
		(SELECT ` + personName + ` FROM "person" AS p WHERE p.id = c.owner_no), '') AS owner_name,
	COALESCE((SELECT u.email FROM users u WHERE u.id = c.owner_id),
		(SELECT p.email FROM "person" AS p WHERE p.id = c.owner_no), '') AS owner_email,
	c.end_on, c.notice_on, c.due_on, c.decision, c.version, c.created_at, c.updated_at, c.updated_by`

// Contract makes the contract that the row holds, without its applications.
func (r ContractRow) Contract() (purser.Contract, error) {
	c := purser.Contract{ID: r.ID, Period: r.Period, NoticeOn: r.NoticeOn, DueOn: r.DueOn, Decision: purser.Decision(r.Decision), Version: r.Version,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), UpdatedBy: r.UpdatedBy, Applications: []purser.ContractApplication{}}
	if c.DueOn == NoDue {
		c.DueOn = ""
	}
	if r.OwnerID != "" {
		c.Owner = purser.ContractOwner{ID: r.OwnerID, Name: r.OwnerName, Email: r.OwnerEmail}
	}
	if err := json.Unmarshal([]byte(r.Facts), &c.ContractFacts); err != nil {
		return c, fmt.Errorf("read the facts of contract %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Terms), &c.Terms); err != nil {
		return c, fmt.Errorf("read the terms of contract %s: %w", r.ID, err)
	}
	return c, nil
}

// ContractRowOf makes the row of a contract; its number and owner's name stay as they are.
func ContractRowOf(c purser.Contract) (ContractRow, error) {
	facts, err := json.Marshal(c.ContractFacts)
	if err != nil {
		return ContractRow{}, err
	}
	terms, err := json.Marshal(c.Terms)
	if err != nil {
		return ContractRow{}, err
	}
	r := ContractRow{ID: c.ID, Name: c.Name, Vendor: c.Vendor, Facts: string(facts), Terms: string(terms), Period: c.Period, PONumber: c.Terms.PONumber,
		OwnerID: c.Owner.ID, EndOn: c.Terms.End, NoticeOn: c.Terms.Notice.Deadline(c.Terms.End), DueOn: c.Terms.DueOn(c.Decision),
		Decision: string(c.Decision), Version: c.Version, CreatedAt: purser.MicrosOf(c.CreatedAt), UpdatedAt: purser.MicrosOf(c.UpdatedAt), UpdatedBy: c.UpdatedBy}
	if r.DueOn == "" {
		r.DueOn = NoDue
	}
	return r, nil
}

// ownerNo is the number of the person who owns it, 0 for none.
func (r ContractRow) ownerNo() int64 { return KeyOf("per_", r.OwnerID) }

// InsertContract adds a contract and returns its number.
func InsertContract(ctx context.Context, tx bun.IDB, r ContractRow) (no int64, err error) {
	err = tx.NewRaw(`INSERT INTO contract (id, name, name_key, vendor, facts, terms, period, po_number, owner_id, owner_no, end_on, notice_on, due_on, decision,
		version, created_at, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no`,
		r.ID, r.Name, nameKey(r.Name), r.Vendor, r.Facts, r.Terms, r.Period, r.PONumber, r.OwnerID, r.ownerNo(), r.EndOn, r.NoticeOn, r.DueOn, r.Decision,
		r.Version, int64(r.CreatedAt), int64(r.UpdatedAt), r.UpdatedBy).Scan(ctx, &no)
	return no, err
}

// UpdateContract changes a contract and counts its version up; ok is false if
// somebody else changed it since r.Version.
func UpdateContract(ctx context.Context, tx bun.IDB, r ContractRow) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE contract SET name = ?, name_key = ?, vendor = ?, facts = ?, terms = ?, period = ?, po_number = ?, owner_id = ?, owner_no = ?, end_on = ?,
		notice_on = ?, due_on = ?, decision = ?, version = version + 1, updated_at = ?, updated_by = ? WHERE id = ? AND version = ?`,
		r.Name, nameKey(r.Name), r.Vendor, r.Facts, r.Terms, r.Period, r.PONumber, r.OwnerID, r.ownerNo(), r.EndOn, r.NoticeOn, r.DueOn, r.Decision,
		int64(r.UpdatedAt), r.UpdatedBy, r.ID, r.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// ContractByID returns one contract; ok is false if there is none.
func ContractByID(ctx context.Context, db bun.IDB, id string) (r ContractRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+contractColumns+" FROM contract c WHERE c.id = ?", id).Scan(ctx, &r)
	return rowFound(r, err)
}

// ContractTwin returns the identifier of a contract of that name and vendor, "" if there is none.
func ContractTwin(ctx context.Context, db bun.IDB, name, vendor string) (id string, err error) {
	err = db.NewRaw(`SELECT COALESCE(min(c.id), '') FROM contract c WHERE c.name_key = ? AND lower(c.vendor) = lower(?)`, nameKey(name), vendor).Scan(ctx, &id)
	return id, err
}

// SetContractApplications says which applications a contract is about.
func SetContractApplications(ctx context.Context, tx bun.IDB, no int64, applications []int64) error {
	if _, err := tx.NewRaw(`DELETE FROM contract_application WHERE contract_no = ?`, no).Exec(ctx); err != nil {
		return err
	}
	for _, a := range applications {
		if _, err := tx.NewRaw(`INSERT INTO contract_application (contract_no, saas_no) VALUES (?, ?) ON CONFLICT DO NOTHING`, no, a).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ContractApplications returns the applications of contracts, by the contracts' numbers.
func ContractApplications(ctx context.Context, db bun.IDB, nos []int64) (map[int64][]purser.ContractApplication, error) {
	out := map[int64][]purser.ContractApplication{}
	if len(nos) == 0 {
		return out, nil
	}
	var rows []struct {
		No   int64  `bun:"contract_no"`
		ID   int64  `bun:"id"`
		Name string `bun:"name"`
	}
	err := db.NewRaw(`SELECT x.contract_no, a.id, a.name FROM contract_application x JOIN saas_application a ON a.id = x.saas_no
		WHERE x.contract_no IN (?) ORDER BY a.name_key`, bun.List(nos)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.No] = append(out[r.No], purser.ContractApplication{ID: RowID("app_", r.ID), Name: r.Name})
	}
	return out, err
}
