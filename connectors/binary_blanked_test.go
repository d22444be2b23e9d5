package connectors_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"purser"
)

// liveWorkspace serves the recorded answers of a live workspace by their method.
// Their values are blanked: "ok" is set, and what an authorization cannot do
// without is filled in at the recorded places.
type liveWorkspace struct {
	*httptest.Server
	t      *testing.T
	folder string // of its recordings

	mu              sync.Mutex
	scope, ofPerson string // granted
	asked           []string
}

func newLiveWorkspace(t *testing.T) *liveWorkspace {
	t.Helper()
	w := &liveWorkspace{t: t, folder: vendorData(t, "recordings", "slack")}
	w.Server = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.Close)
	return w
}

func (w *liveWorkspace) answer(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out.Header().Set("Content-Type", "application/json")
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	w.asked = append(w.asked, method)
	raw, err := os.ReadFile(filepath.Join(w.folder, method+".json"))
	if err != nil { // nobody recorded it
		_, _ = out.Write([]byte(`{"ok":true,"usergroups":[],"users":[]}`))
		return
	}
	var body object
	if err := json.Unmarshal(raw, &body); err != nil {
		w.t.Errorf("%s: %v", method, err)
	}
	body["ok"] = true
	switch method {
	case "oauth.v2.access":
		body["access_token"], body["refresh_token"], body["scope"] = "xoxb-recorded", "", w.scope
		person := child(body, "authed_user")
		person["access_token"], person["refresh_token"], person["scope"] = "xoxp-recorded", "", w.ofPerson
		body["expires_in"], person["expires_in"] = 43200, 43200
	case "auth.test":
		body["team"], body["user"] = "Recorded", "installer"
	default:
		if got := r.Header.Get("Authorization"); got != "Bearer xoxb-recorded" && got != "Bearer xoxp-recorded" {
			w.t.Errorf("%s was asked with %q", method, got)
		}
	}
	if err := json.NewEncoder(out).Encode(body); err != nil {
		w.t.Error(err)
	}
}

// grant notes what the consent page was asked for, and gives it.
func (w *liveWorkspace) grant(asked url.Values) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scope, w.ofPerson = asked.Get("scope"), asked.Get("user_scope")
}

// browse follows links as a browser that stops at the vendor's page.
func browse(t *testing.T) func(method, address string, form url.Values) *http.Response {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(method, address string, form url.Values) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		if res.StatusCode >= 400 {
			t.Fatalf("%s %s: %s", method, address, res.Status)
		}
		return res
	}
}

// post asks the API over the command line's socket.
func post(t *testing.T, data, path string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(data, "purser.sock"))
	}}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://purser/api/v1"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= 300 {
		t.Fatalf("%s: %s", path, res.Status)
	}
}

func TestBlankedAnswersLandWholeThroughTheBinary(t *testing.T) {
	vendorData(t, "recordings", "slack", "users.list.json")
	workspace := newLiveWorkspace(t)
	binary, dir := builtBinary(t), shortFolder(t)
	data := filepath.Join(dir, "data")
	for name, secret := range map[string]string{"id": "recorded-id", "secret": "recorded-secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	serving(t, binary, data, "--vendor-map", "slack.com="+workspace.URL)

	var made struct {
		Instance     purser.Instance `json:"instance"`
		AuthorizeURL string          `json:"authorize_url"`
	}
	tasks := "application_roster,application_access,license_information"
	out := command(t, binary, data, "instance", "create", "slack", "--name", "Recorded", "--auth", "oauth", "--secret", "client_id=@"+filepath.Join(dir, "id"),
		"--secret", "client_secret=@"+filepath.Join(dir, "secret"), "--tasks", tasks, "--json")
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// The browser: in by the link of the host, to the consent page, and back.
	link := string(command(t, binary, data, "admin", "link"))
	setup, err := url.Parse(strings.Fields(link[strings.Index(link, "http"):])[0])
	if err != nil {
		t.Fatal(err)
	}
	ask := browse(t)
	ask(http.MethodPost, "http://"+setup.Host+"/setup", url.Values{"token": {setup.Query().Get("token")}, "name": {"Ada Example"}, "email": {"ada@example.com"},
		"password": {"correct horse battery staple"}})
	consent, err := ask(http.MethodGet, made.AuthorizeURL+"/go", nil).Location()
	if err != nil {
		t.Fatal(err)
	}
	workspace.grant(consent.Query())
	ask(http.MethodGet, "http://"+setup.Host+"/oauth/callback?"+url.Values{"code": {"recorded-code"}, "state": {consent.Query().Get("state")}}.Encode(), nil)
	post(t, data, "/instances/"+made.Instance.ID+"/test")
	post(t, data, "/instances/"+made.Instance.ID+"/confirm")
	command(t, binary, data, "instance", "sync", "Recorded", "--wait")

	var accounts []purser.Account
	if err := json.Unmarshal(command(t, binary, data, "account", "list", "--json"), &accounts); err != nil {
		t.Fatal(err)
	}
	if len(accounts) != 1 || accounts[0].ExternalID != "U00000000" || accounts[0].Status != "active" {
		t.Errorf("the recorded member landed as %+v", accounts)
	}
	var runs []purser.Run
	if err := json.Unmarshal(command(t, binary, data, "run", "list", "--json"), &runs); err != nil {
		t.Fatal(err)
	}
	// A member; a sign-in; a plan and two seats.
	read := map[purser.TaskName]int64{"application_roster": 1, "application_access": 1, "license_information": 3}
	for _, r := range runs {
		if r.State != purser.RunSucceeded || int64(r.Counts.Read) != read[r.Task] || r.Counts.Rejected != 0 {
			t.Errorf("%s: %s, %+v, %s", r.Task, r.State, r.Counts, r.Message)
		}
	}
	if len(runs) < len(read) {
		t.Errorf("%d runs of %d tasks", len(runs), len(read))
	}
	for _, method := range []string{"oauth.v2.access", "auth.test", "users.list", "team.accessLogs", "team.billableInfo", "team.billing.info"} {
		if !strings.Contains(" "+strings.Join(workspace.asked, " ")+" ", " "+method+" ") {
			t.Errorf("%s was never asked", method)
		}
	}
}
