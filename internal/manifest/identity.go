package manifest

import (
	"slices"
	"strings"

	"purser"
	"purser/internal/mapping"
)

// CompiledTenant finds the vendor's own identity of what was connected.
type CompiledTenant struct {
	*Tenant
	Request *CompiledRequest // nil if the identity stands in the token's answer or the callback
	records *mapping.Program
	baseURL mapping.Template
	answers []string // places of base_url that stand in the answer, after id, name and account
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
	if !t.From.Answer && !t.From.Settings && t.From.Params == "" {
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
	if t.BaseURL != "" {
		if out.baseURL, err = mapping.ParseTemplate(t.BaseURL); err != nil {
			c.fail("tenant.base_url", "", "%v", err)
		}
	}
	for _, name := range out.baseURL.Names() {
		if rest, ok := strings.CutPrefix(name, "answer."); ok {
			at := purser.Field{Name: name, Type: purser.Text}
			spec.Kind, out.answers = append(spec.Kind, at), append(out.answers, name)
			spec.Fields = append(spec.Fields, mapping.FieldSpec{Field: at, From: rest})
		}
	}
	if out.records, err = mapping.Compile(spec); err != nil {
		c.fail("tenant", "", "%v", err)
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
			if id.BaseURL, err = t.base(id, r, v); err != nil {
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

// base makes the tenant's own address. Where requests go is the vendor's word: the
// host is held against the manifest's list with each of them.
func (t *CompiledTenant) base(id Identity, r mapping.Record, v Vars) (string, error) {
	address, err := t.baseURL.ExpandURL(func(name string) (string, bool) {
		if name == "tenant.id" {
			return id.ID, true
		}
		if at := slices.Index(t.answers, name); at >= 0 {
			value := r.Values[3+at]
			return value.S, value.Known
		}
		return v(name)
	})
	if err != nil {
		return "", &purser.Error{Class: purser.ClassInvalidResponse, What: "the vendor does not say at which address the organization is reached", Err: err}
	}
	return address, nil
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
	return e.tooFew("the vendor answered without an error, but with fewer records than there must be")
}

// CheckKept is Check for records that keep has let through, of so many that came.
func (e *Expect) CheckKept(kept, came int) error {
	if e == nil || kept >= e.MinKept || came == 0 {
		return nil
	}
	return e.tooFew("the vendor answered without an error, but hardly any record can be used")
}

func (e *Expect) tooFew(what string) error {
	class := purser.Class(e.Else)
	if class == "" {
		class = purser.ClassInvalidResponse
	}
	err := &purser.Error{Class: class, Code: "too_few_records", What: what, Hint: e.Hint}
	if e.Hint == "" && class == purser.ClassPermission {
		err.Hint = "The credential is accepted but sees nothing. Give it the role that the set-up help names, then check again."
	}
	return err
}
