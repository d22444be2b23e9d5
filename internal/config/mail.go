package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"purser"
)

// Mail is where mail is handed in.
type Mail struct {
	Host, Port   string
	Security     string // starttls, implicit or none
	User         string // "" for no sign-in
	PasswordFile string
	From         string
}

// MailServer returns the mail server of --smtp-url, ok is false if there is none.
func (s Server) MailServer() (m Mail, ok bool, err error) {
	if s.SMTPURL == "" {
		if s.MailFrom != "" || s.SMTPUser != "" || s.SMTPPassword != "" {
			return m, false, mailProblem("smtp-url", "other settings of mail are there, but not which server takes it")
		}
		return m, false, nil
	}
	u, err := url.Parse(s.SMTPURL)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return m, false, mailProblem("smtp-url", "this is not an address like smtp://mail.example.com:587")
	}
	m = Mail{Host: u.Hostname(), Port: u.Port(), User: s.SMTPUser, PasswordFile: s.SMTPPassword, From: s.MailFrom}
	if _, set := u.User.Password(); set {
		return m, false, mailProblem("smtp-url", "a password does not belong into the address, where others can read it; name a file in --smtp-password-file")
	}
	if m.User == "" {
		m.User = u.User.Username()
	}
	if m.Security, err = security(u, &m); err != nil {
		return m, false, err
	}
	if (m.User == "") != (m.PasswordFile == "") {
		return m, false, mailProblem("smtp-user", "--smtp-user and --smtp-password-file belong together")
	}
	if m.PasswordFile != "" {
		if _, err := m.Password(); err != nil {
			return m, false, err
		}
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		return m, false, mailProblem("mail-from", "mails need a sender, as in \"Purser <purser@example.com>\"")
	}
	return m, true, nil
}

func security(u *url.URL, m *Mail) (string, error) {
	asked := u.Query().Get("tls")
	switch {
	case u.Scheme == "smtps" && asked == "":
		m.Port = orPort(m.Port, "465")
		return "implicit", nil
	case u.Scheme == "smtp" && asked == "":
		m.Port = orPort(m.Port, "587")
		return "starttls", nil
	case u.Scheme == "smtp" && asked == "none":
		m.Port = orPort(m.Port, "25")
		if a, err := netip.ParseAddr(m.Host); m.Host == "localhost" || err == nil && a.IsLoopback() {
			return "none", nil
		}
		return "", mailProblem("smtp-url", "without TLS mail goes to this machine only (127.0.0.1): on the way to %s others could read it", m.Host)
	}
	return "", mailProblem("smtp-url", "the address begins with smtp:// (STARTTLS) or smtps:// (TLS from the first byte); ?tls=none is for 127.0.0.1 only")
}

func orPort(port, other string) string {
	if port == "" {
		return other
	}
	return port
}

// Password reads the file with the password.
func (m Mail) Password() (string, error) {
	raw, err := os.ReadFile(m.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("--smtp-password-file: %w", err)
	}
	password := strings.TrimRight(string(raw), "\r\n")
	if password == "" {
		return "", mailProblem("smtp-password-file", "the file is empty")
	}
	return password, nil
}

// Address is the server's host and port.
func (m Mail) Address() string { return net.JoinHostPort(m.Host, m.Port) }

func mailProblem(field, format string, args ...any) *purser.Problem {
	p := purser.Invalid(field, format, args...)
	p.Hint = "For example: --smtp-url smtp://mail.example.com:587 --smtp-user purser --smtp-password-file /etc/purser/smtp-password --mail-from purser@example.com"
	return p
}
