package manifest

import (
	"strconv"
	"strings"

	"purser"
	"purser/internal/mapping"
)

// use says what a request is for: it decides which headers and places it may have.
type use int

const (
	task   use = iota // also the probe: with the tenant's address and headers
	tenant            // before the tenant is known
	act
)

// allowed lists the roots of ${…} places.
func (u use) allowed() []string {
	switch u {
	case task:
		return []string{"settings", "tenant", "parent", "vary", "start", "end", "page"}
	case act:
		return []string{"settings", "tenant", "account", "record"}
	}
	return []string{"settings"}
}

// requests compiles a request: one, or the fallbacks of a get in their order.
func (c *planner) requests(at string, r *Request, u use) []*CompiledRequest {
	methods := 0
	for _, given := range []bool{len(r.Get) > 0, r.Post != "", r.Put != "", r.Patch != "", r.Delete != ""} {
		if given {
			methods++
		}
	}
	if methods != 1 {
		c.fail(at, "write one of get, post"+map[bool]string{true: ", put, patch, delete"}[u == act], "one request is expected here, there are %d", methods)
		return nil
	}
	method, addresses := r.Method()
	if u != act && method != "GET" && method != "POST" {
		c.fail(at+"."+strings.ToLower(method), "", "only actions may %s", strings.ToLower(method))
	}
	var out []*CompiledRequest
	for _, address := range addresses {
		out = append(out, c.request(at, r, method, address, u))
	}
	return out
}

func (c *planner) request(at string, r *Request, method, address string, u use) *CompiledRequest {
	where := at + "." + strings.ToLower(method)
	out := &CompiledRequest{method: method, route: address}
	if strings.HasPrefix(address, "/") {
		base := strings.TrimSuffix(c.m.HTTP.BaseURL, "/")
		if u != tenant && c.m.Tenant != nil && c.m.Tenant.BaseURL != "" {
			base = "${tenant.base_url}"
		}
		if base == "" {
			c.fail(where, "give http.base_url, or the whole address here", "%s is relative, but to nothing", address)
		}
		address = base + address
	} else if !strings.HasPrefix(address, "https://") {
		c.fail(where, "start it with / or https://", "%q is no address", address)
	}
	out.address = c.template(where, address, u)
	out.query = c.pairsFor(at+".query", r.Query, u)
	out.form = c.pairsFor(at+".form", r.Form, u)
	out.header = c.pairsFor("http.headers", c.m.HTTP.Headers, u)
	if u != tenant && c.m.Tenant != nil {
		out.header = append(out.header, c.pairsFor("tenant.headers", c.m.Tenant.Headers, u)...)
	}
	out.header = append(out.header, c.pairsFor(at+".headers", r.Headers, u)...)
	if r.JSON != nil {
		if r.Form != nil || method == "GET" {
			c.fail(at+".json", "", "a JSON body cannot stand here")
		}
		tree, err := compileTree(r.JSON.node)
		if err != nil {
			c.fail(at+".json", "", "%v", err)
		}
		out.body = tree
		c.places(at+".json", tree, u)
	}
	return out
}

func (c *planner) places(at string, t *compiledTree, u use) {
	if t == nil {
		return
	}
	if t.text != nil {
		c.names(at, *t.text, u)
	}
	for _, kid := range t.members {
		c.places(at, kid, u)
	}
}

func (c *planner) pairs(at string, pairs []Pair) []compiledPair { return c.pairsFor(at, pairs, task) }

func (c *planner) pairsFor(at string, pairs []Pair, u use) []compiledPair {
	var out []compiledPair
	for _, p := range pairs {
		cp := compiledPair{name: p.Name}
		for _, v := range p.Values {
			cp.values = append(cp.values, c.template(at+"."+p.Name, v, u))
		}
		out = append(out, cp)
	}
	return out
}

func (c *planner) template(at, s string, u use) mapping.Template {
	t, err := mapping.ParseTemplate(s)
	if err != nil {
		c.fail(at, "write $${ for a plain ${", "%v", err)
	}
	c.names(at, t, u)
	return t
}

// names refuses places that can have no value, and secrets outside auth.
func (c *planner) names(at string, t mapping.Template, u use) {
	for _, name := range t.Names() {
		root, rest, _ := strings.Cut(name, ".")
		switch {
		case root == "secret":
			c.fail(at, "say in auth.send how the credential is sent", "${%s} is a secret: it may stand in auth only", name)
		case !contains(u.allowed(), root):
			c.fail(at, suggestion(root, u.allowed()), "${%s} has no value here", name)
		case root == "settings" && !c.setting(rest):
			c.fail(at, "", "there is no setting %q", rest)
		}
	}
}

func contains(list []string, s string) bool {
	for _, in := range list {
		if in == s {
			return true
		}
	}
	return false
}

func (c *planner) setting(name string) bool {
	for _, s := range c.m.Settings {
		if s.Name == name {
			return true
		}
	}
	return false
}

