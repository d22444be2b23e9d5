package store

import (
	"strconv"
	"strings"

	"purser"
)

// RowID writes the public identifier of a row: acc_12.
func RowID(prefix string, no int64) string {
	if no == 0 {
		return ""
	}
	return prefix + strconv.FormatInt(no, 10)
}

// ApplicationID writes the public identifier of an application: app_3.
func ApplicationID(no int64) string { return RowID("app_", no) }

// KeyOf reads the number of a public identifier; 0 if it is none.
func KeyOf(prefix, id string) int64 {
	rest, ok := strings.CutPrefix(id, prefix)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// ChosenKey reads the number of a public identifier that selects rows: 0 where nothing
// is chosen, and not found where it is none, lest a slip of the pen select everything.
func ChosenKey(prefix, what, id string) (int64, error) {
	no := KeyOf(prefix, id)
	if id != "" && no == 0 {
		return 0, purser.NotFound(what, id)
	}
	return no, nil
}

// ChosenKeys returns the keys of several; "" is none.
func ChosenKeys(prefix, what string, ids []string) (nos []int64, err error) {
	for _, id := range ids {
		no, err := ChosenKey(prefix, what, id)
		if err != nil {
			return nil, err
		}
		if no != 0 {
			nos = append(nos, no)
		}
	}
	return nos, nil
}

// nameKey is a name as it is compared: without regard to case and outer spaces.
func nameKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// likeText escapes what LIKE would take for a pattern.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
