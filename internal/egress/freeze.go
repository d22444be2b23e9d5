package egress

import (
	"context"
	"net"

	"purser"
)

// CodeFrozen is the code of the error of a call that was stopped by a freeze.
const CodeFrozen = "frozen"

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

// Ask sets what is asked before each call: whether calls are stopped. Servers that
// share a database ask it, so that what stops one of them stops all at once. Where
// no answer comes, nothing leaves.
func (g *Gate) Ask(frozen func(ctx context.Context) (bool, error)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ask = frozen
}

// thawed returns nil if a call may leave now.
func (g *Gate) thawed(ctx context.Context) error {
	g.mu.Lock()
	frozen, ask := g.frozen, g.ask
	g.mu.Unlock()
	if ask != nil {
		said, err := ask(ctx)
		if err != nil {
			return &purser.Error{Class: purser.ClassTransient, Code: "freeze_unknown", What: "whether outgoing calls are frozen could not be read",
				Hint: "See whether the database answers; nothing leaves until then.", Err: err}
		}
		if frozen = said; said != g.Frozen() {
			g.Freeze(said)
		}
	}
	if frozen {
		return errFrozen()
	}
	return nil
}

func errFrozen() *purser.Error {
	return &purser.Error{Class: purser.ClassCanceled, Code: CodeFrozen, What: "outgoing calls are frozen",
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