func (c *planner) action(a *Action) *CompiledAction {
	at := "actions." + a.Name
	out := &CompiledAction{Action: a}
	if len(a.Requests) == 0 {
		out.Steps = c.requests(at, &a.Request, act)
	}
	for i := range a.Requests {
		out.Steps = append(out.Steps, c.requests(at+".requests."+strconv.Itoa(i), &a.Requests[i], act)...)
	}
	if a.When != "" {
		if _, err := mapping.Paths(a.When); err != nil {
			c.fail(at+".when", "", "%v", err)
		}
	}
	return out
}

// CompiledTenant finds the vendor's own identity of what was connected.
type CompiledTenant struct {
	*Tenant
	Request *CompiledRequest // nil if the identity stands in the token's answer or the callback
	records *mapping.Program
	baseURL mapping.Template
}

// Identity is one tenant that a credential reaches.
type Identity struct {
	ID, Name, Account string
	BaseURL           string // "" if the manifest sets none
}

func (c *planner) tenant() *CompiledTenant {
	t := c.m.Tenant
	if t == nil {
		return nil
	}
	out := &CompiledTenant{Tenant: t}
	if !t.From.Answer && t.From.Params == "" {
		if rs := c.requests("tenant.from", &t.From.Request, tenant); len(rs) > 0 {
			out.Request = rs[0]
		}
	}
	if t.From.Params != "" {
		return out
	}
	if t.ID == "" {
		c.fail("tenant", "an expression over the answer, such as id: team_id", "id is missing")
		return out
	}
	fields := []purser.Field{{Name: "id", Type: purser.Text}, {Name: "name", Type: purser.Text}, {Name: "account", Type: purser.Text}}
	spec := mapping.Spec{Kind: fields, At: t.From.At, As: "one"}
	if t.From.Choose {
		spec.As = "list"
	}
	for i, src := range []string{t.ID, t.Name, t.Account} {
		if src != "" {
			spec.Fields = append(spec.Fields, mapping.FieldSpec{Field: fields[i], From: src})
		}
	}
	var err error
	if out.records, err = mapping.Compile(spec); err != nil {
		c.fail("tenant", "", "%v", err)
	}
	if t.BaseURL != "" {
		if out.baseURL, err = mapping.ParseTemplate(t.BaseURL); err != nil {
			c.fail("tenant.base_url", "", "%v", err)
		}
	}
	return out
}

// Read finds the identities in the answer of Request, or in the token's answer.
// There is one, unless the admin chooses.
func (t *CompiledTenant) Read(body []byte, v Vars) ([]Identity, error) {
	page, err := t.records.Decode(body, mapping.Env{Value: v})
	if err != nil {
		return nil, err
	}
	var out []Identity
	for _, r := range page.Records {
		id := Identity{ID: r.Values[0].S, Name: r.Values[1].S, Account: r.Values[2].S}
		if t.BaseURL != "" {
			id.BaseURL, err = t.baseURL.ExpandURL(func(name string) (string, bool) {
				if name == "tenant.id" {
					return id.ID, true
				}
				return v(name)
			})
			if err != nil {
				return nil, err
			}
		}
		out = append(out, id)
	}
	if len(out) == 0 {
		return nil, &purser.Error{Class: purser.ClassInvalidResponse, What: "the vendor does not say which organization was connected"}
	}
	return out, nil
}

// CompiledProbe is the request that says whether a credential works.
type CompiledProbe struct {
	*Probe
	Request *CompiledRequest
	records *mapping.Program // nil if nothing is expected of the answer
}

func (c *planner) probe() *CompiledProbe {
	p := c.m.Probe
	if p == nil {
		return nil
	}
	out := &CompiledProbe{Probe: p}
	if rs := c.requests("probe", &p.Request, task); len(rs) > 0 {
		out.Request = rs[0]
	}
	if p.Expect != nil {
		var err error
		out.records, err = mapping.Compile(mapping.Spec{At: p.At, Absent: true})
		if err != nil {
			c.fail("probe", "", "%v", err)
		}
	}
	return out
}

// Check holds a good answer against what is expected of it.
func (p *CompiledProbe) Check(body []byte) error {
	if p.records == nil {
		return nil
	}
	page, err := p.records.Decode(body, mapping.Env{})
	if err != nil {
		return err
	}
	return p.Expect.Check(page.Items)
}

// Check turns too few records into the error that they mean.
func (e *Expect) Check(rows int) error {
	if e == nil || rows >= e.MinRows {
		return nil
	}
	class := purser.Class(e.Else)
	if class == "" {
		class = purser.ClassInvalidResponse
	}
	err := &purser.Error{Class: class, Code: "too_few_records", What: "the vendor answered without an error, but with fewer records than there must be"}
	if class == purser.ClassPermission {
		err.Hint = "The credential is accepted but sees nothing. Give it the role that the set-up help names, then check again."
	}
	return err
}
