package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
)

// UseCredential notes that the vendor accepted a credential.
func UseCredential(ctx context.Context, db bun.IDB, id string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE credential SET used_at = ? WHERE id = ? AND used_at < ?`, int64(at), id, int64(at)).Exec(ctx)
	return err
}

// credentialEnd is when a credential c ends: as its connector declares, or earlier as a
// person has entered. What the vendor tells of this very one counts before both.
const (
	credentialDeclared = `(c.declared_at > 0 AND c.expires_by <> 'read' AND (c.expires_at = 0 OR c.declared_at < c.expires_at))`
	credentialEnd      = `(CASE WHEN ` + credentialDeclared + ` THEN c.declared_at ELSE c.expires_at END)`
)

// SetExpiry notes when a credential ends as a person has entered it, 0 for nobody
// has. ok is false if there is no such credential. The generation grows: a refresh
// that is under way must not write the old end back.
func SetExpiry(ctx context.Context, db bun.IDB, id string, at purser.Micros) (ok bool, err error) {
	by := credential.ExpiryEntered
	if at == 0 {
		by = ""
	}
	res, err := db.NewRaw(`UPDATE credential SET expires_at = ?, expires_by = ?, generation = generation + 1 WHERE id = ?`,
		int64(at), string(by), id).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SetDeclaredEnd notes when a credential ends by what its connector says, 0 for never.
func SetDeclaredEnd(ctx context.Context, db bun.IDB, id string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE credential SET declared_at = ?, generation = generation + 1 WHERE id = ? AND declared_at <> ?`, int64(at), id, int64(at)).Exec(ctx)
	return err
}

// CredentialFact is what is known of a stored credential, without what is sealed.
type CredentialFact struct {
	ID         string        `bun:"id"`
	InstanceID string        `bun:"instance_id"`
	Auth       string        `bun:"auth"`
	Hosts      string        `bun:"hosts"`
	Granted    bool          `bun:"granted"` // tokens are kept beside what was entered
	EnteredAt  purser.Micros `bun:"entered_at"`
	EndsAt     purser.Micros `bun:"ends_at"`
	EndsBy     string        `bun:"ends_by"`
	DeclaredAt purser.Micros `bun:"declared_at"` // the end that its connector says
	SetAt      purser.Micros `bun:"set_at"`      // the end that a person has entered
	UsedAt     purser.Micros `bun:"used_at"`     // last refresh, test, or run that read something
}

// CredentialFacts returns the credentials of an instance, of all instances if
// instanceID is "", by the instance's name, the one in use first.
func CredentialFacts(ctx context.Context, db bun.IDB, instanceID string) (rows []CredentialFact, err error) {
	err = db.NewRaw(`SELECT c.id, c.instance_id, c.auth, c.hosts, (c.sealed LIKE '%"tokens":%') AS granted, c.entered_at, c.declared_at,
		`+credentialEnd+` AS ends_at, CASE WHEN `+credentialDeclared+` THEN 'declared' ELSE c.expires_by END AS ends_by, CASE WHEN c.expires_by = 'entered' THEN c.expires_at ELSE 0 END AS set_at,
		CASE WHEN c.id LIKE '%-new' THEN c.used_at ELSE (SELECT max(t) FROM (SELECT c.used_at AS t UNION ALL
			SELECT r.ended_at FROM run r WHERE r.instance_no = i.no AND r.state IN ('succeeded', 'partial') AND r.ended_at > 0) AS used) END AS used_at
		FROM credential c JOIN instance i ON i.id = c.instance_id WHERE (? = '' OR i.id = ?) AND i.status <> 'deleting'
		ORDER BY i.name_key, c.id`, instanceID, instanceID).Scan(ctx, &rows)
	return rows, err
}

// EndingCredential is a credential in use that ends soon, or has ended.
type EndingCredential struct {
	InstanceID string        `bun:"instance_id"`
	Name       string        `bun:"name"`
	ExpiresAt  purser.Micros `bun:"expires_at"`
}

// EndingCredentials returns the credentials in use that end before a time, the first to end first.
func EndingCredentials(ctx context.Context, db bun.IDB, before purser.Micros) (rows []EndingCredential, err error) {
	err = db.NewRaw(`SELECT c.instance_id, i.name, `+credentialEnd+` AS expires_at FROM credential c JOIN instance i ON i.id = c.instance_id
		WHERE `+credentialEnd+` > 0 AND `+credentialEnd+` < ? AND c.id NOT LIKE '%-new' AND i.confirmed = TRUE AND i.status IN ('live', 'inactive')
		ORDER BY 3`, int64(before)).Scan(ctx, &rows)
	return rows, err
}

// LeaversCredential is a connected instance whose credential belongs to somebody who has left.
type LeaversCredential struct {
	InstanceID string `bun:"instance_id"`
	InstanceNo int64  `bun:"no"`
	Name       string `bun:"name"`
	Account    string `bun:"account"`
}

// LeaversCredentials returns them by name. Whose account it is says its address,
// or the account of that name which the instance itself has read and which is linked to a person.
func LeaversCredentials(ctx context.Context, db bun.IDB) ([]LeaversCredential, error) {
	var rows, out []LeaversCredential
	err := db.NewRaw(`SELECT i.id AS instance_id, i.no, i.name, i.account FROM instance i
		WHERE i.confirmed = TRUE AND i.account <> '' AND i.status IN ('live', 'inactive') ORDER BY i.name_key`).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		left, err := CredentialLeft(ctx, db, r.InstanceNo, r.Account)
		if err != nil {
			return nil, err
		}
		if left {
			out = append(out, r)
		}
	}
	return out, nil
}

// CredentialLeft reports whether the account of an instance's credential belongs to somebody who has left.
func CredentialLeft(ctx context.Context, db bun.IDB, instanceNo int64, account string) (bool, error) {
	name := strings.ToLower(strings.TrimSpace(account))
	if strings.Contains(name, "@") {
		if gone, err := HasLeft(ctx, db, name); err != nil || gone {
			return gone, err
		}
	}
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM "account" AS a JOIN account_person ap ON ap.account_id = a.id
		JOIN "person" AS p ON p.id = ap.person_id JOIN instance i ON i.no = p.instance_no
		WHERE a.instance_no = ? AND (a.external_id = ? OR lower(a.user_name) = ? OR lower(a.email) = ?) AND `+left+` LIMIT 1) AS found`,
		instanceNo, account, name, name).Scan(ctx, &n)
	return n > 0, err
}
