package mapping_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/mapping"
)

// accounts is a program like that of a real roster.
func accounts(t testing.TB, change func(s *mapping.Spec)) *mapping.Program {
	t.Helper()
	s := mapping.Spec{Kind: purser.Fields(purser.KindAccount)}
	null := (*string)(nil)
	for _, f := range []mapping.FieldSpec{
		{From: "id"}, {From: "lower(profile.email ?? profile.login)"},
		{From: `profile.displayName ?? join([profile.firstName, profile.lastName], " ")`},
		{From: "status", Map: map[string]string{"ACTIVE": "active", "DEPROVISIONED": "deactivated"}},
		{From: "time(created)"}, {From: "time(lastLogin)", Never: []*string{null}}, {From: "profile.department"}, {From: "profile.title"},
	} {
		name := []string{"external_id", "email", "display_name", "status", "created_at", "last_active_at", "department", "title"}[len(s.Fields)]
		for _, k := range s.Kind {
			if k.Name == name {
				f.Field = k
			}
		}
		s.Fields = append(s.Fields, f)
	}
	if change != nil {
		change(&s)
	}
	p, err := mapping.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func user(i int) string {
	return fmt.Sprintf(`{"id":"00u%08d","status":"ACTIVE","created":"2023-01-02T03:04:05.000Z","activated":"2023-01-02T03:04:06.000Z","statusChanged":"2023-01-02T03:04:06.000Z",
	"lastLogin":"2024-05-06T07:08:09.000Z","lastUpdated":"2024-05-06T07:08:09.000Z","passwordChanged":"2024-01-01T00:00:00.000Z","type":{"id":"oty1abcdefghijklmnop"},
	"profile":{"firstName":"Ada","lastName":"Person %d","mobilePhone":null,"secondEmail":"","login":"user%d@example.com","email":"User%d@example.com","department":"Engineering","title":"Engineer","division":"R&D","costCenter":"CC-100","employeeNumber":"%d","manager":"boss@example.com","managerId":"00u00000001","userType":"Employee","city":"Springfield","countryCode":"US","locale":"en_US","timezone":"America/New_York","organization":"Example","streetAddress":"1 Main Street","zipCode":"12345","state":"NY","preferredLanguage":"en"},
	"credentials":{"password":{},"emails":[{"value":"user%d@example.com","status":"VERIFIED","type":"PRIMARY"}],"provider":{"type":"OKTA","name":"OKTA"}},
	"_links":{"suspend":{"href":"https://acme.example.com/api/v1/users/00u%08d/lifecycle/suspend","method":"POST"},"schema":{"href":"https://acme.example.com/api/v1/meta/schemas/user/osc1"},"resetPassword":{"href":"https://acme.example.com/api/v1/users/00u%08d/lifecycle/reset_password","method":"POST"},"self":{"href":"https://acme.example.com/api/v1/users/00u%08d"},"type":{"href":"https://acme.example.com/api/v1/meta/types/user/oty1"}}}`, i, i, i, i, i, i, i, i, i)
}

func values(p *mapping.Page, i int, names ...string) string {
	var out []string
	for j, f := range purser.Fields(purser.KindAccount) {
		for _, n := range names {
			if n == f.Name {
				out = append(out, p.Records[i].Values[j].S)
			}
		}
	}
	return strings.Join(out, "|")
}

func TestRecordsAreMadeInOnePass(t *testing.T) {
	page, err := accounts(t, nil).Decode([]byte("["+user(1)+","+user(2)+"]"), mapping.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if page.Items != 2 || len(page.Records) != 2 || page.Records[1].ExternalID != "00u00000002" {
		t.Fatalf("page = %+v", page)
	}
	if got := values(page, 1, "email", "display_name", "status", "kind", "department"); got != "user2@example.com|Ada Person 2|unknown|active|Engineering" {
		t.Errorf("values = %s", got)
	}
}

func TestABadRecordIsKeptAsARejectAndTheOthersLand(t *testing.T) {
	page, err := accounts(t, nil).Decode([]byte(`[{"id":"a","created":"soon"},{"status":"ACTIVE"},null,7,{"id":"b"},{"id":{}}]`), mapping.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Records) != 1 || page.Records[0].ExternalID != "b" || page.Items != 6 {
		t.Errorf("records = %+v of %d", page.Records, page.Items)
	}
	want := []mapping.Reject{{ExternalID: "a", Reason: "time: this is a text that is not a date and time"}, {Reason: "external_id is missing"},
		{Reason: "the item is no object"}, {Reason: "the item is no object"}, {Reason: "external_id: this is an object"}}
	if fmt.Sprint(page.Rejects) != fmt.Sprint(want) {
		t.Errorf("rejects = %+v", page.Rejects)
	}
}

func TestAnAnswerThatIsNotWholeIsRefused(t *testing.T) {
	list := accounts(t, nil)
	at := accounts(t, func(s *mapping.Spec) { s.At = "data.users"; s.Answer = map[string]string{"next": "data.next"} })
	meta := accounts(t, func(s *mapping.Spec) { s.At = "users"; s.Answer = map[string]string{"next": "meta.next"} })
	for name, c := range map[string]struct {
		p    *mapping.Program
		body string
		want string
	}{
		"empty": {list, "", "empty"}, "blank": {list, " \n", "empty"}, "HTML": {list, "<html>no</html>", "HTML"}, "cut": {list, `[{"id":"a"}`, "cut off"},
		"cut in a text": {list, `[{"id":"a`, "cut off"}, "cut in what is skipped": {list, `[{"id":"a","x":{"y":[1`, "cut off"}, "object for a list": {list, `{"id":"a"}`, "an object where a list"},
		"text for a list": {list, `"no"`, "a text where a list"}, "not UTF-8": {list, "[{\"id\":\"a\xff\"}]", "UTF-8"}, "not UTF-8 in what is skipped": {list, "[{\"x\":\"a\xff\"}]", "UTF-8"},
		"bad JSON": {list, `[{"id":}]`, "not valid JSON"}, "two answers": {list, `[][]`, "more after the end"}, "rubbish after": {list, `[] x`, ""}, "mismatched": {list, `[{"id":"a"]]`, ""},
		"no records": {at, `{"data":{}}`, "no records at data.users"}, "null records": {at, `{"data":{"users":null}}`, "no records"}, "list on top": {meta, `[]`, "a list where an object"},
		"records twice": {meta, `{"users":[],"users":[]}`, "twice"}, "text": {list, "Service unavailable", "not valid JSON"}, "deep": {accounts(t, func(s *mapping.Spec) { s.Keep = "has(x)" }),
			`[{"id":"a","x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}]`, "too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := c.p.Decode([]byte(c.body), mapping.Env{})
			if e, ok := errors.AsType[*purser.Error](err); !ok || e.Class != purser.ClassInvalidResponse || !strings.Contains(e.What, c.want) {
				t.Errorf("page %v, error %v, want %q", page, err, c.want)
			}
		})
	}
}

func TestShapesOfAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *mapping.Spec)
		body   string
		want   string // ids, then the next token
	}{
		"list at a path": {func(s *mapping.Spec) { s.At = "a.b" }, `{"x":1,"a":{"b":[{"id":"1"},{"id":"2"}],"c":[3]},"next":"n"}`, "1 2 n"},
		"token first":    {func(s *mapping.Spec) { s.At = "a" }, `{"next":"n","a":[{"id":"1"}]}`, "1 n"},
		"token below":    {func(s *mapping.Spec) { s.At = "a"; s.Answer["next"] = "meta.page.next" }, `{"a":[],"meta":{"page":{"next":"n"}}}`, " n"},
		"token beside":   {func(s *mapping.Spec) { s.At = "a.list"; s.Answer["next"] = "a.next" }, `{"a":{"next":"n","list":[{"id":"1"}]}}`, "1 n"},
		"entries": {func(s *mapping.Spec) {
			s.At = "m"
			s.As = "entries"
			s.Fields[0].From = "key"
			s.Fields[7].From = "value.t"
		}, `{"m":{"U1":{"t":"x"},"U2":null},"next":"n"}`, "U1 U2 n"},
		"entries on top": {func(s *mapping.Spec) { s.As = "entries"; s.Fields[0].From = "key" }, `{"U1":{}}`, "U1 "},
		"one":            {func(s *mapping.Spec) { s.As = "one" }, `{"id":"1","next":"n"}`, "1 n"},
		"one at a path":  {func(s *mapping.Spec) { s.As = "one"; s.At = "team" }, `{"ok":true,"team":{"id":"1"},"next":"n"}`, "1 n"},
		"unwrapped":      {func(s *mapping.Spec) { s.At = "data"; s.Unwrap = "fields" }, `{"data":[{"fields":{"id":"1"}}]}`, "1 "},
		"exploded":       {func(s *mapping.Spec) { s.At = "g"; s.Explode = "users"; s.Fields[0].From = "id + item" }, `{"g":[{"id":"A","users":["1","2"]},{"id":"B","users":[]},{"id":"C"}]}`, "A1 A2 "},
		"absent":         {func(s *mapping.Spec) { s.At = "users"; s.Absent = true }, `{"next":"n"}`, " n"},
		"absent as null": {func(s *mapping.Spec) { s.At = "users"; s.Absent = true }, `{"users":null}`, " "},
		"kept":           {func(s *mapping.Spec) { s.At = "a"; s.Keep = `status == "ACTIVE"` }, `{"a":[{"id":"1","status":"ACTIVE"},{"id":"2","status":"X"},{"id":"3"}]}`, "1 "},
		"escaped name":   {func(s *mapping.Spec) { s.At = "a" }, `{"\u0061":[{"\u0069d":"1"}]}`, "1 "},
	} {
		t.Run(name, func(t *testing.T) {
			p := accounts(t, func(s *mapping.Spec) { s.Answer = map[string]string{"next": "next"}; c.change(s) })
			page, err := p.Decode([]byte(c.body), mapping.Env{})
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, r := range page.Records {
				ids = append(ids, r.ExternalID)
			}
			next, _ := page.Answer.Text("next")
			if got := strings.Join(ids, " ") + " " + next; got != c.want {
				t.Errorf("got %q, want %q; rejects %v", got, c.want, page.Rejects)
			}
		})
	}
}

