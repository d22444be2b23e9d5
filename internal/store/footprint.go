package store

import (
	"slices"
	"strings"

	"purser"
)

// trace is one table in which something of an instance stands. rows says which
// of its rows, called t, are the instance's: each ? is the instance's number, or
// its identifier where byID is set.
type trace struct {
	table string
	rows  string
	byID  bool
	word  string      // what the rows are to people, plural; "" for what only Purser knows of
	kind  purser.Kind // of rows of a kind: what refers to a row goes with it
	set   string      // what stays is detached by this, instead of deleted

	// Of a deletion of all users: which rows go; "" for none.
	users    string
	usersSet string
}

// userKinds are the kinds of rows that say something about users.
func userKinds() []purser.Kind {
	return []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindGroup, purser.KindMembership, purser.KindAssignment,
		purser.KindSeat, purser.KindActivity, purser.KindDevice, purser.KindInstalledApp}
}

// footprint lists every table in which something of an instance stands, in the
// order in which it goes: what refers to a row before the row. A test walks the
// schema and fails for a table that refers to an instance and is not named here.
func footprint() []trace {
	const own, ofStream, ofRun = "t.instance_no = ?", "t.stream_no IN (SELECT no FROM stream WHERE instance_no = ?)",
		"t.run_no IN (SELECT no FROM run WHERE instance_no = ?)"
	ofUserStream := "t.stream_no IN (SELECT no FROM stream WHERE instance_no = ? AND kind IN (" + quoted(userKinds()) + "))"
	var all []trace
	for _, k := range rowKinds() {
		s := trace{table: stageTable(k), rows: ofStream}
		if slices.Contains(userKinds(), k) {
			s.users = ofStream
		}
		all = append(all, s)
	}
	all = append(all,
		trace{table: "seen", rows: ofStream, users: ofUserStream},
		trace{table: "leaving", rows: ofStream, users: ofUserStream},
		trace{table: "activity", rows: own, users: own, word: "days of activity"},
		trace{table: "event", rows: ofStream, users: ofUserStream},
		trace{table: "use_window", rows: own, users: own},
		trace{table: "finding", rows: own, users: own},
		trace{table: "finding_count", rows: own + " AND t.n = 0", users: own + " AND t.n = 0"},
		trace{table: "person_address", rows: ofPerson, users: ofPerson},
		trace{table: "person_alias", rows: ofPerson, users: ofPerson},
		trace{table: "person_key", rows: ofPerson, users: ofPerson},
		trace{table: "person_same", rows: ofPerson, users: ofPerson},
		trace{table: "person_standing", rows: ofPerson, users: ofPerson},
		trace{table: "person_text", rows: ofPerson, users: ofPerson},
	)
	for _, k := range []purser.Kind{purser.KindInstalledApp, purser.KindDevice, purser.KindMembership, purser.KindAssignment, purser.KindSeat,
		purser.KindAccount, purser.KindGroup, purser.KindPerson} {
		all = append(all, trace{table: string(k), rows: own, users: own, kind: k, word: kindWords(k)})
	}
	for _, k := range []purser.Kind{purser.KindPlan, purser.KindApplication, purser.KindLookup} {
		all = append(all, trace{table: string(k), rows: own, kind: k, word: kindWords(k)})
	}
	return append(all,
		trace{table: "person_verdict", rows: ofPerson, users: ofPerson}, // after the people, with whom it is kept
		trace{table: "account_person", rows: own, users: own},
		trace{table: "account_kind", rows: own, users: own},
		trace{table: "account_not", rows: own, users: own},
		trace{table: "account_use", rows: own, users: own},
		trace{table: "account_class", rows: own, users: own},
		trace{table: "account_nobody", rows: own, users: own},
		trace{table: "account_odd", rows: own, users: own},
		trace{table: "seat_count", rows: own, users: own},
		trace{table: "plan_use", rows: own, users: own},
		trace{table: "class_decided", rows: own, users: own},
		trace{table: "overlap_account", rows: own, users: own},
		trace{table: "device_person", rows: own, users: own},
		// Lines of spend stay. A digest of 0 lets the next reading take each of them for changed, and own it again.
		trace{table: "change", rows: "t.kind = 'transaction' AND t.run_no <> 0 AND t.run_no IN (SELECT no FROM run WHERE instance_no = ?)", set: "run_no = 0"},
		trace{table: "transaction", rows: "t.instance_no = ? AND t.stream_no <> 0", set: "stream_no = 0, part_no = 0, digest = 0, missed = 0, missed_at = 0"},
		trace{table: "reject", rows: ofRun, users: ofUserStream, word: "rejected records"},
		trace{table: "hold_row", rows: ofStream, users: ofUserStream},
		trace{table: "hold", rows: own, users: ofUserStream, word: "holds"},
		trace{table: "run_log", rows: ofRun, word: "lines of the logs of runs"},
		trace{table: "run_stream", rows: ofRun},
		trace{table: "run", rows: own, word: "runs"},
		trace{table: "part", rows: ofStream, users: ofUserStream},
		trace{table: "instance_task", rows: "t.instance_id = ?", byID: true, usersSet: "data_as_of = 0, first_at = 0",
			users: "t.data_as_of <> 0 AND t.instance_id = ? AND t.task IN (SELECT s.task FROM stream s JOIN instance i ON i.no = s.instance_no WHERE i.id = t.instance_id AND s.kind IN (" + quoted(userKinds()) + "))"},
		trace{table: "stream", rows: own, usersSet: "next_cursor = '', basis = '', complete_at = 0, allowed = '', first_complete_at = 0, first_complete_gen = 0",
			users: "t.instance_no = ? AND (t.complete_at <> 0 OR t.next_cursor <> '' OR t.basis <> '') AND t.kind IN (" + quoted(userKinds()) + ")"},
		trace{table: "load_part", rows: "t.load_no IN (SELECT no FROM load WHERE instance_no = ?)",
			users: "t.load_no IN (SELECT no FROM load WHERE instance_no = ? AND kind IN (" + quoted(userKinds()) + "))"},
		trace{table: "load", rows: own, word: "loads of files and pages", users: "t.instance_no = ? AND t.kind IN (" + quoted(userKinds()) + ")"},
		trace{table: "derivation_due", rows: own},
		trace{table: "action_item", rows: own, users: own, word: "targets of actions"},
		trace{table: "action", rows: own, users: own, word: "actions"},
		trace{table: "instance_switch", rows: own},
		trace{table: "credential_probe", rows: own},
		trace{table: "instance_told", rows: own, users: own},
		trace{table: "vendor_call", rows: own},
		trace{table: "instance_grant", rows: own},
		trace{table: "notice_recipient", rows: "t.instance_id = ?", byID: true},
		trace{table: "sso_account", rows: own, users: own},
		trace{table: "application_source", rows: own},
		trace{table: "delegate_link", rows: "t.instance_id = ?", byID: true},
		trace{table: "authorize_flow", rows: "t.instance_id = ?", byID: true},
		trace{table: "credential", rows: "t.instance_id = ?", byID: true, word: "credentials"},
	)
}

