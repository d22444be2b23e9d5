package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// UseDays returns the threshold of use of an application, in days.
func UseDays(ctx context.Context, db bun.IDB, application int64) (days int, err error) {
	err = db.NewRaw(`SELECT use_days FROM saas_application WHERE id = ?`, application).Scan(ctx, &days)
	return days, err
}

// SetUseDays sets the threshold of use of an application.
func SetUseDays(ctx context.Context, db bun.IDB, application int64, days int) error {
	_, err := db.NewRaw(`UPDATE saas_application SET use_days = ?, version = version + 1 WHERE id = ?`, days, application).Exec(ctx)
	return err
}

// UseSourceRow is what an instance tells of the use of an application.
type UseSourceRow struct {
	InstanceID string        `bun:"instance_id"`
	Name       string        `bun:"name"`
	Told       int64         `bun:"told"`
	Others     int64         `bun:"others"`
	ReadAt     purser.Micros `bun:"read_at"`
	From       purser.Micros `bun:"from_at"`
	Until      purser.Micros `bun:"until_at"`
}

// UseSources returns which instances tell of the use of an application: its own,
// or those of identity providers.
func UseSources(ctx context.Context, db bun.IDB, application int64, direct bool) (rows []UseSourceRow, err error) {
	n := 0
	if direct {
		n = 1
	}
	err = db.NewRaw(`SELECT i.id AS instance_id, i.name, sum(CASE WHEN d.told = 1 THEN d.accounts ELSE 0 END) AS told,
		sum(CASE WHEN d.told = 0 THEN d.accounts ELSE 0 END) AS others,
		COALESCE(max(CASE WHEN d.direct = 1 THEN w.roster_at ELSE w.assigned_at END), 0) AS read_at,
		COALESCE(max(w.from_at), 0) AS from_at, COALESCE(max(w.until_at), 0) AS until_at
		FROM application_day d JOIN instance i ON i.no = d.source_no LEFT JOIN `+useSource+` AS w ON w.instance_no = d.source_no
		WHERE d.application_id = ? AND d.direct = ? AND d.class <> 'closed' GROUP BY i.id, i.name ORDER BY i.name`, application, n).Scan(ctx, &rows)
	return rows, err
}

// daysOf selects the days v on which an application was used: of all that its own
// instances tell, or of what providers tell of it. The application is its one argument.
func daysOf(direct bool) string {
	if direct {
		return `activity v JOIN instance i ON i.no = v.instance_no AND i.application_id = ?`
	}
	return `application_source s JOIN activity v ON v.instance_no = s.instance_no AND v.application = s.external_id AND s.application_id = ?`
}

// WeekRow is the use of one week; 0 is the first one.
type WeekRow struct {
	Week     int64 `bun:"week"`
	Accounts int64 `bun:"accounts"`
	Days     int64 `bun:"days"`
}

// WeeksOfUse returns how many accounts used an application in each week since a day.
func WeeksOfUse(ctx context.Context, db bun.IDB, application int64, direct bool, first int64) (rows []WeekRow, err error) {
	err = db.NewRaw(`SELECT week, count(*) AS accounts, sum(days) AS days FROM (SELECT (v.day - ?) / 7 AS week, v.instance_no, v.account, count(DISTINCT v.day) AS days
		FROM `+daysOf(direct)+` WHERE v.day >= ? GROUP BY (v.day - ?) / 7, v.instance_no, v.account) AS x GROUP BY week ORDER BY week`,
		first, application, first, first).Scan(ctx, &rows)
	return rows, err
}

// DaysRow is how many accounts used an application on so many days.
type DaysRow struct {
	Days     int64 `bun:"days"`
	Accounts int64 `bun:"accounts"`
}

// ActiveDays is of how many days up to now it is told on how many of them accounts
// were used.
const ActiveDays = 30

// DaysOfUse returns on how many of those days live accounts used an application.
func DaysOfUse(ctx context.Context, db bun.IDB, application int64, direct bool, today int64) (rows []DaysRow, err error) {
	err = db.NewRaw(`SELECT x.days, count(*) AS accounts FROM (SELECT v.instance_no, v.account, count(DISTINCT v.day) AS days FROM `+daysOf(direct)+`
		WHERE v.day > ? AND v.day <= ? GROUP BY v.instance_no, v.account) AS x JOIN "account" AS a ON a.instance_no = x.instance_no AND a.external_id = x.account AND a.gone_gen = 0
		GROUP BY x.days ORDER BY x.days`, application, today-ActiveDays, today).Scan(ctx, &rows)
	return rows, err
}

// DepartmentRow is the use of the seats of a department.
type DepartmentRow struct {
	Department string `bun:"department"`
	Seats      int64  `bun:"seats"`
	Active     int64  `bun:"active"`
	Inactive   int64  `bun:"inactive"`
	Never      int64  `bun:"never"`
	Unknown    int64  `bun:"unknown"`
}

// SeatsByDepartment returns how the live seats of an application are used, by the
// department of the person who holds them, the most seats first. One account with
// several seats holds one here.
func SeatsByDepartment(ctx context.Context, db bun.IDB, application int64, at UseAt) (rows []DepartmentRow, err error) {
	err = db.NewRaw(`SELECT x.department, sum(x.accounts) AS seats, `+summed+` FROM (
		SELECT COALESCE(p.true_department, p.department, '') AS department, 1 AS accounts, CASE WHEN `+openStatus+` THEN `+ownUse().class(at)+` ELSE 'closed' END AS class
		FROM `+accountFrom+` LEFT JOIN saas_application k ON k.id = i.application_id LEFT JOIN `+useSource+` AS w ON w.instance_no = a.instance_no
		WHERE a.gone_gen = 0 AND i.application_id = ? AND EXISTS (SELECT 1 FROM "seat" AS s
			WHERE s.instance_no = a.instance_no AND s.account = a.external_id AND s.gone_gen = 0)) AS x
		GROUP BY x.department ORDER BY 2 DESC, 1 LIMIT 200`, application).Scan(ctx, &rows)
	return rows, err
}
