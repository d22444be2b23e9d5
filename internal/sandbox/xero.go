package sandbox

import "net/http"
import "time"

func newXero(s *Sandbox) *xero                                { return &xero{s: s} }
func (g *xero) name() string                                  { return Xero }
func (g *xero) hosts() []string                               { return nil }
func (g *xero) mux(string) *http.ServeMux                     { return routes{}.mux(g) }
func (g *xero) refuse(x *exchange, status int, detail string) {}
func (g *xero) limited(x *exchange, until time.Time)          {}
