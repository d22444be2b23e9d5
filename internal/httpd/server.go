package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"

	"purser"
)

// stopWithin is how long answers that are under way may take once the server stops.
const stopWithin = 10 * time.Second

// Server listens. Listen opens the sockets, Serve answers.
type Server struct {
	options  Options
	public   *url.URL
	listener net.Listener
	socket   net.Listener
	hosts    map[string]bool // what Host may say
	stopping context.Context
	stop     context.CancelFunc
}

// Listen opens the listener and the socket and settles the public address. Until
// Serve is called whoever connects waits.
func Listen(o Options) (*Server, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	if _, err := o.publicAddress("0"); err != nil {
		return nil, err
	}
	s := &Server{options: o}
	s.stopping, s.stop = context.WithCancel(context.Background())
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w; choose another address with --listen", o.Listen, err)
	}
	s.listener = ln
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err == nil {
		s.public, err = o.publicAddress(port)
	}
	if err == nil && o.TLSCert != "" {
		err = s.withTLS()
	}
	if err == nil && o.Socket != "" {
		s.socket, err = listenSocket(o.Socket)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.hosts = map[string]bool{s.public.Host: true, hostOnly(s.public): true}
	if host, _, _ := net.SplitHostPort(o.Listen); isLoopback(host) {
		for _, name := range []string{"localhost", "127.0.0.1", "::1", host} {
			s.hosts[net.JoinHostPort(name, port)] = true
		}
	}
	return s, nil
}

// hostOnly is the host with its usual port left out or put in, as browsers may.
func hostOnly(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}

func (s *Server) withTLS() error {
	pair, err := tls.LoadX509KeyPair(s.options.TLSCert, s.options.TLSKey)
	if err != nil {
		return fmt.Errorf("the certificate and key of --tls-cert and --tls-key cannot be used: %w", err)
	}
	s.listener = tls.NewListener(s.listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"}})
	return nil
}

// PublicURL returns the address that people use, without a path.
func (s *Server) PublicURL() *url.URL { u := *s.public; return &u }

// Address returns where the server really listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Close frees the listeners. Serve does so itself when it ends.
func (s *Server) Close() error {
	s.stop()
	var errs []error
	for _, ln := range []net.Listener{s.listener, s.socket} {
		if ln != nil {
			if err := ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if s.options.Socket != "" && s.socket != nil {
		if err := os.Remove(s.options.Socket); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Serve answers until ctx ends, then lets answers that are under way finish and
// ends streams. table is the one of package login; a route that is not in it
// keeps the server from starting.
func (s *Server) Serve(ctx context.Context, site Site, table map[purser.Operation][]purser.Role) error {
	handler, err := s.Handler(site, table)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ConnContext: withPeer}
	ended := make(chan error, 2)
	go func() { ended <- srv.Serve(s.listener) }()
	if s.socket != nil {
		go func() { ended <- srv.Serve(s.socket) }()
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	s.stop() // streams end, so that Shutdown need not wait for them
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if stopErr := srv.Shutdown(within); stopErr != nil {
		_ = srv.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, s.Close())
}

// trusted reports whether addr may speak for others.
func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.options.TrustedProxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
