package manifest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"purser"
	"purser/internal/mapping"
)

// CompiledAction is an action whose requests only need values.
type CompiledAction struct {
	*Action
	Steps []*CompiledRequest
	when  *mapping.Program // nil: always
	given []string
}

// Action returns an action by name, nil if there is none.
func (p *Plan) Action(name string) *CompiledAction {
	i := slices.IndexFunc(p.Actions, func(a *CompiledAction) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return p.Actions[i]
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
	for _, step := range out.Steps {
		for _, name := range step.names() {
			if given, ok := strings.CutPrefix(name, "given."); ok && !slices.Contains(out.given, given) {
				out.given = append(out.given, given)
			}
		}
	}
	if a.When == "" {
		return out
	}
	paths, err := mapping.Paths(a.When)
	if err != nil {
		c.fail(at+".when", "", "%v", err)
		return out
	}
	for _, path := range paths {
		if root, _, _ := strings.Cut(path, "."); root != "account" && root != "record" && root != "given" {
			c.fail(at+".when", "such as account.status == \"active\"", "%s has no value here", path)
		}
	}
	out.when, err = mapping.Compile(mapping.Spec{As: "one", Absent: true, Answer: map[string]string{"when": a.When}})
	if err != nil {
		c.fail(at+".when", "", "%v", err)
	}
	return out
}

// Given returns what a person has to choose for the action: the names of its
// ${given.x} places.
func (a *CompiledAction) Given() []string { return slices.Clone(a.given) }

// Applies reports whether there is something to do for a record; unknown if what
// is known of it does not tell. facts holds account, record and given, each a
// map of fields.
func (a *CompiledAction) Applies(facts map[string]any, v Vars) (purser.Tristate, error) {
	if a.when == nil {
		return purser.Yes, nil
	}
	body, err := json.Marshal(facts)
	if err != nil {
		return purser.Unknown, err
	}
	page, err := a.when.Decode(body, mapping.Env{Value: v})
	if err != nil {
		return purser.Unknown, err
	}
	return page.Answer.Is("when"), nil
}

// Repeatable reports whether a request of the action may arrive twice. PUT and
// DELETE are idempotent by RFC 9110, section 9.2.2 (read 2026-11); where the
// vendor tells "already done" apart, the second request is refused as such.
func (a *Action) Repeatable(method string) bool {
	return a.Idempotent || len(a.AlreadyDone) > 0 || method == "PUT" || method == "DELETE"
}

// names returns the names of all places of a request.
func (c *CompiledRequest) names() []string {
	out := c.address.Names()
	for _, pairs := range [][]compiledPair{c.query, c.header, c.form} {
		for _, p := range pairs {
			for _, t := range p.values {
				out = append(out, t.Names()...)
			}
		}
	}
	return append(out, c.body.placeNames()...)
}

func (c *compiledTree) placeNames() (out []string) {
	if c == nil {
		return nil
	}
	if c.text != nil {
		out = c.text.Names()
	}
	for _, kid := range c.members {
		out = append(out, kid.placeNames()...)
	}
	return out
}

// ScopesOfActions returns what the actions behind the named switches need of one token.
func (m *Manifest) ScopesOfActions(token string, switches ...string) Scopes {
	var out Scopes
	for i := range m.Actions {
		a := &m.Actions[i]
		if a.Token != token || !slices.Contains(switches, a.Switch()) {
			continue
		}
		for _, group := range a.Scopes {
			if !slices.ContainsFunc(out, func(g []string) bool { return slices.Equal(g, group) }) {
				out = append(out, group)
			}
		}
	}
	return out
}
