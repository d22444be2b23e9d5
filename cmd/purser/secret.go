package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"purser"
)

// secretLimit is the most that a secret may have; the longest are key files.
const secretLimit = 1 << 20

// secrets reads what --secret names: token=@file, token=- for standard input,
// token alone for a prompt. A secret itself is never taken from an argument:
// everybody on the machine could read it in the list of processes.
func (s *session) secrets(given []string) (map[string]string, error) {
	out := map[string]string{}
	for _, g := range given {
		name, from, _ := strings.Cut(g, "=")
		if name == "" {
			return nil, &exit{code: exitUsage, err: purser.Invalid("secret", "a name is missing: token=@file")}
		}
		if _, twice := out[name]; twice {
			return nil, &exit{code: exitUsage, err: purser.Invalid("secret", "%s is given twice", name)}
		}
		value, err := s.secret(name, from)
		if err != nil {
			return nil, err
		}
		if value = strings.TrimRight(value, "\r\n"); value == "" {
			return nil, &exit{code: exitUsage, err: purser.Invalid("secret", "%s is empty", name)}
		}
		out[name] = value
	}
	return out, nil
}

func (s *session) secret(name, from string) (string, error) {
	switch {
	case from == "-":
		raw, err := io.ReadAll(io.LimitReader(s.in, secretLimit))
		return string(raw), err
	case strings.HasPrefix(from, "@"):
		f, err := os.Open(from[1:])
		if err != nil {
			return "", &exit{code: exitUsage, err: purser.Invalid("secret", "%s: %v", name, err)}
		}
		defer func() { _ = f.Close() }()
		raw, err := io.ReadAll(io.LimitReader(f, secretLimit))
		return string(raw), err
	case from == "":
		return s.prompt(name)
	}
	p := purser.Invalid("secret", "a secret is never given as an argument: others could read it in the list of processes")
	p.Hint = fmt.Sprintf("Use %s=@file, %s=- for standard input, or %s alone to be asked", name, name, name)
	return "", &exit{code: exitUsage, err: p}
}

func (s *session) prompt(name string) (string, error) {
	if !term.IsTerminal(int(s.in.Fd())) {
		return "", &exit{code: exitUsage, err: purser.Invalid("secret", "nobody is there to be asked for %s; use %s=@file or %s=-", name, name, name)}
	}
	s.note("%s: ", name)
	raw, err := term.ReadPassword(int(s.in.Fd()))
	s.note("\n")
	return string(raw), err
}

// confirm asks a person; without one the answer is yes.
func (s *session) confirm(question string) (bool, error) {
	if !term.IsTerminal(int(s.in.Fd())) {
		return true, nil
	}
	s.note("%s [y/N] ", question)
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil {
		return false, err
	}
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes", nil
}

// sure asks whether to go on, unless that was said; it fails if the answer is no.
func (s *session) sure(said bool, question string) error {
	if said {
		return nil
	}
	yes, err := s.confirm(question)
	if err == nil && !yes {
		err = &exit{code: exitCanceled}
	}
	return err
}
