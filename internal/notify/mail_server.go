package notify

import (
	"context"
	"crypto/x509"
	"net"
	"time"
)

// Security is how the connection to a mail server is protected.
type Security string

// The kinds of protection. Nothing is ever sent without TLS where it is asked for.
const (
	StartTLS    Security = "starttls" // the connection begins in the clear and must be upgraded
	ImplicitTLS Security = "implicit" // TLS from the first byte
	NoTLS       Security = "none"     // on loopback only
)

// MailServer is where mail is handed in. It is the operator's configuration.
type MailServer struct {
	Host     string
	Port     string
	Security Security
	User     string                 // "" for no authentication
	Password func() (string, error) // read anew for each connection, so that it can be changed
	From     string                 // "Purser <purser@example.com>"

	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Roots *x509.CertPool // nil: the system's
	// Patience is how long the server may take for one answer, zero for a minute;
	// it has five times as long to take a whole message (RFC 5321, 4.5.3.2, asks for more).
	Patience time.Duration
}

func (m *MailServer) patience() time.Duration {
	if m.Patience == 0 {
		return time.Minute
	}
	return m.Patience
}

// trouble is why something was not delivered.
type trouble struct {
	status  int    // of SMTP or HTTP, 0 if there was no answer
	what    string // a sentence without a full stop
	hint    string
	final   bool          // trying again is of no use
	server  bool          // it concerns the mail server, whoever the mail is for
	unsure  bool          // the other side may have taken it all the same
	after   time.Duration // when the other side wants to be asked again, 0 if it does not say
	stopped bool          // Purser stops or is frozen: it was no try
	taken   bool          // another process sends it
}

// Error returns what happened.
func (t *trouble) Error() string { return t.what }
