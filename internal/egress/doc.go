// Package egress is the one way out: everything that leaves the machine dials
// through a Gate, and no other package calls net.Dial.
//
// A Gate resolves a name once, checks every address that came back, and dials
// one of the addresses it checked, so that a name that changes between check and
// dial changes nothing. Private, loopback and link-local addresses are refused
// unless the operator's configuration lists their network; addresses of
// cloud metadata services are refused always.
package egress
