package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
)

type instanceCreateCmd struct {
	Connector  string   `arg:"" help:"Connector, as in purser connector list."`
	Name       string   `required:"" help:"Name of the instance."`
	Auth       string   `help:"Way to authorize; the recommended one without it."`
	Set        []string `help:"Setting: name=value; can be repeated." placeholder:"NAME=VALUE" sep:"none"`
	Secret     []string `help:"Credential: name=@file, name=- for standard input, or name to be asked; can be repeated." placeholder:"NAME=@FILE" sep:"none"`
	Tasks      []string `help:"Tasks to read; the connector's usual ones without it." placeholder:"TASK"`
	Tenant     string   `help:"Identifier of the tenant, where the vendor knows several." placeholder:"ID"`
	SetUpLater bool     `help:"Only note the application; connect it later."`
	Wait       bool     `help:"Wait for the first sync."`
}

// Run makes the draft, enters the credential, tests it, shows whose it is, and goes live.
func (c *instanceCreateCmd) Run(ctx context.Context, s *session) error {
	set, err := settings(c.Set)
	if err != nil {
		return err
	}
	fields, err := s.secrets(c.Secret)
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	var i purser.Instance
	in := map[string]any{"connector": c.Connector, "name": c.Name, "auth": c.Auth, "settings": set, "set_up_later": c.SetUpLater}
	if len(c.Tasks) > 0 {
		in["tasks"] = c.Tasks
	}
	if err := cl.do(ctx, http.MethodPost, "/instances", nil, in, &i); err != nil {
		return err
	}
	if c.SetUpLater || len(fields) == 0 {
		if i.Status == purser.StatusLive { // there is nobody to authorize at
			return s.done(i, "%s is live. Hand records over with `purser load`, or in the browser\n", plain(i.Name))
		}
		return s.done(i, "%s is %s: no credential yet. Enter it with `purser instance credential`, or in the browser\n", plain(i.Name), i.Status)
	}
	consent, err := cl.consents(ctx, i)
	if err != nil {
		return err
	}
	if consent {
		return s.authorize(ctx, cl, i, fields)
	}
	connected, err := s.connect(ctx, cl, i, c.Auth, fields, c.Tenant)
	if err != nil {
		s.note("%s stays a draft (%s). Mend it and run `purser instance credential %s --secret …`\n", plain(i.Name), i.ID, i.ID)
		return err
	}
	return s.live(ctx, cl, connected, c.Wait)
}

// consents reports whether a person must consent on the vendor's page.
func (c *client) consents(ctx context.Context, i purser.Instance) (bool, error) {
	var preview struct {
		Auth []struct {
			Name    string `json:"name"`
			Browser bool   `json:"browser"`
		} `json:"auth"`
	}
	if err := c.do(ctx, http.MethodGet, "/connectors/"+url.PathEscape(i.Connector), nil, nil, &preview); err != nil {
		return false, err
	}
	for _, a := range preview.Auth {
		if a.Name == i.Auth {
			return a.Browser, nil
		}
	}
	return false, nil
}

// authorize keeps the application's own credential and says where a person goes on.
func (s *session) authorize(ctx context.Context, cl *client, i purser.Instance, fields map[string]string) error {
	in := map[string]any{"auth": i.Auth, "fields": fields}
	if err := cl.do(ctx, http.MethodPut, "/instances/"+i.ID+"/credential", nil, in, nil); err != nil {
		return err
	}
	var about struct {
		PublicURL string `json:"public_url"`
	}
	if err := cl.do(ctx, http.MethodGet, "/about", nil, nil, &about); err != nil {
		return err
	}
	address := about.PublicURL + "/instances/" + i.ID + "/authorize"
	return s.done(map[string]any{"instance": i, "authorize_url": address}, "%s is a draft: a person must consent at the vendor. Go on in the browser:\n  %s\n", plain(i.Name), address)
}

type instanceCredentialCmd struct {
	Name   string   `arg:"" help:"Name or identifier."`
	Auth   string   `help:"Way to authorize; as it was without it."`
	Secret []string `required:"" help:"Credential: name=@file, name=- for standard input, or name to be asked; can be repeated." placeholder:"NAME=@FILE" sep:"none"`
	Tenant string   `help:"Identifier of the tenant, where the vendor knows several." placeholder:"ID"`
	Wait   bool     `help:"Wait for the sync."`
}

