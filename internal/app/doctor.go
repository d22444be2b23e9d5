package app

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"purser"
	"purser/connectors"
	"purser/internal/connect"
	"purser/internal/doctor"
)

// openDoctor makes what looks at the box.
func (a *App) openDoctor() error {
	o := doctor.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Version: a.Version, PublicURL: a.PublicURL(), Data: a.Data, TLSCert: a.TLSCert,
		Calls: a.Freeze.Known, Verify: a.Audit.Verify, Hosts: a.vendorHosts, Reach: a.reach, Metrics: a.scraped, Config: a.told(),
		Words: func() (map[string]bool, error) { return pathWords(connectors.Files()) }}
	m, ok, err := a.MailServer()
	if err != nil {
		return err
	}
	if ok {
		o.Mail = func(ctx context.Context) error {
			conn, err := a.Gate.DialOperator(ctx, "tcp", net.JoinHostPort(m.Host, m.Port))
			if err == nil {
				err = conn.Close()
			}
			return err
		}
	}
	a.Doctor = doctor.New(o)
	return nil
}

// vendorHosts lists the hosts of live instances.
func (a *App) vendorHosts(ctx context.Context) ([]string, error) {
	all, err := a.Connect.Instances(ctx, connect.InstanceFilter{})
	if err != nil {
		return nil, err
	}
	hosts := map[string]bool{}
	for _, i := range all {
		c := a.Catalog.Get(i.Connector)
		if c == nil || i.Status != purser.StatusLive {
			continue
		}
		named, err := c.Manifest.HostsFor(i.Settings)
		if err != nil {
			continue // the instance itself says so
		}
		for _, h := range named {
			if !strings.ContainsAny(h, "*$") {
				hosts[h] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(hosts)), nil
}

// reach sees that a host answers anything at all, without any credential.
func (a *App) reach(ctx context.Context, host string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, (&url.URL{Scheme: "https", Host: host, Path: "/"}).String(), nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", "Purser/"+a.Version)
	transport := a.Gate.Transport()
	if closer, ok := transport.(interface{ CloseIdleConnections() }); ok {
		defer closer.CloseIdleConnections()
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// scraped is what Prometheus would read now.
func (a *App) scraped() ([]byte, error) {
	w := httptest.NewRecorder()
	a.Meter.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	var text bytes.Buffer
	_, err := text.ReadFrom(w.Result().Body)
	return text.Bytes(), err
}

// told is the configuration as support may know it: that something is set, not what.
func (a *App) told() map[string]any {
	set := func(text string) string {
		if text == "" {
			return "not set"
		}
		return "set"
	}
	host, port, _ := net.SplitHostPort(a.Listen)
	where := "other"
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		where = "loopback"
	}
	scheme, _, _ := strings.Cut(a.Server.PublicURL, "://")
	return map[string]any{"database_url": set(a.DatabaseURL), "listen": where, "listen_port": port, "public_url": set(a.Server.PublicURL), "public_scheme": scheme,
		"tls_cert": set(a.TLSCert), "trusted_proxy": len(a.TrustedProxy), "proxy": set(a.Proxy), "allow_network": len(a.AllowNetwork),
		"safelist_address": len(a.SafelistAddress), "vendor_map": len(a.VendorMap), "smtp_url": set(a.SMTPURL), "smtp_user": set(a.SMTPUser),
		"smtp_password_file": set(a.SMTPPassword), "mail_from": set(a.MailFrom), "workers": a.Workers, "log_format": a.LogFormat, "log_level": a.LogLevel}
}

// pathWords are the parts of paths that stand in built-in connectors.
func pathWords(files fs.FS) (map[string]bool, error) {
	part := regexp.MustCompile(`[A-Za-z0-9_.:-]+`)
	words := map[string]bool{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Base(name) != "manifest.yaml" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		for _, w := range part.FindAllString(string(raw), -1) {
			words[w] = true
		}
		return err
	})
	return words, err
}
