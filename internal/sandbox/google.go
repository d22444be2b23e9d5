package sandbox

import "net/http"
import "time"

type google struct {
	s         *Sandbox
	revoked   bool
	delegated []string
}

func (g *google) credentials(c *Credentials) {}

func newGoogle(s *Sandbox) *google                              { return &google{s: s} }
func (g *google) name() string                                  { return Google }
func (g *google) hosts() []string                               { return nil }
func (g *google) mux(string) *http.ServeMux                     { return routes{}.mux(g) }
func (g *google) refuse(x *exchange, status int, detail string) {}
func (g *google) limited(x *exchange, until time.Time)          {}

type xero struct {
	s                      *Sandbox
	clientID, clientSecret string
}

const xeroLogin = "login.xero.com"

func newXero(s *Sandbox) *xero                                { return &xero{s: s} }
func (g *xero) name() string                                  { return Xero }
func (g *xero) hosts() []string                               { return nil }
func (g *xero) mux(string) *http.ServeMux                     { return routes{}.mux(g) }
func (g *xero) refuse(x *exchange, status int, detail string) {}
func (g *xero) limited(x *exchange, until time.Time)          {}

type Scale struct{}
type scaleView struct{}

func (*scaleView) touch(int)                   {}
func newScaleView(o *okta, s Scale) *scaleView { return nil }
func (*scaleView) serve(x *exchange) bool      { return false }