// ofPerson selects what was noted of the instance's people.
const ofPerson = "EXISTS (SELECT 1 FROM person p WHERE p.id = t.person_id AND p.instance_no = ?)"

// dependent is a table whose rows go with the rows of a kind that they name.
type dependent struct {
	table, column string
	only          string // further condition
}

// dependents lists what goes with rows of a kind, whosever it is.
func dependents(k purser.Kind) []dependent {
	all := []dependent{{table: "change", column: "row_id", only: "kind = '" + string(k) + "'"}}
	switch k {
	case purser.KindAccount:
		all = append(all, dependent{table: "account_person", column: "account_id"}, dependent{table: "account_use", column: "account_id"}, dependent{table: "account_class", column: "account_id"}, dependent{table: "account_nobody", column: "account_id"}, dependent{table: "overlap_account", column: "account_id"},
			dependent{table: "account_kind", column: "account_id"}, dependent{table: "account_odd", column: "account_id"}, dependent{table: "account_not", column: "account_id"}, dependent{table: "finding", column: "account_id"})
	case purser.KindPerson:
		all = append(all, dependent{table: "account_person", column: "person_id"}, dependent{table: "device_person", column: "person_id"},
			dependent{table: "person_key", column: "person_id"}, dependent{table: "person_standing", column: "person_id"}, dependent{table: "person_text", column: "person_id"}, dependent{table: "truth_due", column: "person_id"}, dependent{table: "person_same", column: "person_id"}, dependent{table: "person_same", column: "lead_id"},
			dependent{table: "account_not", column: "person_id"}, dependent{table: "person_verdict", column: "person_id"}, dependent{table: "person_verdict", column: "other_id"}, dependent{table: "finding", column: "person_id"})
	case purser.KindPlan:
		all = append(all, dependent{table: "finding", column: "plan_id"})
	case purser.KindDevice:
		all = append(all, dependent{table: "device_person", column: "device_id"})
	}
	return all
}

