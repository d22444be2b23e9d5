package columns

import (
	"encoding/json"
	"strconv"
)

// AppendJSON appends the record as a JSON object with the names of its fields.
func (r Record) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, '{')
	for i, v := range r.Values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, v.Name...) // of a closed list: needs no escape
		b = append(b, '"', ':')
		switch x := v.Value.(type) {
		case int64:
			b = strconv.AppendInt(b, x, 10)
		case bool:
			b = strconv.AppendBool(b, x)
		default:
			text, err := json.Marshal(x)
			if err != nil {
				return nil, err
			}
			b = append(b, text...)
		}
	}
	if r.Removed {
		if len(r.Values) > 0 {
			b = append(b, ',')
		}
		b = append(b, `"removed":true`...)
	}
	return append(b, '}'), nil
}
