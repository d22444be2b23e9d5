package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// instanceRow is a row of instance.
type instanceRow struct {
	No          int64         `bun:"no"`
	ID          string        `bun:"id"`
	Name        string        `bun:"name"`
	Connector   string        `bun:"connector"`
	Application int64         `bun:"application_id"`
	Status      string        `bun:"status"`
	Reason      string        `bun:"reason"`
	StatusSince purser.Micros `bun:"status_since"`
	Health      string        `bun:"health"`
	HealthSince purser.Micros `bun:"health_since"`
	HealthWhy   string        `bun:"health_why"`
	Auth        string        `bun:"auth"`
	Settings    string        `bun:"settings"`
	OwnerID     string        `bun:"owner_id"`
	OwnerName   string        `bun:"owner_name"`
	TenantID    string        `bun:"tenant_id"`
	TenantName  string        `bun:"tenant_name"`
	TenantBase  string        `bun:"tenant_base"`
	Account     string        `bun:"account"`
	Confirmed   bool          `bun:"confirmed"`
	HR          bool          `bun:"hr"`
	CreatedAt   purser.Micros `bun:"created_at"`
	UpdatedAt   purser.Micros `bun:"updated_at"`
	Version     int64         `bun:"version"`
}

const instanceSelect = `SELECT i.no, i.id, i.name, i.connector, i.application_id, i.status, i.reason, i.status_since, i.health, i.health_since,
	i.health_why, i.auth, i.settings, i.owner_id, COALESCE(NULLIF(u.name, ''), u.email, '') AS owner_name, i.tenant_id,
	i.tenant_name, i.tenant_base, i.account, i.confirmed, i.hr, i.created_at, i.updated_at, i.version
	FROM instance i LEFT JOIN users u ON u.id = i.owner_id `

func (r instanceRow) instance() (purser.Instance, error) {
	settings := map[string]string{}
	if err := json.Unmarshal([]byte(r.Settings), &settings); err != nil {
		return purser.Instance{}, fmt.Errorf("read the settings of instance %s: %w", r.ID, err)
	}
	return purser.Instance{ID: r.ID, No: r.No, Name: r.Name, Connector: r.Connector, Application: ApplicationID(r.Application),
		Status: purser.Status(r.Status), Reason: r.Reason, StatusSince: r.StatusSince.Time(), Health: purser.Health(r.Health), HealthSince: r.HealthSince.Time(),
		HealthWhy: r.HealthWhy, Auth: r.Auth, Settings: settings, OwnerID: r.OwnerID, OwnerName: r.OwnerName,
		TenantID: r.TenantID, TenantName: r.TenantName, TenantBase: r.TenantBase, Account: r.Account, Confirmed: r.Confirmed, HR: r.HR,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Version: r.Version}, nil
}

// InstanceFilter selects instances; zero fields select every one.
type InstanceFilter struct {
	Query       string // part of the name, without regard to case
	Connector   string
	Application string // app_<number>
	Status      []purser.Status
}

// Instances returns the selected instances by name.
func Instances(ctx context.Context, db bun.IDB, f InstanceFilter) ([]purser.Instance, error) {
	where, args := []string{"1 = 1"}, []any{}
	if f.Query != "" {
		where, args = append(where, `i.name_key LIKE ? ESCAPE '\'`), append(args, "%"+likeText(strings.ToLower(f.Query))+"%")
	}
	if f.Connector != "" {
		where, args = append(where, "i.connector = ?"), append(args, f.Connector)
	}
	if f.Application != "" {
		where, args = append(where, "i.application_id = ?"), append(args, KeyOf("app_", f.Application))
	}
	if len(f.Status) > 0 {
		where, args = append(where, "i.status IN (?)"), append(args, bun.List(f.Status))
	}
	var rows []instanceRow
	err := db.NewRaw(instanceSelect+"WHERE "+strings.Join(where, " AND ")+" ORDER BY i.name_key", args...).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]purser.Instance, len(rows))
	for i, r := range rows {
		if out[i], err = r.instance(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// InstanceNos returns the keys of the instances with these identifiers or names; "" is none.
func InstanceNos(ctx context.Context, db bun.IDB, idsOrNames []string) (nos []int64, err error) {
	for _, x := range idsOrNames {
		if x == "" {
			continue
		}
		i, err := Instance(ctx, db, x)
		if err != nil {
			return nil, err
		}
		nos = append(nos, i.No)
	}
	return nos, nil
}

// Instance returns the instance with this identifier or this name.
func Instance(ctx context.Context, db bun.IDB, idOrName string) (purser.Instance, error) {
	var r instanceRow
	err := db.NewRaw(instanceSelect+"WHERE i.id = ? OR i.name_key = ? ORDER BY CASE WHEN i.id = ? THEN 0 ELSE 1 END LIMIT 1",
		idOrName, nameKey(idOrName), idOrName).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return purser.Instance{}, purser.NotFound("instance", idOrName)
	}
	if err != nil {
		return purser.Instance{}, err
	}
	return r.instance()
}

// InstanceByNo returns the instance under whose key its rows stand.
func InstanceByNo(ctx context.Context, db bun.IDB, no int64) (purser.Instance, error) {
	var r instanceRow
	err := db.NewRaw(instanceSelect+"WHERE i.no = ?", no).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return purser.Instance{}, purser.NotFound("instance", fmt.Sprint(no))
	}
	if err != nil {
		return purser.Instance{}, err
	}
	return r.instance()
}

