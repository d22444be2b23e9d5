// Package trial connects a connector to its vendor from the command line, without
// a server and without a database: it reads some pages, shows what they gave, and
// writes what an author needs for the connector's own tests. Nothing that is
// entered or read outlives the process.
package trial

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/hook"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

// Options make a Trial.
type Options struct {
	Files    fs.FS  // holds the connector's folder
	Folder   string // its name there
	Auth     string // way to authorize; the recommended one if empty
	Settings map[string]string
	Fields   map[string]string // of the credential
	Tasks    []string          // to be read; all if empty
	Hooks    []hook.Hook       // code that a built-in manifest may name

	VendorMap egress.VendorMap
	UserAgent string
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error
	Rand      io.Reader
	Record    func(vendorhttp.Event) // is told each request; may be nil
}

// Trial is a connector with a credential, ready to ask the vendor.
type Trial struct {
	connector *manifest.Connector
	instance  purser.Instance
	tasks     []purser.TaskName
	links     connect.Links
	link      *connect.Link
	hooks     []hook.Hook
	now       func() time.Time
}

// instanceID names the only instance of a trial.
const instanceID = purser.PrefixInstance + "trial"

// Open checks settings and credential and seals the credential in memory. No
// request is made. What is wrong with the manifest is manifest.Problems.
func Open(ctx context.Context, o Options) (*Trial, error) {
	folder, err := fs.Sub(o.Files, o.Folder)
	if err != nil {
		return nil, err
	}
	c, err := manifest.LoadConnector(folder)
	if err != nil {
		return nil, err
	}
	auth := c.Manifest.AuthNamed(o.Auth)
	if o.Auth == "" && len(c.Manifest.Auth) > 0 {
		auth = &c.Manifest.Auth[0]
	}
	if auth == nil {
		return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "auth", What: fmt.Sprintf("%q is no way to authorize at %s", o.Auth, c.Manifest.Title),
			Hint: "There are: " + strings.Join(ways(c.Manifest), ", ")}
	}
	settings, _, err := c.Manifest.CheckSettings(o.Settings)
	if err != nil {
		return nil, err
	}
	tasks, err := chosen(c, o.Tasks)
	if err != nil {
		return nil, err
	}
	transport := egress.New(egress.Options{VendorMap: o.VendorMap}).Transport()
	sealer, err := credential.PassingSealer()
	if err != nil {
		return nil, err
	}
	t := &Trial{connector: c, tasks: tasks, hooks: o.Hooks, now: o.Now,
		instance: purser.Instance{ID: instanceID, Connector: c.Manifest.Name, Name: c.Manifest.Title, Auth: auth.Name, Settings: settings}}
	vault := NewVault()
	t.links = connect.Links{Catalog: manifest.CatalogOf(c),
		Broker: credential.NewBroker(credential.Options{Store: vault, Flows: vault, Sealer: sealer, HTTP: transport, UserAgent: o.UserAgent, Holder: "trial",
			Now: o.Now, Rand: o.Rand, Sleep: o.Sleep}),
		Client: vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: o.UserAgent, Now: o.Now, Sleep: o.Sleep, Jitter: rand.Float64})}
	if t.link, err = t.links.Open(t.instance, tasks, o.Record); err != nil {
		return nil, err
	}
	return t, t.links.Broker.Enter(ctx, credential.Entry{CredentialID: connect.CredentialID(instanceID, false), InstanceID: instanceID,
		Connector: c.Manifest.Name, Auth: auth, Pins: t.link.Pins, Values: o.Fields})
}

func ways(m *manifest.Manifest) []string {
	out := make([]string, len(m.Auth))
	for i := range m.Auth {
		out[i] = m.Auth[i].Name
	}
	return out
}

