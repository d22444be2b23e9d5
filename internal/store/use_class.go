package store

import (
	"fmt"
	"time"

	"purser"
)

// UseAt is the moment at which use is looked at. Days is the threshold, 0 for
// that of each application.
type UseAt struct {
	Today int64         // days since 1970 UTC
	Fresh purser.Micros // a source that was read since tells of the present
	Days  int
	Now   purser.Micros
	Zone  *time.Location // where somebody's last day ends; nil: UTC
}

// useSlack is how old the last reading of a source may be that still tells who
// does not use an application now.
const useSlack = 7 * 24 * time.Hour

// UseAtMoment returns how use is looked at now.
func UseAtMoment(now time.Time, days int) UseAt {
	return UseAt{Today: now.UnixMicro() / dayMicros, Fresh: purser.MicrosOf(now.Add(-useSlack)), Days: days, Now: purser.MicrosOf(now)}
}

// since is the beginning of the day since which a use counts, over an application k.
func (at UseAt) since() string {
	days := "COALESCE(k.use_days, 60)"
	if at.Days > 0 {
		days = fmt.Sprint(at.Days)
	}
	return fmt.Sprintf("((%d - %s) * %d)", at.Today, days, int64(dayMicros))
}

// dayOf is the calendar day of a moment of the last thirty days in the time zone, as
// days since 1970: a zone changes its distance to UTC on some of them.
func (at UseAt) dayOf(moment string) string {
	zone, from, t := at.Zone, at.Now.Time().AddDate(0, 0, -31), at.Now.Time()
	if zone == nil {
		zone = time.UTC
	}
	for when := ""; ; {
		_, ahead := t.In(zone).Zone()
		offset := (time.Duration(ahead) * time.Second).Microseconds()
		begin, _ := t.In(zone).ZoneBounds()
		if begin.IsZero() || begin.Before(from) {
			return fmt.Sprintf("((%s + CASE%s WHEN 1 = 1 THEN %d END) / %d)", moment, when, offset, int64(dayMicros))
		}
		when += fmt.Sprintf(" WHEN %s >= %d THEN %d", moment, begin.UnixMicro(), offset)
		t = begin.Add(-time.Second)
	}
}

// useSource says which sources of an instance tell of use: from when until when
// its lists of dated use do without a gap, and when its lists of accounts and of
// assignments were read last. Each is as good as the worst of several lists; one
// that the newest run does not know any more is none.
const useSource = `(SELECT c.instance_no, max(c.from_at) AS from_at, min(c.until_at) AS until_at, min(c.roster_at) AS roster_at, min(c.assigned_at) AS assigned_at FROM (
	SELECT s.instance_no, v.from_at, CASE WHEN s.kind = 'activity' THEN COALESCE(v.until_at, 0) END AS until_at, CASE WHEN s.kind = 'account' THEN s.complete_at END AS roster_at,
		CASE WHEN s.kind = 'assignment' THEN s.complete_at END AS assigned_at, s.kind
	FROM stream s LEFT JOIN use_window v ON v.stream_no = s.no
	WHERE s.kind IN ('account', 'assignment', 'activity') AND s.complete_at > 0
		AND NOT EXISTS (SELECT 1 FROM stream x WHERE x.instance_no = s.instance_no AND x.task = s.task AND x.kind = s.kind AND x.gen > s.gen)) AS c GROUP BY c.instance_no)`

// useFacts are the expressions from which the class of use of an account follows.
type useFacts struct {
	used string // the last use: NULL unknown, 0 never
	told string // whether the list of users, or of assignments, tells the last use
	read string // when that list was read last
	born string // whether the account came to be within the window
}

// class says how an account is used, over an application k and its sources w:
// active after a use since the threshold. Inactive and never are said only where
// a last use is told by a list that was read lately, or where dated use is known
// without a gap since the threshold. Everything else is unknown.
func (f useFacts) class(at UseAt) string {
	since, fresh := at.since(), fmt.Sprint(int64(at.Fresh))
	return `CASE WHEN ` + f.used + ` >= ` + since + ` THEN 'active'
		WHEN ` + f.told + ` AND ` + f.read + ` >= ` + fresh + ` THEN CASE WHEN ` + f.used + ` = 0 THEN 'never' ELSE 'inactive' END
		WHEN w.from_at <= ` + since + ` AND w.until_at >= ` + fresh + ` THEN CASE WHEN COALESCE(` + f.used + `, 0) = 0 AND ` + f.born + ` THEN 'never' ELSE 'inactive' END
		ELSE 'unknown' END`
}

// ownUse are the facts of an account a of the application's own instance.
func ownUse() useFacts {
	return useFacts{used: "(" + lastUse + ")", told: "a.last_active_at IS NOT NULL", read: "w.roster_at", born: "COALESCE(a.created_at >= w.from_at, FALSE)"}
}

// assignedUseFacts are those of an account to which a provider gives the application.
func assignedUseFacts() useFacts {
	return useFacts{used: "t.used", told: "t.told = 1", read: "w.assigned_at", born: "COALESCE(t.born >= w.from_at, FALSE)"}
}

// summedUse are those of a row d of application_day.
func summedUse() useFacts {
	return useFacts{used: `(CASE d.class WHEN 'used' THEN d.day * 86400000000 WHEN 'never' THEN 0 END)`, told: "d.told = 1",
		read: "(CASE WHEN d.direct = 1 THEN w.roster_at ELSE w.assigned_at END)", born: "d.born = 1"}
}
