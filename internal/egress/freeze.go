package egress

import (
	"net"

	"purser"
)

// Freeze stops every outgoing call at once: no dial, no request on a kept
// connection, and what is open is cut. Freeze(false) lets calls out again.
func (g *Gate) Freeze(on bool) {
	g.mu.Lock()
	g.frozen = on
	var cut []*conn
	if on {
		for c := range g.open {
			cut = append(cut, c)
		}
	}
	g.mu.Unlock()
	for _, c := range cut {
		_ = c.Close()
	}
}

// Frozen reports whether calls are stopped.
func (g *Gate) Frozen() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.frozen
}

func (g *Gate) thawed() error {
	if g.Frozen() {
		return errFrozen()
	}
	return nil
}

func errFrozen() *purser.Error {
	return &purser.Error{Class: purser.ClassCanceled, Code: "frozen", What: "outgoing calls are frozen",
		Hint: "An admin stopped all outgoing calls; an admin can let them out again."}
}

// conn is a connection that a freeze can find.
type conn struct {
	net.Conn
	gate *Gate
}

func (c *conn) Close() error {
	c.gate.mu.Lock()
	delete(c.gate.open, c)
	c.gate.mu.Unlock()
	return c.Conn.Close()
}
