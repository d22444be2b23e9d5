package store

import (
	"slices"

	"purser"
)

// label is the SQL for how a row of a kind, called k, is named to people. A row
// that joins an account to something is named by both: the vendor's identifiers of
// them tell a person nothing.
func label(k purser.Kind) string {
	switch k {
	case purser.KindMembership:
		return paired("group", purser.KindGroup)
	case purser.KindSeat:
		return paired("plan", purser.KindPlan)
	case purser.KindAssignment:
		return paired("application", purser.KindApplication)
	}
	return coalesce("k", k, "display_name", "name", "email", "payee", "account")
}

// paired names the account of k and the row of a kind to which its column refers,
// by their identifiers where they are not known.
func paired(ref string, of purser.Kind) string {
	one := func(kind purser.Kind, by string, names ...string) string {
		return "COALESCE((SELECT " + coalesce("o", kind, names...) + " FROM " + KindTable(kind) + " o WHERE o.instance_no = k.instance_no AND o.external_id = k." +
			by + "), k." + by + ", '')"
	}
	return one(purser.KindAccount, "account", "display_name", "email", "user_name") + " || ' – ' || " + one(of, column(ref), "name")
}

// coalesce is the first of those columns of a kind that says something, or the identifier.
func coalesce(alias string, k purser.Kind, names ...string) string {
	out := "COALESCE("
	for _, name := range names {
		if slices.ContainsFunc(purser.Fields(k), func(f purser.Field) bool { return f.Name == name }) {
			out += "NULLIF(" + alias + "." + column(name) + ", ''), "
		}
	}
	return out + alias + ".external_id)"
}
