package sandbox

import (
	"fmt"
	"strings"
)

// fieldMask is a parsed fields parameter: a/b,c(d,e),*.
type fieldMask map[string]fieldMask

func parseMask(s string) (fieldMask, error) {
	m, rest, err := maskList(s)
	if err == nil && rest != "" {
		err = fmt.Errorf("unexpected %q", rest)
	}
	return m, err
}

func maskList(s string) (fieldMask, string, error) {
	m := fieldMask{}
	for {
		end := strings.IndexAny(s, ",()/")
		name := s
		if end >= 0 {
			name = s[:end]
		}
		if name == "" {
			return nil, "", fmt.Errorf("a name is missing")
		}
		s = s[len(name):]
		var inner fieldMask
		var err error
		switch {
		case strings.HasPrefix(s, "("):
			if inner, s, err = maskList(s[1:]); err == nil && !strings.HasPrefix(s, ")") {
				err = fmt.Errorf("a bracket is not closed")
			}
			s = strings.TrimPrefix(s, ")")
		case strings.HasPrefix(s, "/"):
			return maskPath(m, name, s[1:])
		}
		if err != nil {
			return nil, "", err
		}
		m[name] = inner
		if !strings.HasPrefix(s, ",") {
			return m, s, nil
		}
		s = s[1:]
	}
}

// maskPath reads what follows a/ up to the next comma of the same level.
func maskPath(m fieldMask, name, s string) (fieldMask, string, error) {
	depth, end := 0, len(s)
	for i := 0; i < len(s) && end == len(s); i++ {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
		case (s[i] == ',' || s[i] == ')') && depth == 0:
			end = i
		}
	}
	inner, err := parseMask(s[:end])
	if err != nil {
		return nil, "", err
	}
	m[name] = inner
	if end < len(s) && s[end] == ',' {
		rest, left, err := maskList(s[end+1:])
		for k, v := range rest {
			m[k] = v
		}
		return m, left, err
	}
	return m, s[end:], nil
}

// keep leaves what the mask names.
func (m fieldMask) keep(v any) any {
	switch v := v.(type) {
	case obj:
		out := obj{}
		for k, val := range v {
			inner, ok := m[k]
			if !ok {
				inner, ok = m["*"]
			}
			if ok && inner != nil {
				val = inner.keep(val)
			}
			if ok {
				out[k] = val
			}
		}
		return out
	case []obj:
		out := make([]obj, len(v))
		for i := range v {
			out[i] = m.keep(v[i]).(obj)
		}
		return out
	default:
		return v
	}
}
