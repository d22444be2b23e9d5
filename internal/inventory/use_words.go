package inventory

import (
	"time"

	"purser"
)

// day is a date as people write it.
const day = "2 January 2006"

// explained says why an account counts as it does, and where that is unknown,
// since when it can be known. The class itself is the database's.
func explained(a purser.Account, u purser.Use, now time.Time) purser.Use {
	threshold := purser.Counted(int64(u.Days), "day", "days")
	at := a.LastActive.At.UTC().Format(day)
	switch {
	case u.Class == "":
		return purser.Use{}
	case u.Class == purser.UseActive:
		u.Why = "Used on " + at + ", within the last " + threshold + "."
	case u.Class == purser.UseNever && u.Told && a.LastActive.Never:
		u.Why = "The vendor says that it was never used, as of " + u.ReadAt.UTC().Format(day) + "."
	case u.Class == purser.UseNever:
		u.Why = "It came to be after " + u.From.UTC().Format(day) + ", and every use since then is known: there was none."
	case u.Class == purser.UseInactive && !a.LastActive.At.IsZero():
		u.Why = "Last used on " + at + ", more than " + threshold + " ago."
	case u.Class == purser.UseInactive:
		u.Why = "Every use since " + u.From.UTC().Format(day) + " is known, and there was none by this account. What was before nobody knows."
	default:
		return unknownUse(a, u, now)
	}
	return u
}

// unknownUse says why the use is unknown.
func unknownUse(a purser.Account, u purser.Use, now time.Time) purser.Use {
	stale := now.Add(-7 * 24 * time.Hour)
	since := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -u.Days)
	switch {
	case u.Told && (u.From.IsZero() || u.Until.Before(stale)) && u.ReadAt.Before(stale):
		u.Why = "The list that tells the last use was read last on " + dated(u.ReadAt) + ". Nobody knows what happened since; read it again."
	case u.From.IsZero():
		u.Why = "No source that is read tells when this account was used."
	case u.Until.Before(stale):
		u.Why = "Dated use was read last up to " + dated(u.Until) + ". Nobody knows what happened since; read it again."
	case u.From.After(since):
		u.KnownFrom = knownFrom(u.From, u.Days)
		u.Why = "Dated use is known since " + dated(u.From) + " only, which is less than " + purser.Counted(int64(u.Days), "day", "days") +
			". It can be said from " + u.KnownFrom.Format(day) + " on."
	default:
		u.Why = "No source that is read tells when this account was used."
	}
	return u
}

// knownFrom is the first day on which a window covers a threshold.
func knownFrom(from time.Time, days int) time.Time {
	first := from.UTC().Truncate(24 * time.Hour)
	if !first.Equal(from) {
		first = first.AddDate(0, 0, 1)
	}
	return first.AddDate(0, 0, days)
}

func dated(t time.Time) string {
	if t.IsZero() {
		return "an unknown day"
	}
	return t.UTC().Format(day)
}
