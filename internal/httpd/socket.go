package httpd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"

	"purser"
)

// longestSocket is the most that a path of a unix socket may have on the systems
// that Purser runs on.
const longestSocket = 103

// listenSocket opens the command line's socket, for the owner of the data folder
// only. A socket that a killed server left is replaced: the lock on the data
// folder says that no other server uses it.
func listenSocket(path string) (net.Listener, error) {
	if len(path) > longestSocket {
		return nil, fmt.Errorf("the path of the socket %s is longer than %d bytes, which the system does not allow; choose a shorter data folder", path, longestSocket)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing the old socket: %w", err)
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listening on the socket for the command line: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("closing the socket to others: %w", err), ln.Close())
	}
	return ln, nil
}

type peerKey struct{}

// withPeer notes in a connection's context which user of the host stands at the
// other end of the socket.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, err := peerUID(conn)
	if err != nil {
		return context.WithValue(ctx, peerKey{}, purser.Actor{}) // a socket, but nobody we know: refused
	}
	name := "uid:" + strconv.Itoa(uid)
	shown := name
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		shown = u.Username + " (on the server)"
	}
	return context.WithValue(ctx, peerKey{}, purser.Actor{Kind: purser.ActorHost, ID: name, Name: shown, Role: purser.RoleAdmin, Origin: "socket"})
}

// peer returns who stands at the other end; ok if it is the socket at all.
func peer(ctx context.Context) (a purser.Actor, ok bool) {
	a, ok = ctx.Value(peerKey{}).(purser.Actor)
	return a, ok
}

// mayUseSocket lets the server's own user and the super-user in, should the mode
// of the socket ever be loosened.
func mayUseSocket(uid int) error {
	if uid == 0 || uid == os.Geteuid() {
		return nil
	}
	return fmt.Errorf("the socket is for the user that Purser runs as")
}
