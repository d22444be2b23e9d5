package audit

import (
	"encoding/json"
	"fmt"
	"strings"

	"purser"
)

// deed tells entries of one operation apart: by a fact that stands after the
// change, or before it where nothing stands after it.
type deed struct {
	fact  string // "" is every entry
	value string // "" is any value
	words string // in the past tense; {} is the fact's value
}

// The facts of an entry that is no change: something new, something that is gone.
const (
	made = "\x00made"
	gone = "\x00gone"
)

// happened says in words what an entry is about: "Canceled a run", not what its
// operation permits. What stood before and after is told beside it.
func happened(op purser.Operation, before, after json.RawMessage) string {
	facts := factsOf(before, after)
	if event, ok := facts["event"].(string); ok && event != "" && (op == purser.OpSessionOwn || op == purser.OpUserWrite) {
		return strings.ToUpper(event[:1]) + event[1:]
	}
	for _, d := range deeds(op) {
		value, stands := facts[d.fact]
		if d.fact == "" || stands && (d.value == "" || fmt.Sprint(value) == d.value) {
			return strings.ReplaceAll(d.words, "{}", titles(value))
		}
	}
	return string(op)
}

func factsOf(before, after json.RawMessage) map[string]any {
	facts := map[string]any{}
	switch {
	case len(after) > 0:
		_ = json.Unmarshal(after, &facts) // what Append wrote is an object
		if len(before) == 0 {
			facts[made] = true
		}
	case len(before) > 0:
		_ = json.Unmarshal(before, &facts)
		facts[gone] = true
	}
	return facts
}

// titles names one task, or several.
func titles(value any) string {
	many, ok := value.([]any)
	if !ok {
		return purser.TaskName(fmt.Sprint(value)).Title()
	}
	out := make([]string, len(many))
	for i, v := range many {
		out[i] = titles(v)
	}
	return strings.Join(out, ", ")
}
