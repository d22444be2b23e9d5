package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"purser"
	"purser/internal/httpd"
)

// say prints for people.
func (s *session) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.out, format, args...)
	return err
}

// note prints beside the result: progress, hints.
func (s *session) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.err, format, args...)
}

// printJSON prints v for programs.
func (s *session) printJSON(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table prints rows under heads.
func (s *session) table(heads []string, rows [][]string) error {
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	line := func(cells []string) error {
		clean := make([]string, len(cells))
		for i, c := range cells {
			if clean[i] = plain(c); clean[i] == "" {
				clean[i] = "–"
			}
		}
		_, err := fmt.Fprintln(w, strings.TrimRight(strings.Join(clean, "\t"), " "))
		return err
	}
	if err := line(heads); err != nil {
		return err
	}
	for _, r := range rows {
		if err := line(r); err != nil {
			return err
		}
	}
	return w.Flush()
}

// plain keeps a vendor's text from steering the terminal: no control characters,
// no marks that turn the direction of writing, no end of a column.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// tell prints an error: what happened, and what to do next.
func tell(w io.Writer, asJSON bool, err error) {
	told := words(err)
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(map[string]any{"error": failure{told.Detail, told.Field, told.Hint, told.Class, told.Code, told.Instance}})
		return
	}
	text := told.Detail
	if told.Field != "" {
		text = told.Field + ": " + text
	}
	_, _ = fmt.Fprintf(w, "purser: %s\n", plain(text))
	if told.Hint != "" {
		_, _ = fmt.Fprintf(w, "  %s\n", plain(told.Hint))
	}
}

// failure is an error as --json prints it.
type failure struct {
	Message string       `json:"message"`
	Field   string       `json:"field,omitempty"`
	Hint    string       `json:"hint,omitempty"`
	Class   purser.Class `json:"class,omitempty"`
	Code    string       `json:"code,omitempty"`
	Request string       `json:"request,omitempty"` // to find it in the server's log
}

func words(err error) httpd.Told {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.Told
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return httpd.Told{Detail: p.What, Field: p.Field, Hint: p.Hint}
	}
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return httpd.Told{Detail: e.Error(), Field: e.Field, Hint: e.Hint, Class: e.Class, Code: e.Code}
	}
	return httpd.Told{Detail: err.Error()}
}

// printLine prints v as one line of JSON Lines.
func (s *session) printLine(v any) error { return json.NewEncoder(s.out).Encode(v) }
