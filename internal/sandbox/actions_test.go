package sandbox_test

import (
	"net/url"
	"testing"

	"purser/internal/sandbox"
)

func TestWhatIsAskedOfTheDirectoriesShowsInTheirLists(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.google("admin.directory.user")
	users := adminAPI + "users?customer=my_customer&maxResults=200"
	pick := func() map[string]any {
		for _, u := range c.collect(users, "users", h) {
			if u["suspended"] == false && u["archived"] == false && u["isAdmin"] == false {
				return u
			}
		}
		t.Fatal("nobody is active")
		return nil
	}
	one := pick()["id"].(string)
	c.ask(200, "PUT", adminAPI+"users/"+one, h, `{"suspended": true}`)
	if u := c.get(200, adminAPI+"users/"+one, h).object(t); u["suspended"] != true {
		t.Errorf("suspended: %v", u["suspended"])
	}
	c.ask(200, "PUT", adminAPI+"users/"+one, h, `{"suspended": false}`)
	if u := c.get(200, adminAPI+"users/"+one, h).object(t); u["suspended"] != false || u["primaryEmail"] == "" {
		t.Errorf("given back: %v", u)
	}

	api := "https://" + c.creds.Okta.Domain + "/api/v1/"
	list := api + "users?limit=200&filter=" + url.QueryEscape(`status eq "ACTIVE"`)
	person := c.all(list, c.ssws(), 20)[0]["id"].(string)
	groups := c.all(api+"groups", c.ssws(), 20)
	for _, g := range groups {
		id := g["id"].(string)
		members := c.all(api+"groups/"+id+"/users?limit=1000", c.ssws(), 20)
		if g["type"] != "OKTA_GROUP" || len(members) == 0 {
			continue
		}
		c.ask(204, "DELETE", api+"groups/"+id+"/users/"+members[0]["id"].(string), c.ssws(), "")
		if left := c.all(api+"groups/"+id+"/users?limit=1000", c.ssws(), 20); len(left) != len(members)-1 {
			t.Errorf("%d of %d members are left", len(left), len(members))
		}
		break
	}
	c.ask(204, "DELETE", api+"users/"+person+"/sessions?oauthTokens=true", c.ssws(), "")
	c.ask(200, "POST", api+"users/"+person+"/lifecycle/deactivate?sendEmail=false", c.ssws(), "")
	if u := c.get(200, api+"users/"+person, c.ssws()).object(t); u["status"] != "DEPROVISIONED" {
		t.Errorf("deactivated: %v", u["status"])
	}
}
