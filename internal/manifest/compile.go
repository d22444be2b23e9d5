package manifest

import (
	"strings"

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
		return []string{"settings", "tenant", "account", "record", "given"}
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
		if c.m.HandedOver() {
			base = "load:"
		}
		if c.m.Source == SourceLDAP {
			base = "ldap:"
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
	if bare := t.Bare(); len(bare) > 0 && t.Query() {
		c.fail(at, "write ${sql_int("+bare[0]+")}, ${sql_time(…)} or ${sql_id(…)}: nothing else may stand in the text of a query", "${%s} could change the query", bare[0])
	}
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