// staying lists the tables that refer to an instance, and that a deletion leaves
// as they are, with the reason.
func staying() map[string]string {
	return map[string]string{
		"deletion":         "the record of the deletion itself",
		"former_instance":  "what lines of spend came through",
		"kept_link":        "links by hand, by the vendors' own identifiers",
		"kept_decision":    "what people decided about accounts and people, by the vendors' own identifiers",
		"notice":           "what people were told",
		"protected":        "what no action ever touches, by the vendors' own identifiers",
		"finding_decision": "what was decided, by the vendors' own identifiers",
		"license_term":     "prices that were entered, by the vendors' own identifiers",

		"application_feed": "what a person chose for an application; it goes with the application",
		"application_step": "what people decided about an application; it goes with the application",

		"use_history": "sums of past days, which stay as they were",

		"person_text_stale": "people whose accounts changed; emptied by forgetting what stands in none of them",

		"match_due": "about whom and what somebody decided; emptied by matching that",
		"truth_due": "people of whom is decided anew what counts; emptied by that",

		"application_count": "sums over an application, worked out anew; they go with the application",
		"overlap_shared":    "sums over two applications, worked out anew",
		"overlap_decided":   "with what those were worked out",
		"application_day":   "sums over an application, worked out anew; they go with the application",
		"instance":          "goes last, in the transaction that ends the deletion",
	}
}

func kindWords(k purser.Kind) string {
	switch k {
	case purser.KindPerson:
		return "people"
	case purser.KindAccount:
		return "accounts"
	case purser.KindGroup:
		return "groups"
	case purser.KindMembership:
		return "memberships of groups"
	case purser.KindAssignment:
		return "assignments of applications"
	case purser.KindSeat:
		return "seats"
	case purser.KindDevice:
		return "devices"
	case purser.KindInstalledApp:
		return "installed apps"
	case purser.KindPlan:
		return "license plans"
	case purser.KindApplication:
		return "applications as the identity provider lists them"
	}
	return ""
}

func quoted[K ~string](kinds []K) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = "'" + string(k) + "'"
	}
	return strings.Join(names, ", ")
}

// ErasedTables returns every table that a deletion of an instance empties or
// detaches, with those whose rows go with rows of a kind, and what it leaves with
// the reason. It is what the schema is held against.
func ErasedTables() (erased []string, left map[string]string) {
	for _, t := range footprint() {
		erased = append(erased, t.table)
		if t.kind != "" {
			for _, d := range dependents(t.kind) {
				erased = append(erased, d.table)
			}
		}
	}
	slices.Sort(erased)
	return slices.Compact(erased), staying()
}
