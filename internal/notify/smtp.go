package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"purser"
)

// conversation is one connection to a mail server.
type conversation struct {
	*MailServer
	ctx    context.Context // when it ends, the server has a moment left to answer
	conn   net.Conn
	client *smtp.Client
	stop   func() bool
}

// lastMoment is how long a server may take for its answer when Purser stops.
const lastMoment = 5 * time.Second

// open connects, protects the connection and signs in.
func (m *MailServer) open(ctx context.Context, helo string) (*conversation, *trouble) {
	conn, err := m.Dial(ctx, "tcp", net.JoinHostPort(m.Host, m.Port))
	if err != nil {
		return nil, m.unreachable(err)
	}
	c := &conversation{MailServer: m, ctx: ctx, conn: conn}
	c.stop = context.AfterFunc(ctx, func() { c.wait(lastMoment) })
	if t := c.greet(helo); t != nil {
		c.cut()
		return nil, t
	}
	return c, nil
}

func (m *MailServer) unreachable(err error) *trouble {
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return &trouble{what: e.Error(), hint: e.Hint, server: true, stopped: e.Code == "frozen"}
	}
	return &trouble{what: fmt.Sprintf("the mail server %s cannot be reached on port %s: %v", m.Host, m.Port, err), server: true,
		hint: "Check --smtp-url, and that this machine may reach that host and port"}
}

func (c *conversation) wait(d time.Duration) {
	if c.ctx.Err() != nil {
		d = min(d, lastMoment)
	}
	_ = c.conn.SetDeadline(time.Now().Add(d))
}

// cut closes the connection without a word.
func (c *conversation) cut() {
	c.stop()
	_ = c.conn.Close()
}

func (c *conversation) greet(helo string) *trouble {
	c.wait(c.patience())
	settings := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12, RootCAs: c.Roots}
	line := c.conn
	if c.Security == ImplicitTLS {
		line = tls.Client(c.conn, settings)
	}
	client, err := smtp.NewClient(line, c.Host)
	if err != nil {
		return c.refused("greets", err, "")
	}
	c.client = client
	if err := client.Hello(helo); err != nil {
		return c.refused("answers EHLO", err, "")
	}
	if c.Security == StartTLS {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return &trouble{what: fmt.Sprintf("the mail server %s offers no TLS on port %s, and nothing is sent without it", c.Host, c.Port), server: true,
				hint: "If the port is one for TLS from the first byte (often 465), write smtps:// in --smtp-url; else ask the mail server's administrator for STARTTLS"}
		}
		if err := client.StartTLS(settings); err != nil {
			return c.refused("begins TLS", err, "")
		}
	}
	return c.signIn()
}

// signIn authenticates by the best way that the server offers.
func (c *conversation) signIn() *trouble {
	if c.User == "" {
		return nil
	}
	password, err := c.Password()
	if err != nil {
		return &trouble{what: "the password for the mail server cannot be read: " + err.Error(), hint: "Check --smtp-password-file", server: true}
	}
	ok, offered := c.client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	has := func(way string) bool {
		for _, w := range ways {
			if w == way {
				return true
			}
		}
		return false
	}
	open := c.Security == NoTLS // on loopback
	var auth smtp.Auth
	switch {
	case ok && has("SCRAM-SHA-256"):
		auth = smtp.ScramSHA256Auth(c.User, password)
	case ok && has("PLAIN"):
		auth = smtp.PlainAuth("", c.User, password, c.Host, open)
	case ok && has("LOGIN"):
		auth = smtp.LoginAuth(c.User, password, c.Host, open)
	case ok && has("CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(c.User, password)
	default:
		return &trouble{what: fmt.Sprintf("the mail server %s offers no way to sign in that Purser knows (it offers %s)", c.Host, orNothing(offered)), server: true,
			hint: "Purser signs in by PLAIN, LOGIN, CRAM-MD5 or SCRAM-SHA-256. Without --smtp-user it sends without signing in"}
	}
	c.wait(c.patience())
	if err := c.client.Auth(auth); err != nil {
		return c.refused("lets Purser sign in", err, "Check --smtp-user and the password in --smtp-password-file")
	}
	return nil
}

// send hands in one message. begin is called when the server has agreed to
// everything and only the text is missing: what fails before it was not sent.
func (c *conversation) send(from, to string, text []byte, begin func() *trouble) *trouble {
	c.wait(c.patience())
	if err := c.client.Mail(bracketed(from)); err != nil {
		return c.refused("takes mail from "+from, err, "Check --mail-from: the server may allow only addresses of the account that signs in")
	}
	c.wait(c.patience())
	if err := c.client.Rcpt(bracketed(to)); err != nil {
		t := c.refused("takes mail for this address", err, "")
		if t.status >= 500 {
			t.final, t.server, t.hint = true, false, "Check the address, or take it off the list"
		} else if t.status > 0 {
			t.server = false
		}
		return t
	}
	c.wait(c.patience())
	w, err := c.client.Data()
	if err != nil {
		return c.judged(c.refused("takes a message", err, ""))
	}
	if t := begin(); t != nil {
		return t // the connection is closed in the middle: the server keeps nothing
	}
	c.wait(5 * c.patience())
	if _, err := w.Write(text); err != nil {
		return c.refused("takes the message", err, "")
	}
	if err := w.Close(); err != nil {
		t := c.judged(c.refused("takes the message", err, ""))
		if t.status == 0 {
			t.unsure = true // it may have: its answer did not come
		}
		return t
	}
	return nil
}

// bracketed is an address as MAIL and RCPT name it (RFC 5321, 4.1.2): the library leaves
// the brackets to its callers, and strict servers refuse an address without them.
func bracketed(address string) string { return "<" + address + ">" }

// judged is of an answer about the message itself.
func (c *conversation) judged(t *trouble) *trouble {
	if t.status > 0 {
		t.server, t.final = false, t.status >= 500
	}
	return t
}

// refused turns an answer, or none, into words.
func (c *conversation) refused(expected string, err error, hint string) *trouble {
	t := &trouble{server: true, hint: hint}
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		t.status = answer.Code
		t.what = fmt.Sprintf("the mail server %s did not accept this: it answered %d %s where Purser expected that it %s", c.Host, answer.Code, oneLine(withoutAddresses(answer.Msg), 300), expected)
		return t
	}
	if slow, ok := errors.AsType[net.Error](err); ok && slow.Timeout() {
		t.what = fmt.Sprintf("the mail server %s did not answer in time, where Purser expected that it %s", c.Host, expected)
		return t
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		t.what = fmt.Sprintf("the certificate of the mail server %s is not valid for it: %v", c.Host, bad.Err)
		t.hint = "Write the name in --smtp-url that the certificate is for; a certificate of your own authority must be known to this machine"
		return t
	}
	t.what = fmt.Sprintf("the mail server %s broke off, where Purser expected that it %s: %v", c.Host, expected, err)
	return t
}

// end says goodbye; what was sent stays sent if that fails.
func (c *conversation) end() {
	c.wait(min(c.patience(), 5*time.Second))
	_ = c.client.Quit()
	c.cut()
}

func orNothing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// withoutAddresses is what a server said without the addresses in it: to whom the
// mail goes stands beside it, and what is copied from a log should name nobody.
func withoutAddresses(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if at := strings.IndexByte(w, '@'); at > 0 && at < len(w)-1 {
			words[i] = "(address)"
		}
	}
	return strings.Join(words, " ")
}

// oneLine is a text of another side on one line, cut to a length in bytes.
func oneLine(s string, longest int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return strings.ToValidUTF8(s, "�")
}