// Run enters the credential anew.
func (c *instanceCredentialCmd) Run(ctx context.Context, s *session) error {
	fields, err := s.secrets(c.Secret)
	if err != nil {
		return err
	}
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	if c.Auth != "" {
		i.Auth = c.Auth
	}
	consent, err := cl.consents(ctx, i)
	if err != nil {
		return err
	}
	if consent {
		return s.authorize(ctx, cl, i, fields)
	}
	connected, err := s.connect(ctx, cl, i, c.Auth, fields, c.Tenant)
	if err != nil {
		return err
	}
	return s.live(ctx, cl, connected, c.Wait)
}

// tested is what the server says of a live test.
type tested struct {
	OK         bool         `json:"ok"`
	Account    string       `json:"account"`
	TenantID   string       `json:"tenant_id"`
	TenantName string       `json:"tenant_name"`
	Tenants    []tenant     `json:"tenants"`
	Missing    []string     `json:"missing"`
	Message    string       `json:"message"`
	Hint       string       `json:"hint"`
	Class      purser.Class `json:"class"`
}

type tenant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// connect enters a credential, tests it with a live call, has the tenant chosen
// and confirmed, and goes live.
func (s *session) connect(ctx context.Context, cl *client, i purser.Instance, auth string, fields map[string]string, chosen string) (purser.Instance, error) {
	path := "/instances/" + i.ID
	if auth == "" {
		auth = i.Auth
	}
	if err := cl.do(ctx, http.MethodPut, path+"/credential", nil, map[string]any{"auth": auth, "fields": fields}, nil); err != nil {
		return i, err
	}
	var t tested
	if err := cl.do(ctx, http.MethodPost, path+"/test", nil, nil, &t); err != nil {
		return i, err
	}
	if !t.OK && len(t.Tenants) == 0 { // with several it works once one is chosen
		return i, &purser.Error{Class: t.Class, What: t.Message, Hint: t.Hint}
	}
	if chosen == "" && t.TenantID == "" && len(t.Tenants) > 0 {
		if len(t.Tenants) > 1 {
			names := make([]string, len(t.Tenants))
			for n, one := range t.Tenants {
				names[n] = one.ID + " (" + one.Name + ")"
			}
			p := purser.Invalid("tenant", "this credential reaches several tenants: %s", strings.Join(names, ", "))
			p.Hint = "Choose one with --tenant"
			return i, p
		}
		chosen = t.Tenants[0].ID
	}
	if chosen != "" && chosen != t.TenantID {
		if err := cl.do(ctx, http.MethodPut, path+"/tenant", nil, map[string]string{"tenant_id": chosen}, nil); err != nil {
			return i, err
		}
		t = tested{}
		if err := cl.do(ctx, http.MethodPost, path+"/test", nil, nil, &t); err != nil {
			return i, err
		}
		if !t.OK {
			return i, &purser.Error{Class: t.Class, What: t.Message, Hint: t.Hint}
		}
	}
	s.note("works, as account %s of tenant %s\n", plain(or(t.Account, "unknown")), plain(or(t.TenantName, or(t.TenantID, "unknown"))))
	for _, m := range t.Missing {
		s.note("  missing: %s\n", plain(m))
	}
	yes, err := s.confirm("Is this the right account and tenant?")
	if err != nil {
		return i, err
	}
	if !yes {
		return i, &exit{code: exitCanceled, err: &purser.Problem{What: "not confirmed"}}
	}
	if err := cl.do(ctx, http.MethodPost, path+"/confirm", nil, nil, nil); err != nil {
		return i, err
	}
	return cl.instance(ctx, i.ID)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// live tells of a live instance and waits for its first sync if asked.
func (s *session) live(ctx context.Context, cl *client, i purser.Instance, wait bool) error {
	if !wait {
		return s.done(i, "%s is %s (%s); the first sync is queued\n", plain(i.Name), i.Status, i.ID)
	}
	var runs struct {
		Items []purser.Run `json:"items"`
	}
	q := map[string][]string{"instance": {i.ID}}
	if err := cl.do(ctx, http.MethodGet, "/runs", q, nil, &runs); err != nil {
		return err
	}
	return s.wait(ctx, cl, runs.Items)
}
