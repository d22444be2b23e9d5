package refusal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

func at() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func TestTheDefaultsByStatusHoldWhereNoRuleMatches(t *testing.T) {
	for status, want := range map[int]purser.Class{
		200: "", 204: "", 400: purser.ClassInvalidResponse, 401: purser.ClassAuthRevoked, 402: purser.ClassNotAvailable,
		403: purser.ClassPermission, 404: purser.ClassNotFound, 408: purser.ClassTransient, 410: purser.ClassNotFound,
		425: purser.ClassTransient, 429: purser.ClassRateLimited, 500: purser.ClassTransient, 503: purser.ClassTransient, 302: purser.ClassInvalidResponse,
	} {
		got := refusal.Rules{}.Judge(refusal.Answer{Status: status}, at())
		switch {
		case got == nil && want != "":
			t.Errorf("%d is taken for good", status)
		case got != nil && (got.Class != want || want != purser.ClassNotFound && got.Hint == ""):
			t.Errorf("%d: class %q, hint %q; want %q", status, got.Class, got.Hint, want)
		}
	}
	if got := (refusal.Rules{}).Judge(refusal.Answer{Status: 410, Cursor: true}, at()); got.Class != purser.ClassCursorExpired {
		t.Errorf("410 on a cursor: %q", got.Class)
	}
}

