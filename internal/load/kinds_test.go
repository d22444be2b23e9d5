package load_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/columns"
	"purser/internal/load"
	"purser/internal/store/storetest"
)

// whole is a record with a value in each field of a kind, by the field's name.
func whole(k purser.Kind) (names []string, values []any) {
	for _, f := range purser.Fields(k) {
		var v any = f.Name + "-1"
		switch {
		case f.Name == "currency":
			v = "EUR"
		case strings.Contains(f.Name, "email"):
			v = "ada@example.com"
		case f.Name == "url":
			v = "https://vendor.example/1"
		}
		switch f.Type {
		case purser.Enum:
			v = f.Values[0]
		case purser.Bool:
			v = true
		case purser.Int:
			v = 3
		case purser.Time, purser.UseDate:
			v = "2026-11-02T03:04:05Z"
		case purser.Date:
			v = "2026-11-02"
		case purser.Decimal:
			v = "12.5"
		case purser.Minor:
			v = 1250 // a program sends minor units, as the help of push says
		case purser.Texts:
			v = []string{"one"}
		}
		names, values = append(names, f.Name), append(values, v)
	}
	return names, values
}

func TestEveryKindOfRecordIsTakenFromAFileAndFromAProgram(t *testing.T) {
	h := &house{clock: &clock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}, t: t, folder: t.TempDir()}
	o := storetest.SQLite(t)
	o.Now = h.now
	h.db = storetest.Open(t, o)
	h.build()
	all, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	for connector, hand := range map[string]func(*house, purser.Instance, purser.Kind) purser.Load{"file": byFile, "push": byProgram} {
		i := h.instance(connector, connector+" of all kinds")
		var taken []purser.Kind
		for _, task := range all.Get(connector).Manifest.Tasks {
			t.Run(connector+"/"+task.Name, func(t *testing.T) {
				h.t = t
				for _, s := range task.Streams {
					taken = append(taken, s.Emits)
					l := h.read(hand(h, i, s.Emits))
					if l.State != purser.LoadDone || l.Read != 1 || l.Rejected != 0 {
						t.Errorf("%s: the load is %+v", s.Emits, l)
					}
					if got := h.column(fmt.Sprintf(`SELECT count(*) FROM "%s" WHERE instance_no = %d`, s.Emits, i.No)); got != "1" {
						t.Errorf("%s: %s records stand in the database", s.Emits, got)
					}
				}
			})
		}
		h.t = t
		for _, k := range columns.Kinds() {
			if k != purser.KindContract && !slices.Contains(taken, k) { // contracts have an import of their own
				t.Errorf("%s takes no %s", connector, k)
			}
		}
	}
}

// byFile hands a record over as a table whose columns have our own names.
func byFile(h *house, i purser.Instance, k purser.Kind) purser.Load {
	h.t.Helper()
	names, values := whole(k)
	cells := make([]string, len(values))
	for n, v := range values {
		if cells[n] = fmt.Sprint(v); cells[n] == "[one]" {
			cells[n] = "one"
		}
	}
	l := h.handed(i, k, purser.LoadSnapshot, string(k)+".csv", strings.Join(names, ";")+"\n"+strings.Join(cells, ";")+"\n")
	l, err := h.loads.Finish(h.t.Context(), l.ID, load.Settled{})
	if err != nil {
		h.t.Fatalf("%s: %v", k, err)
	}
	return l
}

// byProgram sends a record as one page.
func byProgram(h *house, i purser.Instance, k purser.Kind) purser.Load {
	h.t.Helper()
	l, err := h.loads.Open(h.t.Context(), load.Input{Instance: i.ID, Kind: k, Origin: "api"})
	if err != nil {
		h.t.Fatalf("%s: %v", k, err)
	}
	record := map[string]any{}
	names, values := whole(k)
	for n, name := range names {
		record[name] = values[n]
	}
	raw, err := json.Marshal(record)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.loads.PutPage(h.t.Context(), l.ID, 1, []json.RawMessage{raw}); err != nil {
		h.t.Fatalf("%s: %v", k, err)
	}
	if l, err = h.loads.Finish(h.t.Context(), l.ID, load.Settled{Pages: 1}); err != nil {
		h.t.Fatalf("%s: %v", k, err)
	}
	return l
}
