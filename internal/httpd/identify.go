package httpd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"purser"
)

// originOf returns the address of the one who asks. It refuses hosts that are not
// ours (a page elsewhere whose name now leads to this server) and, if a proxy is
// named, whoever comes around it.
func (s *Server) originOf(r *http.Request) (string, error) {
	if _, ok := peer(r.Context()); ok {
		return "socket", nil
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "", fmt.Errorf("the address %q of the one who asks cannot be read: %w", r.RemoteAddr, err)
	}
	addr := from.Addr().Unmap()
	if len(s.options.TrustedProxies) > 0 {
		switch {
		case s.trusted(addr):
			addr = s.forwardedFor(r, addr)
		case !addr.IsLoopback() && s.options.TLSCert == "":
			return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "this server answers its proxy only", Hint: "Use " + s.public.String()}
		}
	}
	if !s.hosts[r.Host] && !probe(r) {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: fmt.Sprintf("this server is not %q", r.Host),
			Hint: "Use " + s.public.String() + ", or start Purser with another --public-url"}
	}
	return addr.String(), nil
}

// probe reports whether a load balancer asks, which knows us by address only.
func probe(r *http.Request) bool { return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" }

// forwardedFor takes the last address that a trusted proxy did not write itself.
func (s *Server) forwardedFor(r *http.Request, addr netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
		if !s.trusted(addr) {
			break
		}
	}
	return addr
}

// identify finds out who asks: by the socket, an API token or a session.
func (s *Server) identify(ctx context.Context, site Site, w http.ResponseWriter, r *http.Request) (context.Context, error) {
	c := callOf(ctx)
	if actor, ok := peer(ctx); ok {
		if actor.Kind == "" {
			return ctx, &purser.Problem{Kind: purser.ProblemForbidden, What: "the socket is for the user that Purser runs as"}
		}
		return purser.WithActor(ctx, actor), nil
	}
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ctx, &purser.Problem{Kind: purser.ProblemSignIn, What: "only \"Authorization: Bearer pur_…\" is understood"}
		}
		actor, err := site.Login.Authenticate(ctx, strings.TrimSpace(token), c.origin)
		if err != nil {
			return ctx, err
		}
		return purser.WithActor(ctx, actor), nil
	}
	cookie, err := r.Cookie(cookieName(c.secure))
	if err != nil || cookie.Value == "" {
		return ctx, nil
	}
	actor, csrf, err := site.Login.Session(ctx, cookie.Value, c.origin)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemSignIn {
		ClearSession(w, r)
		return ctx, nil
	}
	if err != nil {
		return ctx, err
	}
	c.csrf, c.cookie = csrf, cookie.Value
	return purser.WithActor(ctx, actor), nil
}