func TestADateOfUseIsAtNeverOrUnknown(t *testing.T) {
	epoch, zero := "1970-01-01T00:00:00.000Z", "0"
	for _, c := range []struct {
		from, body string
		never      []*string
		known      bool
		at         int64
	}{
		{"time(last)", `{"last":null}`, []*string{nil}, true, 0}, {"time(last)", `{}`, []*string{nil}, true, 0}, {"time(last)", `{"last":null}`, nil, false, 0},
		{"time(last)", `{"last":"1970-01-01T00:00:00.000Z"}`, []*string{&epoch}, true, 0}, {"time(last)", `{"last":"1970-01-01T00:00:00.000Z"}`, nil, false, 0},
		{"epoch(last)", `{"last":0}`, []*string{&zero}, true, 0}, {"epoch(last)", `{"last":5}`, []*string{&zero}, true, 5_000_000}, {"last", `{"last":"Never"}`, []*string{new("Never")}, true, 0},
	} {
		p := accounts(t, func(s *mapping.Spec) {
			s.Fields[0].From = `"x"`
			s.Fields[5].From, s.Fields[5].Never = c.from, c.never
		})
		page, err := p.Decode([]byte("["+c.body+"]"), mapping.Env{})
		if err != nil || len(page.Records) != 1 {
			t.Fatalf("%s over %s: %v %v", c.from, c.body, err, page.Rejects)
		}
		v := page.Records[0].Values[len(purser.Fields(purser.KindAccount))-1]
		if v.Known != c.known || v.I != c.at {
			t.Errorf("%s over %s never %v = %+v", c.from, c.body, c.never, v)
		}
	}
}

