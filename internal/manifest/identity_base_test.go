package manifest_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/manifest"
)

// tenantOf compiles a manifest whose organizations have addresses of their own.
func tenantOf(t *testing.T, base string) *manifest.CompiledTenant {
	t.Helper()
	m := &manifest.Manifest{Version: 1, Name: "tracker", Hosts: []string{"*.tracker.example"}, Tenant: &manifest.Tenant{
		From: manifest.TenantFrom{Request: manifest.Request{Get: manifest.Strings{"https://login.tracker.example/me"}}, At: "accounts", Choose: true},
		ID:   "id", Name: "title", BaseURL: base}}
	plan, err := manifest.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Tenant
}

func none(string) (string, bool) { return "", false }

func TestATenantsOwnAddressIsWhatTheVendorAnswers(t *testing.T) {
	tenant := tenantOf(t, "${answer.base_uri}/rest/v2/accounts/${tenant.id}")
	found, err := tenant.Read([]byte(`{"accounts":[{"id":"a/1","title":"Acme","base_uri":"https://na3.tracker.example"},{"id":2,"base_uri":"https://eu.tracker.example"}]}`), none)
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.Identity{{ID: "a/1", Name: "Acme", BaseURL: "https://na3.tracker.example/rest/v2/accounts/a%2F1"},
		{ID: "2", BaseURL: "https://eu.tracker.example/rest/v2/accounts/2"}}
	for i := range want {
		if found[i] != want[i] {
			t.Errorf("identity %d is %+v, want %+v", i, found[i], want[i])
		}
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	tenant := tenantOf(t, "${answer.base_uri}/rest")
	for _, bad := range []string{`null`, `""`, `"http://na3.tracker.example"`, `"https://u@na3.tracker.example"`, `"https://na3.tracker.example?x="`, `"na3"`} {
		_, err := tenant.Read([]byte(`{"accounts":[{"id":"1","base_uri":`+bad+`}]}`), none)
		if purser.ClassOf(err) != purser.ClassInvalidResponse || !strings.Contains(err.Error(), "address") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
