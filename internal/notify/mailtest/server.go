// Package mailtest is a real SMTP server on loopback for tests: with TLS, with
// sign-in, and with the bad manners of mail servers on cue.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// The one account that may hand in mail.
const (
	User     = "purser@example.com"
	Password = "correct horse battery staple"
)

// Options say what a server is like.
type Options struct {
	Implicit bool     // TLS from the first byte, not STARTTLS
	Plain    bool     // no TLS at all
	Auth     []string // PLAIN, LOGIN, CRAM-MD5: asked for where not empty
	// Mail, Rcpt and Taken may refuse; Taken is asked when the whole message is there. nil lets pass.
	Mail  func(from string) error
	Rcpt  func(to string) error
	Taken func(m Message) error
}

// Message is what was taken.
type Message struct {
	From, To string
	Raw      string
	TLS      bool
	User     string // who had signed in
}

// Header returns a header of the message.
func (m Message) Header(name string) string {
	parsed, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		return "not a message: " + err.Error()
	}
	return parsed.Header.Get(name)
}

// Server takes mail until its test ends.
type Server struct {
	Options
	Host, Port string
	Roots      *x509.CertPool
	RootsPEM   []byte // for SSL_CERT_FILE of another process

	mu       sync.Mutex
	taken    []Message
	sessions int
	said     bytes.Buffer
}

// Start serves on loopback.
func Start(t *testing.T, o Options) *Server {
	t.Helper()
	web := httptest.NewTLSServer(nil) // its certificate is for 127.0.0.1
	web.Close()
	s := &Server{Options: o, Roots: x509.NewCertPool(), RootsPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})}
	s.Roots.AddCert(web.Certificate())
	settings := &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.Host, s.Port, err = net.SplitHostPort(listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return s.session(c), nil }))
	server.Domain, server.AllowInsecureAuth = "mail.example.com", o.Plain
	server.ErrorLog, server.Debug = quiet{}, heard{s}
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	switch {
	case o.Implicit:
		listener = tls.NewListener(listener, settings)
	case !o.Plain:
		server.TLSConfig = settings
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// heard keeps what both sides say: this server is lenient, others are not.
type heard struct{ s *Server }

func (h heard) Write(p []byte) (int, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	return h.s.said.Write(p)
}

// Said returns all lines that both sides sent, as they were.
func (s *Server) Said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// Messages returns what was taken so far.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.taken...)
}

// Sessions returns how many connections were made.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Refuse is an answer with a code, 451 or 550 for instance.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

type session struct {
	server *Server
	conn   *smtp.Conn
	m      Message
}

func (s *Server) session(c *smtp.Conn) *session {
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	return &session{server: s, conn: c}
}

// Reset forgets a message that was begun.
func (x *session) Reset() { x.m.From, x.m.To = "", "" }

// Logout ends the session.
func (x *session) Logout() error { return nil }

// Mail begins a message.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	_, x.m.TLS = x.conn.TLSConnectionState()
	if len(x.server.Auth) > 0 && x.m.User == "" {
		return Refuse(530, "sign in first")
	}
	x.m.From = from
	if x.server.Options.Mail != nil {
		return x.server.Options.Mail(from)
	}
	return nil
}

// Rcpt says whom it is for.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.m.To = to
	if x.server.Options.Rcpt != nil {
		return x.server.Options.Rcpt(to)
	}
	return nil
}

// Data takes the text.
func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	x.m.Raw = string(raw)
	if x.server.Options.Taken != nil {
		if err := x.server.Options.Taken(x.m); err != nil {
			return err
		}
	}
	x.server.mu.Lock()
	x.server.taken = append(x.server.taken, x.m)
	x.server.mu.Unlock()
	return nil
}
