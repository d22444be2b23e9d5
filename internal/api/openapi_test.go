package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"purser/internal/api"
	"purser/internal/httpd"
	"purser/internal/login"
)

func TestEveryRouteOfTheAPIHasAnEntryInTheTable(t *testing.T) {
	routes := api.New(api.Options{}).Routes()
	if err := httpd.Check(routes, login.Table()); err != nil {
		t.Error(err)
	}
	if len(routes) < 50 {
		t.Errorf("only %d routes", len(routes))
	}
}

func TestTheDescriptionKnowsEveryRoute(t *testing.T) {
	a := api.New(api.Options{Version: "1"})
	raw, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Parameters  []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi is %q", doc.OpenAPI)
	}
	ids := map[string]bool{}
	for _, r := range a.Routes() {
		if r.Public {
			continue
		}
		op, ok := doc.Paths[r.Pattern][strings.ToLower(r.Method)]
		if !ok || op.Summary == "" || ids[op.OperationID] {
			t.Errorf("%s %s is not described, has no summary, or shares its id %q", r.Method, r.Pattern, op.OperationID)
		}
		ids[op.OperationID] = true
		for _, part := range strings.Split(r.Pattern, "/") {
			name, ok := strings.CutPrefix(part, "{")
			if !ok {
				continue
			}
			name = strings.TrimSuffix(name, "}")
			if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == name && p.In == "path" }) {
				t.Errorf("%s %s: the parameter %s is not described", r.Method, r.Pattern, name)
			}
		}
	}
	accounts := doc.Paths["/api/v1/accounts"]["get"].Parameters
	for _, want := range []string{"q", "status", "after", "limit"} {
		if !slices.ContainsFunc(accounts, func(p struct{ Name, In string }) bool { return p.Name == want }) {
			t.Errorf("the list of accounts does not take %q", want)
		}
	}
}

func TestCellsThatASpreadsheetWouldRunAreNeutral(t *testing.T) {
	for cell, want := range map[string]string{
		"=HYPERLINK(\"x\")": "'=HYPERLINK(\"x\")", "+1": "'+1", "-1+2": "'-1+2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", " =1": "' =1",
		"\u00a0=1": "'\u00a0=1", "＝1": "'＝1", "\r\n=1": "'\r\n=1", "Ada": "Ada", "": "", "a=b": "a=b", "ada@example.com": "ada@example.com",
	} {
		if got := api.Neutral(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
