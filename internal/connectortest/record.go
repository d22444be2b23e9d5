package connectortest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/engine"
)

// Written turns a row into a record as a person writes it. It shares no memory with the row.
func Written(fields []purser.Field, row engine.Row) Record {
	r := Record{"external_id": strings.Clone(row.ExternalID)}
	if row.Removed {
		r["removed"] = true
	}
	for i, f := range fields {
		v := row.Values[i]
		if i == 0 || !v.Known {
			continue
		}
		switch f.Type {
		case purser.Bool:
			r[f.Name] = v.I == 1
		case purser.Int, purser.Minor:
			r[f.Name] = float64(v.I) // as JSON gives numbers
		case purser.Time:
			r[f.Name] = moment(v.I)
		case purser.UseDate:
			if r[f.Name] = "never"; v.I != 0 {
				r[f.Name] = moment(v.I)
			}
		case purser.Texts:
			var texts []any
			if json.Unmarshal([]byte(v.S), &texts) == nil {
				r[f.Name] = texts
			}
		default:
			r[f.Name] = strings.Clone(v.S)
		}
	}
	return r
}

func moment(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }

// differences tells how records differ from the expected ones, field by field.
func differences(want, got []Record) []string {
	var out []string
	if len(want) != len(got) {
		out = append(out, fmt.Sprintf("%d records are expected, there are %d", len(want), len(got)))
	}
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			out = append(out, fmt.Sprintf("record %d is not expected: %s", i+1, line(got[i])))
		case i >= len(got):
			out = append(out, fmt.Sprintf("record %d is missing: %s", i+1, line(want[i])))
		case !reflect.DeepEqual(want[i], got[i]):
			for _, name := range names(want[i], got[i]) {
				if !reflect.DeepEqual(want[i][name], got[i][name]) {
					out = append(out, fmt.Sprintf("record %d (%v): %s is %v, expected %v", i+1, got[i]["external_id"], name, shown(got[i][name]), shown(want[i][name])))
				}
			}
		}
	}
	return out
}

func shown(v any) string {
	if v == nil {
		return "unknown"
	}
	return fmt.Sprintf("%v", v)
}

func names(a, b Record) []string {
	var out []string
	for _, r := range []Record{a, b} {
		for name := range r {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func line(r Record) string {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Sprint(r)
	}
	return string(raw)
}