func TestTheFirstRuleWhoseConditionsAllHoldWins(t *testing.T) {
	rules := refusal.Rules{
		Bodies: []manifest.ErrorBody{{Code: "errorCode", Message: "errorSummary"}, {Code: "error.errors.reason", Message: "error.message"}},
		Errors: []manifest.ErrorRule{
			{Status: []int{401}, Code: []string{"E15"}, Class: purser.ClassNotAvailable},
			{Code: []string{"E6"}, Stream: []string{"logs"}, Class: purser.ClassNotAvailable},
			{Code: []string{"E6"}, Class: purser.ClassPermission, Hint: "Assign a role."},
			{Text: "quota", Class: purser.ClassRateLimited},
			{Header: []manifest.Pair{{Name: "WWW-Authenticate", Values: []string{"insufficient_scope"}}}, Class: purser.ClassPermission},
			{Code: []string{"E6"}, Class: purser.ClassConfig},
		},
	}
	for name, c := range map[string]struct {
		answer refusal.Answer
		want   purser.Class
	}{
		"status and code":         {refusal.Answer{Status: 401, Body: []byte(`{"errorCode":"E15"}`)}, purser.ClassNotAvailable},
		"same code, other status": {refusal.Answer{Status: 403, Body: []byte(`{"errorCode":"E15"}`)}, purser.ClassPermission},
		"names in another case":   {refusal.Answer{Status: 400, Body: []byte(`{"ErrorCode":"E6"}`)}, purser.ClassPermission},
		"of one stream":           {refusal.Answer{Status: 403, Stream: "logs", Body: []byte(`{"errorCode":"E6"}`)}, purser.ClassNotAvailable},
		"second shape, in a list": {refusal.Answer{Status: 403, Body: []byte(`{"error":{"errors":[{"reason":"E6"}],"message":"no"}}`)}, purser.ClassPermission},
		"text anywhere":           {refusal.Answer{Status: 403, Body: []byte(`Daily Quota exceeded`)}, purser.ClassRateLimited},
		"header":                  {refusal.Answer{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope"`}}}, purser.ClassPermission},
	} {
		if got := rules.Judge(c.answer, at()); got == nil || got.Class != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	if got := rules.Judge(refusal.Answer{Status: 403, Body: []byte(`{"errorCode":"E6","errorSummary":"no\n<b>"}`), What: "GET /users"}, at()); got.Hint != "Assign a role." ||
		got.Code != "E6" || got.What != "GET /users answered 403 Forbidden: no <b>" {
		t.Errorf("%#v", got)
	}
}

func TestARefusalWithStatus200IsFoundByWhatAGoodAnswerSays(t *testing.T) {
	rules := refusal.Rules{Success: &manifest.Success{At: "ok", Equals: true}, Missing: "needed",
		Bodies: []manifest.ErrorBody{{Code: "error"}},
		Errors: []manifest.ErrorRule{{Code: []string{"missing_scope"}, Class: purser.ClassPermission}, {Code: []string{"ratelimited"}, Class: purser.ClassRateLimited}}}
	if got := rules.Judge(refusal.Answer{Status: 200, Body: []byte(`{"members":[{"ok":false}],"ok":true}`)}, at()); got != nil {
		t.Errorf("a good answer: %v", got)
	}
	got := rules.Judge(refusal.Answer{Status: 200, Body: []byte(`{"ok":false,"error":"missing_scope","needed":"users:read"}`)}, at())
	if got == nil || got.Class != purser.ClassPermission || got.Scope != "users:read" || !strings.Contains(got.Hint, "users:read") {
		t.Errorf("a missing scope: %#v", got)
	}
	for _, body := range []string{`{"ok":false,"error":"new_code"}`, `{}`, `[]`, ``, `{"ok":`} {
		if got := rules.Judge(refusal.Answer{Status: 200, Body: []byte(body)}, at()); got == nil || got.Class != purser.ClassInvalidResponse {
			t.Errorf("%s: %v", body, got)
		}
	}
}

func TestARefusalWithStatus200IsFoundByWhatOnlyARefusalHas(t *testing.T) {
	rules := refusal.Rules{Success: &manifest.Success{Absent: "error"}, Bodies: []manifest.ErrorBody{{Message: "error.message"}},
		Errors: []manifest.ErrorRule{{Text: "cancelled", Class: purser.ClassTransient}}}
	for _, body := range []string{`{"result":[{"error":"x"}]}`, `{}`, `[]`, ``} {
		if got := rules.Judge(refusal.Answer{Status: 200, Body: []byte(body)}, at()); got != nil {
			t.Errorf("%s is taken for a refusal: %v", body, got)
		}
	}
	got := rules.Judge(refusal.Answer{Status: 200, Body: []byte(`{"result":[],"error":{"message":"Transaction cancelled"}}`)}, at())
	if got == nil || got.Class != purser.ClassTransient {
		t.Errorf("a part of an answer with an error beside it: %v", got)
	}
}

func TestAWaitThatTheVendorDoesNotTellIsTheRules(t *testing.T) {
	rules := refusal.Rules{Bodies: []manifest.ErrorBody{{Code: "code"}},
		Errors: []manifest.ErrorRule{{Code: []string{"LIMIT"}, Class: purser.ClassRateLimited, Wait: manifest.Duration(time.Hour)}}}
	answer := refusal.Answer{Status: 403, Header: http.Header{}, Body: []byte(`{"code":"LIMIT"}`)}
	if got := rules.Judge(answer, at()); !got.Until.Equal(at().Add(time.Hour)) {
		t.Errorf("it waits until %s", got.Until)
	}
	answer.Header.Set("Retry-After", "60")
	if got := rules.Judge(answer, at()); !got.Until.Equal(at().Add(time.Minute)) {
		t.Errorf("it waits until %s although the vendor told", got.Until)
	}
}

func TestRetryAfterIsReadInEveryFormThatIsMet(t *testing.T) {
	for value, want := range map[string]time.Time{
		"120": at().Add(2 * time.Minute), "0": at(), "1.5": at().Add(1500 * time.Millisecond), "Sun, 22 Nov 2026 12:05:00 GMT": at().Add(5 * time.Minute),
		"2026-11-22T12:01:00Z": at().Add(time.Minute), "2026-11-22T13:01:00+01:00": at().Add(time.Minute), "2026-11-22T12:01:00": at().Add(time.Minute),
		"1795349000": time.Unix(1795349000, 0), "1795349000000": time.UnixMilli(1795349000000), "soon": {}, "": {}, "-5": {}, "NaN": {}, "1e300": {},
	} {
		got := refusal.Rules{}.Judge(refusal.Answer{Status: 429, Header: http.Header{"Retry-After": {value}}}, at())
		if !got.Until.Equal(want) {
			t.Errorf("%q: %v, want %v", value, got.Until, want)
		}
	}
}
