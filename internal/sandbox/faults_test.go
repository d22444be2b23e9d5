package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

const usersRoute = "/api/v1/users"

func TestEachFaultIsWhatItSaysAndIsCounted(t *testing.T) {
	c := start(t, sandbox.Options{})
	whole := c.get(200, oktaAPI+"/users?limit=50", c.ssws()).Body
	fire := func(f sandbox.Fault) (reply, error) {
		c.ClearFaults()
		f.Vendor, f.Route = sandbox.Okta, usersRoute
		before := c.Fired(f.Kind)
		c.Script(f)
		r, err := c.do("GET", oktaAPI+"/users?limit=50", c.ssws(), "")
		if c.Fired(f.Kind) == before {
			t.Errorf("%s did not fire", f.Kind)
		}
		return r, err
	}
	for _, status := range []int{500, 502, 401, 403, 404} {
		if r, err := fire(sandbox.Fault{Kind: sandbox.StatusFault, Status: status}); err != nil || r.Status != status || r.object(t)["errorCode"] == nil {
			t.Errorf("%d: %d %s %v", status, r.Status, r.Body, err)
		}
	}
	for retry, want := range map[sandbox.Retry]string{sandbox.RetrySeconds: "90", sandbox.RetryDate: "Mon, 02 Nov 2026 15:01:30 GMT",
		sandbox.RetryISO: "2026-11-02T15:01:30Z", sandbox.RetryNone: "", sandbox.RetryVendor: ""} {
		r, err := fire(sandbox.Fault{Kind: sandbox.RateLimited, Retry: retry, After: 90 * time.Second})
		if err != nil || r.Status != 429 || r.Header.Get("Retry-After") != want || (r.Header.Get("X-Rate-Limit-Reset") != "") != (retry == sandbox.RetryVendor) {
			t.Errorf("%q: %v %v", retry, r.Header, err)
		}
	}
	if _, err := fire(sandbox.Fault{Kind: sandbox.Dropped}); err == nil {
		t.Error("a dropped connection answered")
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.CutBody}); err == nil || len(r.Body) >= len(whole) {
		t.Errorf("a cut body: %d bytes, %v", len(r.Body), err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.CutJSON}); err != nil || json.Valid(r.Body) || len(r.Body) == 0 {
		t.Errorf("cut JSON: %d bytes, %v", len(r.Body), err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.EmptyBody}); err != nil || r.Status != 200 || len(r.Body) != 0 {
		t.Errorf("an empty body: %s, %v", r.Body, err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.HTMLBody}); err != nil || r.Status != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("html: %v, %v", r.Header, err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.EmptyList}); err != nil || string(r.Body) != "[]" || r.next() != "" {
		t.Errorf("an empty list: %s, %v", r.Body, err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.SlowBody, Pause: time.Nanosecond}); err != nil || !bytes.Equal(r.Body, whole) {
		t.Errorf("a slow body: %d bytes, %v", len(r.Body), err)
	}
	if r, err := fire(sandbox.Fault{Kind: sandbox.ForeignLink}); err != nil || !strings.HasPrefix(r.next(), "https://evil.example.net/") {
		t.Errorf("a foreign link: %s, %v", r.next(), err)
	}
}

