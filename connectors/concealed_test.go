package connectors_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

// A tenant that conceals the names in usage reports answers with hashes in their
// place: nobody's use is known then, and an admin is told what to change.
func TestNamesThatAreConcealedInUsageReportsAreToldAndUseStaysUnknown(t *testing.T) {
	x := subjects(t)["microsoft-entra/application_access/usage"]
	a := answerOf{t: t, stream: x.stream, body: x.body}
	items := a.lines().([]any)
	for _, item := range items {
		item.(object)["User Principal Name"] = "6F6F0E1A9C54B0B2D4D5"
		item.(object)["Display Name"] = "F1C2E6A7"
	}
	res, sink, _ := x.read(t, playVendor(t, reply{status: 200, header: map[string]string{"Content-Type": "application/octet-stream"}, body: a.written(items)}), vendorhttp.Caps{})
	ending{state: engine.Blocked, class: purser.ClassPermission, code: "too_few_records"}.check(t, res, sink)
	if res.Err == nil || !strings.Contains(res.Err.Hint, "conceals names") || !strings.Contains(res.Err.Hint, "Reports") {
		t.Errorf("the admin is told %v", res.Err)
	}
}

// A report comes from a store of files: a redirect leads to its declared hosts
// only, and nowhere else.
func TestAUsageReportIsNotFetchedFromAHostThatIsNotDeclared(t *testing.T) {
	x := subjects(t)["microsoft-entra/application_access/usage"]
	for _, to := range []string{"https://elsewhere.example/data", "http://reports.office.com/data", "https://reports.office.com.elsewhere.example/data"} {
		v := playVendor(t, reply{status: 302, header: map[string]string{"Location": to}})
		res, sink, _ := x.read(t, v, vendorhttp.Caps{})
		ending{state: engine.Failed, class: purser.ClassConfig}.check(t, res, sink)
		if asked, strays := v.counts(); asked != 1 || strays != 0 {
			t.Errorf("%s: %d requests went to the vendor and %d elsewhere, want 1 and 0", to, asked, strays)
		}
	}
}
