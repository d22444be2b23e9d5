package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"purser/internal/mapping"
)

func TestAValueStaysInItsPlaceInAnAddress(t *testing.T) {
	for _, c := range []struct{ template, value, want string }{
		{"/groups/${v}/users", "00g1", "/groups/00g1/users"}, {"/groups/${v}/users", "a/b?c#d e", "/groups/a%2Fb%3Fc%23d%20e/users"},
		{"/groups/${v}/users", "..", "!"}, {"/groups/${v}/users", "", "!"}, {"https://${v}/x", "acme.example.com", "https://acme.example.com/x"},
		{"https://${v}.example.com/x", "a.b", "https://a.b.example.com/x"}, {"https://${v}/x", "evil.example/y", "!"}, {"https://${v}/x", "user@evil.example", "!"}, {"https://${v}/x", "evil.example:8080", "!"},
		{"/x?q=${v}", "a&b=c d+e", "/x?q=a%26b%3Dc%20d%2Be"}, {"${v}/x", "https://a.example/base", "https://a.example/base/x"}, {"${v}/x", "http://a.example", "!"}, {"${v}/x", "/etc", "!"},
		{"/a$${v}", "x", "/a${v}"},
	} {
		tpl, err := mapping.ParseTemplate(c.template)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tpl.ExpandURL(func(string) (string, bool) { return c.value, true })
		if err != nil {
			got = "!"
		}
		if got != c.want {
			t.Errorf("%s with %q = %q, want %q", c.template, c.value, got, c.want)
		}
	}
}

func TestAPlaceWithoutValueIsAnErrorThatNamesIt(t *testing.T) {
	tpl, err := mapping.ParseTemplate("since ${start} to ${end}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = tpl.Expand(func(name string) (string, bool) { return "now", name == "start" })
	if m, ok := errors.AsType[*mapping.MissingError](err); !ok || m.Name != "end" {
		t.Errorf("error = %v", err)
	}
	if got := strings.Join(tpl.Names(), " "); got != "start end" {
		t.Errorf("names = %s", got)
	}
}

func TestABadTemplateIsRefused(t *testing.T) {
	for _, s := range []string{"${", "${a", "${}", "${a b}", "${.a}", "${a(b)}"} {
		if _, err := mapping.ParseTemplate(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestOnlyNumbersMomentsAndIDsStandInTheTextOfAQuery(t *testing.T) {
	for _, c := range []struct{ template, value, want string }{
		{"SELECT id FROM a WHERE id > ${sql_int(page)}", "4711", "SELECT id FROM a WHERE id > 4711"},
		{"SELECT id FROM a WHERE id > ${sql_int(page)}", "-1", "SELECT id FROM a WHERE id > -1"},
		{"SELECT id FROM a WHERE id > ${sql_int(page)}", "1 OR 1=1", ""},
		{"SELECT id FROM a WHERE id > ${sql_int(page)}", "", ""},
		{"SELECT id FROM a WHERE t >= ${sql_time(start)}", "2026-11-01T00:00:00Z", "SELECT id FROM a WHERE t >= 2026-11-01T00:00:00Z"},
		{"t>${sql_time(start)}", "2026-11-01 08:09:10", "t>2026-11-01 08:09:10"},
		{"t>${sql_time(start)}", "2026-11-01T00:00:00.123+0000", "t>2026-11-01T00:00:00.123+0000"},
		{"t>${sql_time(start)}", "2026-11-01' OR ''='", ""},
		{"id='${sql_id(x)}'", "005Ab0000-1_2.x", "id='005Ab0000-1_2.x'"},
		{"id='${sql_id(x)}'", "a' OR 'b'='b", ""},
		{"id='${sql_id(x)}'", "a^ORb", ""},
		{"id='${sql_id(x)}'", "a\nb", ""},
	} {
		tpl, err := mapping.ParseTemplate(c.template)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tpl.Expand(func(string) (string, bool) { return c.value, true })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s with %q: %q, %v", c.template, c.value, got, err)
		}
		if err != nil && len(c.value) > 4 && strings.Contains(err.Error(), c.value) {
			t.Errorf("the error quotes the value: %v", err)
		}
	}
	if _, err := mapping.ParseTemplate("${shout(x)}"); err == nil {
		t.Error("a function that is not known is taken")
	}
}