// InsertInstance adds an instance and returns the key under which its rows stand.
func InsertInstance(ctx context.Context, db bun.IDB, i purser.Instance) (no int64, err error) {
	settings, err := json.Marshal(i.Settings)
	if err != nil {
		return 0, fmt.Errorf("write the settings of instance %s: %w", i.ID, err)
	}
	err = db.NewRaw(`INSERT INTO instance (id, name, name_key, connector, application_id, status, reason, status_since, health, health_since,
		health_why, auth, settings, owner_id, tenant_id, tenant_name, tenant_base, account, confirmed, created_at, updated_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING no`, i.ID, i.Name, nameKey(i.Name), i.Connector,
		KeyOf("app_", i.Application), string(i.Status), i.Reason, int64(purser.MicrosOf(i.CreatedAt)), string(i.Health), int64(purser.MicrosOf(i.HealthSince)), i.HealthWhy,
		i.Auth, string(settings), i.OwnerID, i.TenantID, i.TenantName, i.TenantBase, i.Account, i.Confirmed, int64(purser.MicrosOf(i.CreatedAt)),
		int64(purser.MicrosOf(i.UpdatedAt))).Scan(ctx, &no)
	return no, err
}

// UpdateInstance writes i if the stored version is still i.Version, which grows
// by one. ok is false if somebody else changed it.
func UpdateInstance(ctx context.Context, db bun.IDB, i purser.Instance) (ok bool, err error) {
	settings, err := json.Marshal(i.Settings)
	if err != nil {
		return false, fmt.Errorf("write the settings of instance %s: %w", i.ID, err)
	}
	res, err := db.NewRaw(`UPDATE instance SET status_since = CASE WHEN status = ? THEN status_since ELSE ? END, name = ?, name_key = ?,
		status = ?, reason = ?, health = ?, health_since = ?,
		health_why = ?, auth = ?, settings = ?, owner_id = ?, tenant_id = ?, tenant_name = ?, tenant_base = ?, account = ?, confirmed = ?,
		updated_at = ?, version = version + 1 WHERE id = ? AND version = ?`, string(i.Status), int64(purser.MicrosOf(i.UpdatedAt)), i.Name, nameKey(i.Name), string(i.Status), i.Reason,
		string(i.Health), int64(purser.MicrosOf(i.HealthSince)), i.HealthWhy, i.Auth, string(settings), i.OwnerID, i.TenantID,
		i.TenantName, i.TenantBase, i.Account, i.Confirmed, int64(purser.MicrosOf(i.UpdatedAt)), i.ID, i.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SetTenantBase notes the organization's own address at the vendor. The version
// does not grow, as nobody edited anything.
func SetTenantBase(ctx context.Context, db bun.IDB, id, base string) error {
	_, err := db.NewRaw(`UPDATE instance SET tenant_base = ? WHERE id = ?`, base, id).Exec(ctx)
	return err
}

// SetInstanceHealth notes what the last runs said. since moves only when the
// health changes; the version does not, as nobody edited anything.
func SetInstanceHealth(ctx context.Context, db bun.IDB, id string, h purser.Health, why string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE instance SET health_since = CASE WHEN health = ? THEN health_since ELSE ? END, health = ?,
		health_why = ? WHERE id = ?`, string(h), int64(at), string(h), why, id).Exec(ctx)
	return err
}

// SetInstanceStatus moves an instance from one of the given statuses; ok is
// false if it stands elsewhere.
func SetInstanceStatus(ctx context.Context, db bun.IDB, id string, to purser.Status, reason string, at purser.Micros, from ...purser.Status) (ok bool, err error) {
	res, err := db.NewRaw(`UPDATE instance SET status_since = CASE WHEN status = ? THEN status_since ELSE ? END, status = ?, reason = ?,
		updated_at = ?, version = version + 1 WHERE id = ? AND status IN (?)`, string(to), int64(at), string(to), reason, int64(at), id, bun.List(from)).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// CountInstances returns how many instances each connector has.
func CountInstances(ctx context.Context, db bun.IDB) (map[string]int, error) {
	var rows []struct {
		Connector string `bun:"connector"`
		N         int    `bun:"n"`
	}
	err := db.NewRaw(`SELECT connector, count(*) AS n FROM instance WHERE status <> 'deleting' GROUP BY connector`).Scan(ctx, &rows)
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Connector] = r.N
	}
	return out, err
}