func TestAPairWithoutAnIDGetsOneOfItsKeys(t *testing.T) {
	fields := purser.Fields(purser.KindMembership)
	p, err := mapping.Compile(mapping.Spec{Kind: fields, Fields: []mapping.FieldSpec{{Field: fields[1], From: "parent.external_id"}, {Field: fields[2], From: "id"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Outside(); len(got) != 1 || got[0] != "parent.external_id" {
		t.Errorf("outside = %v", got)
	}
	ids := map[string]bool{}
	for _, parent := range []string{"g", "g/a"} {
		page, err := p.Decode([]byte(`[{"id":"a/b"},{"id":"b"},{}]`), mapping.Env{Value: func(string) (string, bool) { return parent, true }})
		if err != nil || len(page.Rejects) != 1 {
			t.Fatal(err, page.Rejects)
		}
		for _, r := range page.Records {
			ids[r.ExternalID] = true
		}
	}
	if len(ids) != 4 || !ids["g/b"] || !ids["g/a%2Fb"] || !ids["g%2Fa/b"] {
		t.Errorf("ids = %v", ids)
	}
}

func TestMembersThatNothingNamesAreCounted(t *testing.T) {
	page, err := accounts(t, nil).Decode([]byte(`[{"id":"1","profile":{"email":"a","pet":1},"new":{"x":1}},{"id":"2","new":2}]`), mapping.Env{Drift: true})
	if err != nil || fmt.Sprint(page.Drift) != "map[new:2 profile.pet:1]" {
		t.Errorf("drift = %v, %v", page.Drift, err)
	}
}

func BenchmarkDecode(b *testing.B) {
	p := accounts(b, nil)
	var users []string
	for i := range 200 {
		users = append(users, user(i))
	}
	body := []byte("[" + strings.Join(users, ",") + "]")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		page, err := p.Decode(body, mapping.Env{})
		if err != nil || len(page.Records) != 200 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/record")
	b.ReportMetric(float64(len(body))/200, "B/record")
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[` + user(1) + `]`))
	f.Add([]byte(`{"data":{"users":[{"id":"a","emails":[{"v":1}]}],"next":"x"}}`))
	f.Add([]byte(`{"U":{"id":"1"}}`))
	programs := []*mapping.Program{accounts(f, nil),
		accounts(f, func(s *mapping.Spec) { s.At = "data.users"; s.Answer = map[string]string{"next": "data.next"} }),
		accounts(f, func(s *mapping.Spec) {
			s.As = "entries"
			s.Fields[0].From = "key"
			s.Fields[6].From = "find(value.emails, .v).v"
		}),
		accounts(f, func(s *mapping.Spec) { s.Explode = "emails"; s.Fields[0].From = "item.v" })}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range programs {
			page, err := p.Decode(body, mapping.Env{Drift: true})
			if (page == nil) == (err == nil) {
				t.Fatal("a page and an error, or neither")
			}
			if err != nil && purser.ClassOf(err) != purser.ClassInvalidResponse {
				t.Fatal(err)
			}
		}
	})
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{"id", `find(a, .b == "c").d`, "a ? b : c", "money(a, b)", "time(a) < epoch(b)", "a in [b, nil]", "join(map(split(a, b), trim(#)), c)"} {
		f.Add(s, `{"a":[{"b":"c"}],"b":1,"c":null,"id":"x"}`)
	}
	f.Fuzz(func(t *testing.T, src, record string) {
		fd := purser.Field{Name: "out", Type: purser.Text}
		p, err := mapping.Compile(mapping.Spec{Kind: []purser.Field{fd}, Fields: []mapping.FieldSpec{{Field: fd, From: src}}})
		if err != nil {
			return
		}
		_, _ = p.Decode([]byte("["+record+"]"), mapping.Env{})
	})
}

// BenchmarkTyped is the yardstick: the standard library into a struct of the same fields.
func BenchmarkTyped(b *testing.B) {
	var users []string
	for i := range 200 {
		users = append(users, user(i))
	}
	body := []byte("[" + strings.Join(users, ",") + "]")
	b.ReportAllocs()
	for b.Loop() {
		var out []struct {
			ID, Status         string
			Created, LastLogin string
			Profile            struct{ Email, Login, DisplayName, FirstName, LastName, Department, Title string }
		}
		if err := json.Unmarshal(body, &out); err != nil || len(out) != 200 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/record")
}
