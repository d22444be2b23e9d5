package connect

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"purser"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/source"
	"purser/internal/vendorhttp"
)

// Links is what is needed to speak to vendors.
type Links struct {
	Catalog manifest.Catalog
	Broker  *credential.Broker
	Client  *vendorhttp.Client
	// Dial reaches what is not asked over HTTP; package egress has one.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Now  func() time.Time
}

// Link is one instance, ready to be asked.
type Link struct {
	Connector *manifest.Connector
	Auth      *manifest.Auth
	Pins      egress.Pins
	Session   *credential.Session
	Source    engine.Source
	Vars      manifest.Vars

	caller *vendorhttp.Caller
}

// CredentialID returns the id of an instance's credential: the one in use, or
// the one that was entered anew and is not confirmed yet.
func CredentialID(instanceID string, pending bool) string {
	id := purser.PrefixCredential + strings.TrimPrefix(instanceID, purser.PrefixInstance)
	if pending {
		id += "-new"
	}
	return id
}

// Open makes the link of an instance with its credential in use. Scopes are
// those of the given tasks. record is told each request; it may be nil.
func (l Links) Open(i purser.Instance, tasks []purser.TaskName, record func(vendorhttp.Event)) (*Link, error) {
	return l.open(i, CredentialID(i.ID, false), tasks, record)
}

func (l Links) open(i purser.Instance, credentialID string, tasks []purser.TaskName, record func(vendorhttp.Event)) (*Link, error) {
	return l.openTo(i, credentialID, tasks, record, false)
}

// openTo is open; to write, each set of scopes has a token of its own where it can.
func (l Links) openTo(i purser.Instance, credentialID string, tasks []purser.TaskName, record func(vendorhttp.Event), write bool) (*Link, error) {
	c := l.Catalog.Get(i.Connector)
	if c == nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "no_connector", What: "there is no connector " + i.Connector + " any more",
			Hint: "Put its folder back, or delete the instance."}
	}
	if c.Custom && !c.Trusted {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "untrusted", What: "the connector " + i.Connector + " is not trusted as it is now",
			Hint: "An admin must look at it and trust it."}
	}
	auth := c.Manifest.AuthNamed(i.Auth)
	if auth == nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "no_auth", Field: "auth", What: "no way to authorize is chosen",
			Hint: "Choose how Purser shall authorize at " + c.Manifest.Title + "."}
	}
	hosts, err := c.Manifest.HostsFor(i.Settings)
	if err != nil {
		return nil, err
	}
	m := c.Manifest
	k := &Link{Connector: c, Auth: auth, Pins: egress.Pins(hosts), Vars: Vars(i)}
	k.Session = l.Broker.Session(credential.Use{CredentialID: credentialID, Auth: auth, Settings: i.Settings, Pins: k.Pins,
		Scopes: scopesByToken(m, auth, i.Settings, tasks), Record: source.TokenEvents(record), Apart: write})
	k.caller = l.Client.Caller(vendorhttp.Instance{ID: i.ID, Pins: k.Pins, HTTP: &m.HTTP, Credentials: k.Session, Record: record})
	if m.Source == manifest.SourceLDAP {
		k.Source = l.directory(k, i, record)
		return k, nil
	}
	k.Source = source.HTTP{
		Caller: k.caller,
		Scopes: func(s manifest.Scopes) []string { return s.Asked(m, i.Settings) },
		Limits: source.StreamLimits(m),
	}
	return k, nil
}

// Vars gives the values of an instance that requests may use: settings.x,
// tenant.id, tenant.name and tenant.base_url.
func Vars(i purser.Instance) manifest.Vars {
	return func(name string) (string, bool) {
		switch name {
		case "tenant.id":
			return i.TenantID, i.TenantID != ""
		case "tenant.name":
			return i.TenantName, i.TenantName != ""
		case "tenant.base_url":
			return i.TenantBase, i.TenantBase != ""
		}
		setting, ok := strings.CutPrefix(name, "settings.")
		if !ok {
			return "", false
		}
		value, has := i.Settings[setting]
		return value, has
	}
}

// probe sends the one request that says whether the credential works; nil if it does.
func (k *Link) probe(ctx context.Context, vars manifest.Vars) error {
	p := k.Connector.Probe
	if p == nil || p.Request == nil {
		return nil
	}
	body, err := k.ask(ctx, "test", p.Request, p.Token, p.Scopes, vars)
	if err != nil {
		return err
	}
	return p.Check(body)
}

// ask sends one request of the manifest and returns the answer's body.
func (k *Link) ask(ctx context.Context, name string, r *manifest.CompiledRequest, token string, scopes manifest.Scopes, vars manifest.Vars) ([]byte, error) {
	built, err := r.Build(vars, manifest.Added{})
	if err != nil {
		if _, ok := errors.AsType[*purser.Error](err); ok {
			return nil, err
		}
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "missing_value", What: "a value of the " + name + " is missing",
			Hint: "Check the instance's settings and its organization at the vendor.", Err: err}
	}
	answer, err := k.Source.Fetch(ctx, engine.Request{Stream: name, Route: built.Route, Method: built.Method, URL: built.URL, Header: built.Header,
		Body: built.Body, ContentType: built.ContentType, Token: token, Scopes: scopes, Page: 1})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}
