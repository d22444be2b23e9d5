package connectors_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"purser"
)

// sentExceptions are places where a change that Purser sends is not as the vendor's
// description has it, each with the reason and the date on which it was looked at.
func sentExceptions() map[string]string {
	return map[string]string{
		// 2026-11-22: there is no description of the interface for managed accounts; the developer pages have it.
		"atlassian deactivate POST": "part of the interface for managed accounts, of which there is no description",
		// 2026-11-22: the description of POST /group_memberships has no body at all, its reference page shows this one.
		"zendesk assign_group body": "the description leaves the body out",
	}
}

// checkSent holds the filled-in requests of an action against the vendor's
// description: method, path, parameters and every member of the body. Descriptions
// are large: read keeps those of each connector.
func checkSent(t *testing.T, read map[string][]description, connector, action string, sent []purser.ActionRequest) {
	t.Helper()
	sources, ok := descriptions()[connector]
	if !ok {
		if withoutDescription()[connector] == "" {
			t.Errorf("%s: no description is named for this connector", connector)
		}
		return
	}
	t.Run("as the vendor describes it", func(t *testing.T) {
		used := map[string]bool{}
		where := connector + " " + action
		refuse := func(what, why string) {
			key := where + " " + what
			if used[key] = true; sentExceptions()[key] == "" {
				t.Errorf("%s: %s", key, why)
			}
		}
		if read[connector] == nil {
			for _, s := range sources {
				read[connector] = append(read[connector], s.read(t))
			}
		}
		for _, r := range sent {
			u, err := url.Parse(r.URL)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, d := range read[connector] {
				op, ok := d.operation(r.Method, u.Path)
				if !ok {
					continue
				}
				found = true
				d.refusesSent(op, u, r, refuse)
				break
			}
			if !found {
				refuse(r.Method, "the vendor describes no "+r.Method+" "+u.Path)
			}
		}
		for key := range sentExceptions() {
			if strings.HasPrefix(key, where+" ") && !used[key] {
				t.Errorf("the exception %q is not needed any more", key)
			}
		}
	})
}

// refusesSent says what of a request stands in no description.
func (d description) refusesSent(op operation, u *url.URL, r purser.ActionRequest, refuse func(what, why string)) {
	given := u.Query()
	form := strings.Contains(r.ContentType, "form")
	if form && op.body == nil { // of vendors that describe arguments and leave open where they stand
		if fields, err := url.ParseQuery(r.Body); err == nil {
			for name, values := range fields {
				given[name] = values
			}
		}
	}
	for name, values := range given {
		schema, ok := op.query[name]
		if !ok {
			refuse("?"+name, "the vendor describes no such parameter")
			continue
		}
		for _, v := range values {
			if why := d.refuses(schema, v); why != "" {
				refuse("?"+name, why)
			}
		}
	}
	for _, name := range op.required {
		if !given.Has(name) {
			refuse("?"+name, "the vendor demands this parameter")
		}
	}
	if r.Body == "" || form && op.body == nil {
		return
	}
	if op.body == nil {
		refuse("body", "the vendor describes no body")
		return
	}
	var body any
	if form {
		fields, _ := url.ParseQuery(r.Body)
		members := object{}
		for name := range fields {
			members[name] = fields.Get(name)
		}
		body = members
	} else if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
		refuse("body", "it is no JSON: "+err.Error())
		return
	}
	if why := d.refuses(op.body, body); why != "" {
		refuse("body", why)
	}
}