func chosen(c *manifest.Connector, names []string) ([]purser.TaskName, error) {
	var all, out []purser.TaskName
	for _, t := range c.Tasks {
		all = append(all, purser.TaskName(t.Name))
	}
	if len(names) == 0 {
		return all, nil
	}
	for _, n := range names {
		if !slices.Contains(all, purser.TaskName(n)) {
			return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "task", What: fmt.Sprintf("%q is no task of %s", n, c.Manifest.Title), Hint: fmt.Sprint("There are: ", all)}
		}
		out = append(out, purser.TaskName(n))
	}
	return out, nil
}

// Identify asks the vendor what was connected, and makes the test request of the
// manifest. Where the credential reaches several organizations the one with the
// wanted id is taken; without one they are in the error.
func (t *Trial) Identify(ctx context.Context, wanted string) (manifest.Identity, error) {
	found, err := t.identities(ctx)
	if err != nil {
		return manifest.Identity{}, err
	}
	var id manifest.Identity
	switch at := slices.IndexFunc(found, func(f manifest.Identity) bool { return f.ID == wanted }); {
	case at >= 0:
		id = found[at]
	case len(found) == 1 && wanted == "":
		id = found[0]
	case len(found) > 0:
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = f.ID + " (" + f.Name + ")"
		}
		return id, &purser.Problem{Kind: purser.ProblemInvalid, Field: "tenant", What: "the credential reaches several organizations, or not the one that was named",
			Hint: "Name one with --tenant: " + strings.Join(names, ", ")}
	}
	t.instance.TenantID, t.instance.TenantName = id.ID, id.Name
	if p := t.connector.Probe; p != nil && p.Request != nil {
		body, err := t.ask(ctx, "test", p.Request, p.Token, p.Scopes)
		if err == nil {
			err = p.Check(body)
		}
		if err != nil {
			return id, err
		}
	}
	return id, nil
}

func (t *Trial) identities(ctx context.Context) ([]manifest.Identity, error) {
	of := t.connector.Tenant
	if of == nil || of.From.Params != "" {
		return nil, nil
	}
	var body []byte
	var err error
	if of.From.Answer {
		body, err = t.link.Session.Answer(ctx)
	} else {
		body, err = t.ask(ctx, "tenant", of.Request, of.Token, of.Tenant.Scopes)
	}
	if err != nil {
		return nil, err
	}
	return of.Read(body, connect.Vars(t.instance))
}

func (t *Trial) ask(ctx context.Context, name string, r *manifest.CompiledRequest, token string, scopes manifest.Scopes) ([]byte, error) {
	built, err := r.Build(connect.Vars(t.instance), manifest.Added{})
	if err != nil {
		return nil, err
	}
	answer, err := t.link.Source.Fetch(ctx, engine.Request{Stream: name, Route: built.Route, Method: built.Method, URL: built.URL, Header: built.Header,
		Body: built.Body, ContentType: built.ContentType, Token: token, Scopes: scopes, Page: 1})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// Consents reports whether a person must consent on the vendor's page first.
func (t *Trial) Consents() bool { return t.link.Auth.Grant == "code" }

// browser stands for the browser session of a consent: there is only one person.
const browser = "trial"

// Begin returns the vendor's page for the person who consents.
func (t *Trial) Begin(ctx context.Context, redirect string) (string, error) {
	u, err := t.links.Broker.Begin(ctx, t.link.Session, credential.Consent{InstanceID: instanceID, Connector: t.connector.Manifest.Name, Browser: browser, Redirect: redirect})
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// Finish turns what the vendor's page sent back into a token.
func (t *Trial) Finish(ctx context.Context, back *http.Request) error {
	if told := back.FormValue("error"); told != "" {
		return &purser.Error{Class: purser.ClassPermission, What: "the vendor's page answered " + told, Hint: "Begin again and consent."}
	}
	flow, err := t.links.Broker.Take(ctx, back.FormValue("state"), browser)
	if err != nil {
		return err
	}
	_, err = t.links.Broker.Exchange(ctx, t.link.Session, flow, back.FormValue("code"))
	return err
}
