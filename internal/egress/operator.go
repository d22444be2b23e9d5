package egress

import (
	"context"
	"net"
)

// Operator dials what the operator's own configuration names and no screen can
// change: the database of this server. Nothing is checked.
func Operator(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// Socket dials the server's own unix socket at path, for the command line.
func Socket(path string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
}

// SocketTransport is Socket as the DialContext of an http.Transport.
func SocketTransport(path string) DialFunc {
	dial := Socket(path)
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
}

// DialOperator dials what the operator's own configuration names and no screen can
// change, a mail server for instance: it may stand in a private network. A freeze
// stops it like every other call.
func (g *Gate) DialOperator(ctx context.Context, _, address string) (net.Conn, error) {
	if err := g.thawed(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	return g.connect(ctx, address)
}
