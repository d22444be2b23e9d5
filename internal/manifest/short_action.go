package manifest

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// usual is what an action of that name does unless it says otherwise.
type usual struct {
	target string // kind of record
	when   string // otherwise there is nothing to do
	status string // of the account when it has worked; "" if the record is gone or there
	undo   string // the action that undoes it, where the connector has it
	final  bool   // nothing undoes it
}

func usualOf(action string) usual {
	switch action {
	case "suspend":
		return usual{target: "account", when: `account.status == "active"`, status: "suspended", undo: "reactivate"}
	case "reactivate":
		return usual{target: "account", when: `account.status == "suspended"`, status: "active"}
	case "deactivate":
		return usual{target: "account", when: `account.status != "deactivated"`, status: "deactivated", undo: "reactivate"}
	case "delete":
		return usual{target: "account", final: true}
	case "create":
		return usual{target: "account"}
	case "revoke_sessions":
		return usual{target: "account", status: "active", final: true}
	case "revoke_grants":
		return usual{final: true}
	case "remove_from_group":
		return usual{target: "membership"}
	case "assign_group":
		return usual{target: "membership", undo: "remove_from_group"}
	case "remove_seat":
		return usual{target: "seat"}
	case "assign_seat":
		return usual{target: "seat", undo: "remove_seat"}
	case "unassign":
		return usual{target: "assignment"}
	}
	return usual{}
}

// actions writes every_action, like and what follows from an action's name out.
func (d *decoder) actions(root *yaml.Node) {
	common := take(root, "every_action")
	d.mapping("every_action", common)
	d.requestsOf("every_action", common)
	all := child(root, "actions")
	known := map[string]*yaml.Node{}
	each(all, func(name string, _, a *yaml.Node) *yaml.Node {
		at := "actions." + name
		d.requestsOf(at, a)
		if like := take(a, "like"); like != nil {
			if base := known[like.Value]; base != nil {
				a = inherited(lacking(base, "when", "undo", "reads_back", "data_effect", "irreversible"), a)
			} else {
				d.fail(like, at+".like", "actions are read in the order of the file", "there is no action %q before this one", like.Value)
			}
		} else if isMapping(common) {
			a = inherited(common, a)
		}
		known[name] = a
		return a
	})
	each(all, func(name string, kn, a *yaml.Node) *yaml.Node { return d.usual(root, all, name, kn, a) })
}

func (d *decoder) requestsOf(at string, a *yaml.Node) {
	if !isMapping(a) {
		return
	}
	d.address(at, a)
	if list := member(a, "requests"); list != nil && list.Kind == yaml.SequenceNode {
		for _, n := range list.Content {
			d.address(at+".requests", n)
		}
	}
}

// usual adds what follows from an action's name. null says that it does not follow.
func (d *decoder) usual(root, all *yaml.Node, name string, kn, a *yaml.Node) *yaml.Node {
	u := usualOf(name)
	a = lacking(a)
	add := func(key string, value *yaml.Node) {
		switch given := member(a, key); {
		case isNull(given) && d.keep:
		case isNull(given):
			take(a, key)
		case given == nil && value != nil:
			put(a, key, value, kn)
		}
	}
	text := func(s string) *yaml.Node {
		if s == "" {
			return nil
		}
		return word(s, kn)
	}
	if name == "reactivate" && member(all, "suspend") == nil {
		u.when = `account.status == "deactivated"`
	}
	add("target", text(u.target))
	add("when", text(u.when))
	var proof, undo *yaml.Node
	if target := member(a, "target"); target != nil {
		if name == "revoke_grants" && target.Value == "account" {
			u.status = "active"
		}
		proof = provenBy(root, target.Value, u.status, kn)
	}
	add("reads_back", proof)
	irreversible := member(a, "irreversible")
	if member(all, u.undo) != nil && irreversible == nil {
		undo = text(u.undo)
	}
	add("undo", undo)
	if u.final && member(a, "undo") == nil && irreversible == nil {
		put(a, "irreversible", truth(kn), kn)
	}
	return a
}

// provenBy is the reading that proves an action: the one complete list of what it
// changes, nil if there is none or several.
func provenBy(root *yaml.Node, kind, status string, at *yaml.Node) *yaml.Node {
	var found []string
	each(child(root, "tasks"), func(_ string, _, t *yaml.Node) *yaml.Node {
		each(child(t, "streams"), func(name string, _, s *yaml.Node) *yaml.Node {
			emits, mode := member(s, "emits"), member(s, "mode")
			if emits != nil && mode != nil && emits.Value == kind && mode.Value == "snapshot" && member(s, "enrich") == nil {
				found = append(found, name)
			}
			return s
		})
		return t
	})
	if len(found) != 1 || strings.Contains(found[0], ".") {
		return nil
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Line: at.Line, Column: at.Column}
	put(out, "stream", word(found[0], at), at)
	if status != "" && kind == "account" {
		put(out, "field", word("status", at), at)
		put(out, "want", word(status, at), at)
	}
	return out
}
