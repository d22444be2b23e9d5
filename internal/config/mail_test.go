package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser"
	"purser/internal/config"
)

func TestMailServersAreReadWithTheirProtection(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"smtp://mail.example.com":            "mail.example.com:587 starttls",
		"smtp://mail.example.com:2525":       "mail.example.com:2525 starttls",
		"smtps://mail.example.com":           "mail.example.com:465 implicit",
		"smtps://purser@mail.example.com":    "mail.example.com:465 implicit purser secret",
		"smtp://purser%40a.example@10.1.2.3": "10.1.2.3:587 starttls purser@a.example secret",
		"smtp://127.0.0.1?tls=none":          "127.0.0.1:25 none",
		"smtp://[::1]:1025?tls=none":         "[::1]:1025 none",
		"":                                   "",
		"smtp://mail.example.com?tls=none":   "error smtp-url",
		"smtps://127.0.0.1?tls=none":         "error smtp-url",
		"smtp://mail.example.com?tls=maybe":  "error smtp-url",
		"smtp://u:hunter2@mail.example.com":  "error smtp-url",
		"mail.example.com:587":               "error smtp-url",
		"https://mail.example.com":           "error smtp-url",
		"smtp://mail.example.com/path":       "error smtp-url",
	} {
		s := config.Server{SMTPURL: url, MailFrom: "Purser <purser@example.com>"}
		if strings.Contains(url, "@") {
			s.SMTPPassword = password
		}
		if url == "" {
			s.MailFrom = ""
		}
		m, ok, err := s.MailServer()
		got := ""
		if p, bad := errors.AsType[*purser.Problem](err); bad {
			got = "error " + p.Field
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: the error tells the password", url)
			}
		} else if ok {
			got = m.Address() + " " + m.Security
			if m.User != "" {
				secret, err := m.Password()
				if err != nil {
					t.Error(err)
				}
				got += " " + m.User + " " + secret
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q (%v)", url, got, want, err)
		}
	}
}

func TestHalfAMailConfigurationIsRefused(t *testing.T) {
	for _, s := range []config.Server{
		{SMTPURL: "smtp://mail.example.com"},
		{SMTPURL: "smtp://mail.example.com", MailFrom: "nobody"},
		{MailFrom: "purser@example.com"},
		{SMTPURL: "smtp://mail.example.com", MailFrom: "purser@example.com", SMTPUser: "purser"},
		{SMTPURL: "smtp://mail.example.com", MailFrom: "purser@example.com", SMTPUser: "purser", SMTPPassword: "/nowhere/at/all"},
	} {
		if _, ok, err := s.MailServer(); ok || err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}
