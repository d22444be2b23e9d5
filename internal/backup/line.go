package backup

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"purser/internal/store"
)

// appendRow writes a row as a line of JSON.
func appendRow(b []byte, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		switch x := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			b = strconv.AppendInt(b, x, 10)
		case float64:
			b = strconv.AppendFloat(b, x, 'e', -1, 64)
		case bool:
			b = strconv.AppendBool(b, x)
		case []byte:
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, x)
			b = append(b, '"')
		case string:
			if utf8.ValidString(x) {
				b, err = jsontext.AppendQuote(b, x)
			} else {
				b = append(b, `{"base64":"`...)
				b = base64.StdEncoding.AppendEncode(b, []byte(x))
				b = append(b, `"}`...)
			}
		default:
			err = fmt.Errorf("a value of type %T", v)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(b, ']', '\n'), nil
}

// parseRow reads a line that appendRow has written, for columns of these types.
func parseRow(line []byte, columns []store.Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("a row has %d values, the table %d columns", len(raw), len(columns))
	}
	values := make([]any, len(raw))
	for i, r := range raw {
		if string(r) == "null" {
			continue
		}
		v, err := parseValue(r, columns[i].Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", columns[i].Name, err)
		}
		values[i] = v
	}
	return values, nil
}

func parseValue(raw json.RawMessage, t store.ColumnType) (any, error) {
	switch t {
	case store.ColumnInt:
		return strconv.ParseInt(string(raw), 10, 64)
	case store.ColumnReal:
		return strconv.ParseFloat(string(raw), 64)
	case store.ColumnFlag:
		return strconv.ParseBool(string(raw))
	case store.ColumnBytes:
		var b []byte
		err := json.Unmarshal(raw, &b)
		return b, err
	case store.ColumnText:
		if len(raw) > 0 && raw[0] == '{' {
			var odd struct {
				Base64 []byte `json:"base64"`
			}
			err := json.Unmarshal(raw, &odd)
			return string(odd.Base64), err
		}
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	}
	return nil, fmt.Errorf("the type %q is unknown here", t)
}
