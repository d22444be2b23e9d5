package manifest

import "gopkg.in/yaml.v3"

// credentials writes like and fields by their names out, for each way to authorize.
func (d *decoder) credentials(root *yaml.Node) {
	known := map[string]*yaml.Node{}
	each(child(root, "auth"), func(name string, _, a *yaml.Node) *yaml.Node {
		at := "auth." + name
		d.credentialFields(at, member(a, "fields"))
		if like := take(a, "like"); like != nil {
			if base := known[like.Value]; base != nil {
				a = merged(base, a)
			} else {
				d.fail(like, at+".like", "ways are read in the order of the file", "there is no way %q before this one", like.Value)
			}
		}
		known[name] = a
		return a
	})
}

// credentialFields makes a list of fields that are written by their names:
// client_id: where to find it. The label of the usual ones follows from the name.
func (d *decoder) credentialFields(at string, fields *yaml.Node) {
	if !isMapping(fields) {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: fields.Line, Column: fields.Column}
	d.keys(at+".fields", fields, func(name string, kn, vn *yaml.Node) {
		one := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Line: kn.Line, Column: kn.Column}
		put(one, "name", kn, kn)
		label, format, shown := usualField(name)
		switch {
		case vn.Kind == yaml.MappingNode:
			one.Content = append(one.Content, vn.Content...)
		case label == "":
			d.fail(vn, at+".fields."+name, "{label: …, help: …}", "%q has no usual label", name)
		default:
			put(one, "help", vn, vn)
		}
		if member(one, "label") == nil && label != "" {
			put(one, "label", word(label, kn), kn)
		}
		if member(one, "format") == nil && format != "" {
			put(one, "format", word(format, kn), kn)
		}
		if member(one, "shown") == nil && shown {
			put(one, "shown", truth(kn), kn)
		}
		list.Content = append(list.Content, one)
	})
	*fields = *list
}

// usualField is the label and the form of a field that many vendors have.
func usualField(name string) (label, format string, shown bool) {
	switch name {
	case "client_id":
		return "Client ID", "", true
	case "client_secret":
		return "Client secret", "", false
	case "key_id":
		return "Key ID (kid)", "", true
	case "private_key":
		return "Private key", "pem", false
	case "token":
		return "API token", "", false
	case "api_key":
		return "API key", "", false
	case "password":
		return "Password", "", false
	}
	return "", "", false
}