func TestALargeBodyAndABombAreLarge(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.Script(sandbox.Fault{Kind: sandbox.HugeBody, Times: 1}, sandbox.Fault{Kind: sandbox.GzipBomb})
	if r := c.get(200, oktaAPI+"/org", c.ssws()); len(r.Body) < 50<<20 {
		t.Errorf("%d bytes", len(r.Body))
	}
	h := c.ssws()
	h["Accept-Encoding"] = "gzip"
	r := c.get(200, oktaAPI+"/org", h)
	z, err := gzip.NewReader(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.CopyN(io.Discard, z, 16<<20)
	if err != nil || n != 16<<20 || len(r.Body) > 2<<20 {
		t.Errorf("%d bytes unfold to %d at least: %v", len(r.Body), n, err)
	}
}

func TestARepeatedTokenRepeatsForEveryVendor(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.Script(sandbox.Fault{Kind: sandbox.RepeatToken})
	second := c.get(200, oktaAPI+"/users?limit=20", c.ssws()).next()
	if again := c.get(200, second, c.ssws()).next(); again != second {
		t.Errorf("okta moves on from %s to %s", second, again)
	}
	h := c.google("admin.directory.user.readonly")
	token := c.get(200, adminAPI+"users?customer=my_customer&maxResults=20", h).object(t)["nextPageToken"].(string)
	if again := c.get(200, adminAPI+"users?customer=my_customer&maxResults=20&pageToken="+token, h).object(t)["nextPageToken"]; again != token {
		t.Errorf("google moves on to %v", again)
	}
}

func TestTheScriptCountsSkipsAndDraws(t *testing.T) {
	c := start(t, sandbox.Options{Seed: 7, Unlimited: true})
	c.Script(sandbox.Fault{Vendor: sandbox.Okta, Route: "GET " + usersRoute, Skip: 2, Times: 1, Kind: sandbox.StatusFault, Status: 500},
		sandbox.Fault{Vendor: sandbox.BambooHR, Kind: sandbox.StatusFault, Status: 404},
		sandbox.Fault{Route: "/api/v1/groups/*/users", Probability: 0.2, Kind: sandbox.StatusFault, Status: 503})
	var got []int
	for range 4 {
		r, err := c.do("GET", oktaAPI+"/users?limit=1", c.ssws(), "")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Status)
	}
	if got[0] != 200 || got[1] != 200 || got[2] != 500 || got[3] != 200 {
		t.Errorf("the third request alone should fail: %v", got)
	}
	group := c.get(200, oktaAPI+"/groups?limit=1", c.ssws()).list(t)[0]["id"].(string)
	failed := 0
	for range 100 {
		r, err := c.do("GET", oktaAPI+"/groups/"+group+"/users?limit=1", c.ssws(), "")
		if err != nil {
			t.Fatal(err)
		}
		if r.Status == 503 || r.object2()["errorCode"] == "E0000009" {
			failed++
		}
	}
	if failed < 8 || failed > 35 {
		t.Errorf("%d of 100 failed at a probability of 0.2", failed)
	}
}

// object2 is the body as an object where it is one.
func (r reply) object2() map[string]any {
	var o map[string]any
	_ = json.Unmarshal(r.Body, &o)
	return o
}

func TestAGlitchEmptiesARouteUntilItIsTakenBack(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.SetGlitchEmpty(sandbox.Okta, usersRoute, true)
	if n := len(c.get(200, oktaAPI+"/users", c.ssws()).list(t)); n != 0 {
		t.Errorf("%d users", n)
	}
	c.SetGlitchEmpty(sandbox.Okta, usersRoute, false)
	if n := len(c.get(200, oktaAPI+"/users", c.ssws()).list(t)); n == 0 {
		t.Error("no users after the glitch")
	}
}

func TestTheJournalHoldsWhatWasSent(t *testing.T) {
	c := start(t, sandbox.Options{})
	c.get(200, oktaAPI+"/users?limit=3", c.ssws())
	c.ask(422, "POST", bambooAPI+"/v2/datasets/employees/data", c.hr(), `{"fields":["x"]}`)
	all := c.Journal("")
	if len(all) != 2 {
		t.Fatalf("%d requests", len(all))
	}
	a, b := all[0], all[1]
	if a.Vendor != sandbox.Okta || a.Host != "acme.okta.com" || a.Query.Get("limit") != "3" || a.Status != 200 || a.Header.Get("Accept") == "" {
		t.Errorf("%+v", a)
	}
	if b.Method != http.MethodPost || b.Body != `{"fields":["x"]}` || b.Status != 422 || len(c.Journal(sandbox.BambooHR)) != 1 {
		t.Errorf("%+v", b)
	}
	c.ClearJournal()
	if len(c.Journal("")) != 0 {
		t.Error("the journal was not cleared")
	}
}

func TestAnAnswerIsGivenUnderTheVendorsNameOnly(t *testing.T) {
	c := start(t, sandbox.Options{})
	for host, base := range c.Map() {
		for _, p := range []string{"/api/v1/users", "/api/auth.test", "/token"} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", base+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "other.example.com"
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("%s answered %d under another name", host, res.StatusCode)
			}
		}
	}
}
