package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"purser"
	"purser/internal/web/view"
)

// A form that is saved as it was shown changes nothing, whatever names are written with.
func TestAFormOfAContractThatIsSavedUnchangedChangesNothing(t *testing.T) {
	facts := purser.ContractFacts{Name: "Design", Vendor: "Example", Custom: map[string]string{"Where: now": "EU; US, CH", "Said": `"yes"`},
		CostCenters: []purser.CostShare{{Center: "R&D; Labs", Percent: "40"}, {Center: "IT|Ops:", Percent: "60"}}}
	f := view.ContractFormOf(purser.Contract{ContractFacts: facts, Applications: []purser.ContractApplication{{Name: "Monday.com, Inc."}, {Name: "Draw; Paint | Print"}}})
	r := httptest.NewRequest(http.MethodPost, "/contracts/new", strings.NewReader(url.Values{"name": {f.Name}, "vendor": {f.Vendor}, "applications": {strings.ReplaceAll(f.Applications, "\n", "\r\n")},
		"custom": {strings.ReplaceAll(f.Custom, "\n", "\r\n")}, "cost_centers": {strings.ReplaceAll(f.CostCenters, "\n", "\r\n")}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, in, err := contractInput(r)
	if err != nil || !reflect.DeepEqual(in.ContractFacts, facts) || !reflect.DeepEqual(in.Applications, []string{"Monday.com, Inc.", "Draw; Paint | Print"}) {
		t.Errorf("%+v %v", in, err)
	}
}
