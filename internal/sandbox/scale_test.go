package sandbox_test

import (
	"net/http"
	"testing"

	"purser/internal/sandbox"
)

func TestAGeneratedTenantHasTheSizeThatWasAskedFor(t *testing.T) {
	for _, cache := range []bool{false, true} {
		c := start(t, sandbox.Options{NoJournal: true, Scale: &sandbox.Scale{Users: 300, Apps: 3, Assignments: 500, Groups: 4, Memberships: 270, Cache: cache}})
		for range 2 { // the second time from the cache, where there is one
			users := c.all(oktaAPI+"/users?limit=150"+allUsers, c.ssws(), 2)
			if distinct(t, users, "id") != 300 || distinct(t, users, "profile.email") != 300 {
				t.Fatalf("%d users", len(users))
			}
			if bare := c.all(oktaAPI+"/users?limit=200", c.ssws(), 2); len(bare) != 294 {
				t.Errorf("a bare list gives %d users", len(bare))
			}
			assigned, members := 0, 0
			for _, a := range c.all(oktaAPI+"/apps?limit=2", c.ssws(), 2) {
				rows := c.all(oktaAPI+"/apps/"+a["id"].(string)+"/users?limit=100", c.ssws(), 2)
				if assigned += len(rows); distinct(t, rows, "id") != len(rows) {
					t.Error("a user is assigned twice")
				}
			}
			for _, g := range c.all(oktaAPI+"/groups", c.ssws(), 1) {
				rows := c.all(oktaAPI+"/groups/"+g["id"].(string)+"/users?limit=40", c.ssws(), 3)
				if members += len(rows); distinct(t, rows, "id") != len(rows) {
					t.Error("a user is a member twice")
				}
			}
			if assigned != 500 || members != 270 {
				t.Errorf("%d assignments, %d memberships", assigned, members)
			}
		}
		c.TouchScale(10)
		first := c.get(200, oktaAPI+"/users?limit=20"+allUsers, c.ssws()).list(t)
		if at(first[9], "profile.title") != "Newly promoted Specialist 9" || at(first[10], "profile.title") != "Specialist 10" {
			t.Errorf("%v, %v", first[9], first[10])
		}
		c.get(401, oktaAPI+"/users", map[string]string{"Authorization": "SSWS x"})
		c.get(404, oktaAPI+"/groups/00gs0000000000000009/users", c.ssws())
	}
}

func TestGeneratedUsersAreAboutAsLargeAsRealOnes(t *testing.T) {
	c := start(t, sandbox.Options{Scale: &sandbox.Scale{Users: 1_000_000}})
	r := c.get(200, oktaAPI+"/users?limit=200"+allUsers, c.ssws())
	if each := len(r.Body) / 200; each < 1400 || each > 1700 {
		t.Errorf("%d bytes each", each)
	}
	c.Script(sandbox.Fault{Kind: sandbox.CutJSON})
	if r := c.get(200, oktaAPI+"/users?limit=200"+allUsers, c.ssws()); r.next() == "" || len(r.Body) > 200*900 {
		t.Errorf("a generated page is cut on cue: %d bytes", len(r.Body))
	}
}

func BenchmarkGeneratedUsers(b *testing.B) {
	s, err := sandbox.Start(b.Context(), sandbox.Options{NoJournal: true, Scale: &sandbox.Scale{Users: 1_000_000}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	key := s.Credentials().Okta.APIToken
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), "GET", s.Map()["acme.okta.com"]+"/api/v1/users?limit=200", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Host = "acme.okta.com"
		req.Header.Set("Authorization", "SSWS "+key)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_ = res.Body.Close()
	}
}
