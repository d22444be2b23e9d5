package mapping_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/mapping"
)

// eval makes one text field of an expression over one record; the outcome is the
// text, "(unknown)", or "!" and the reason of a refusal.
func eval(t *testing.T, typ purser.FieldType, src, record string) string {
	t.Helper()
	f := purser.Field{Name: "out", Type: typ}
	p, err := mapping.Compile(mapping.Spec{
		Kind:   []purser.Field{{Name: "external_id", Type: purser.Text}, f},
		Fields: []mapping.FieldSpec{{Field: purser.Field{Name: "external_id", Type: purser.Text}, From: `"x"`}, {Field: f, From: src}},
	})
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	page, err := p.Decode([]byte("["+record+"]"), mapping.Env{
		Value:  func(name string) (string, bool) { return "P1", name == "parent.external_id" },
		Lookup: func(stream, id string) (string, bool) { return "name of " + id, stream == "plans" && id != "9" },
	})
	if err != nil {
		t.Fatalf("%s over %s: %v", src, record, err)
	}
	if len(page.Rejects) > 0 {
		return "!" + page.Rejects[0].Reason
	}
	v := page.Records[0].Values[1]
	switch {
	case !v.Known:
		return "(unknown)"
	case typ == purser.Bool && v.I == 1:
		return "yes"
	case typ == purser.Bool:
		return "no"
	case typ == purser.Time || typ == purser.UseDate:
		if v.I == 0 {
			return "never"
		}
		return time.UnixMicro(v.I).UTC().Format(time.RFC3339Nano)
	case typ == purser.Int || typ == purser.Minor:
		return time.Duration(v.I).String()
	}
	return v.S
}

func TestExpressionsTakeUnknownForAnAnswer(t *testing.T) {
	const user = `{"id":"u1","name":null,"n":7,"d":12.50,"yes":true,"no":false,"empty":"","profile":null,
	"p":{"first":"Ada","last":null,"first-name":"Ada","MixedCase":"X"},"tags":["b",null,"a"],"none":[],
	"emails":[{"v":"A@Example.com","primary":false},{"v":"b@example.com","primary":true},{"v":"c@example.com"}],
	"big":12345678901234567890,"map":{"k":{"on":true}},"odd-name":"odd","esc":"tab\tq\"u","uni":"\u00e9\ud83d\ude00"}`
	for _, c := range []struct{ src, want string }{
		{`id`, "u1"}, {`n`, "7"}, {`d`, "12.50"}, {`yes`, "true"}, {`name`, "(unknown)"}, {`missing`, "(unknown)"},
		{`esc`, "tab\tq\"u"}, {`uni`, "é😀"}, {`big`, "12345678901234567890"}, {`this["odd-name"]`, "odd"}, {`renamed(this, "x=yes, Odd = odd-name", "Odd")`, "odd"}, {`renamed(this, missing, "id")`, "u1"}, {`renamed(this, "id=nope", "id")`, "(unknown)"}, {`this.p["first-name"]`, "Ada"},
		{`profile.email`, "(unknown)"}, {`p.first.deeper`, "(unknown)"}, {`missing.a.b`, "(unknown)"}, {`p["first-name"]`, "Ada"},
		{`p.MixedCase`, "X"}, {`p?.first`, "Ada"}, {`$env.p.first`, "Ada"}, {`item.id`, "u1"},
		{`lower(name)`, "(unknown)"}, {`lower(profile.email ?? p.first)`, "ada"}, {`trim("  x ")`, "x"},
		{`join([p.first, p.last], " ")`, "Ada"}, {`join([name, p.last], " ")`, "(unknown)"}, {`join(tags, ",")`, "b,a"}, {`join(name, ",")`, "(unknown)"},
		{`name ?? id`, "u1"}, {`coalesce(name, empty, id)`, "u1"}, {`coalesce(name, empty)`, "(unknown)"}, {`empty`, "(unknown)"},
		{`tags[0]`, "b"}, {`tags[5]`, "(unknown)"}, {`tags[-1]`, "a"}, {`name[0]`, "(unknown)"}, {`first(tags)`, "b"}, {`first(none)`, "(unknown)"}, {`first(name)`, "(unknown)"},
		{`find(emails, .primary).v`, "b@example.com"}, {`find(emails, .primary == nil).v`, "c@example.com"}, {`find(none, .x).v`, "(unknown)"}, {`find(name, .x).v`, "(unknown)"},
		{`len(filter(emails, not .primary))`, "1"}, {`len(filter(name, .x))`, "(unknown)"}, {`join(map(emails, lower(.v)), " ")`, "a@example.com b@example.com c@example.com"},
		{`first(filter(emails, .primary == true)).v`, "b@example.com"}, {`first(emails).v`, "A@Example.com"},
		{`split("a,b", ",")[1]`, "b"}, {`split(name, ",")`, "(unknown)"}, {`len(tags)`, "3"}, {`len("é")`, "1"}, {`len(name)`, "(unknown)"},
		{`has(id) ? "y" : "n"`, "y"}, {`has(name) ? "y" : "n"`, "n"}, {`missing ? "y" : "n"`, "(unknown)"},
		{`entries(map)[0].key`, "k"}, {`entries(name)`, "(unknown)"}, {`n + 1`, "8"}, {`n / 0`, "(unknown)"}, {`n * name`, "(unknown)"}, {`d * 2`, "25"}, {`7 % 4`, "3"}, {`-n`, "-7"},
		{`"a" + id`, "au1"}, {`"a" + name`, "(unknown)"}, {`int("42")`, "42"}, {`int(d)`, "12"}, {`int(name)`, "(unknown)"}, {`int("x")`, "!number: this is a text that is not a number"},
		{`string(n)`, "7"}, {`parent.external_id`, "P1"}, {`parent.name`, "(unknown)"}, {`lookup("plans", n)`, "name of 7"}, {`lookup("plans", "9")`, "(unknown)"},
		{`date("2024-05-06T23:59:59-11:00")`, "2024-05-06"}, {`date("2026-11-01-07:00")`, "2026-11-01"}, {`date("2026-11-01Z")`, "2026-11-01"}, {`date("2026-11-011")`, "!date: this is a text that is not a date"}, {`date("0000-00-00")`, "(unknown)"}, {`date("")`, "(unknown)"}, {`date("soon")`, "!date: this is a text that is not a date"},
		{`p`, "!out: this is an object"}, {`tags`, "!out: this is a list"}, {`id | lower()`, "u1"},
		{`if yes { "a" } else { "b" }`, "a"}, {`"id: " + string(n)`, "id: 7"},
	} {
		if got := eval(t, purser.Text, c.src, user); got != c.want {
			t.Errorf("%s = %q, want %q", c.src, got, c.want)
		}
	}
}

func TestConditionsAreYesNoOrUnknown(t *testing.T) {
	const r = `{"y":true,"n":false,"a":1,"s":"x","l":["x",2],"lu":["x",null]}`
	for src, want := range map[string]string{
		`y`: "yes", `n`: "no", `u`: "(unknown)", `not u`: "(unknown)", `!y`: "no",
		`u == 1`: "(unknown)", `u != 1`: "(unknown)", `u == nil`: "yes", `a == nil`: "no", `a != nil`: "yes", `u == u`: "(unknown)",
		`u < 1`: "(unknown)", `a < 2`: "yes", `a >= 2.5`: "no", `s < 1`: "(unknown)", `1 == 1.0`: "yes", `a == "1"`: "no",
		`y and u`: "(unknown)", `n and u`: "no", `u and n`: "no", `y or u`: "yes", `u or y`: "yes", `n or u`: "(unknown)", `y && y`: "yes", `n || n`: "no",
		`s in ["x"]`: "yes", `s in l`: "yes", `"z" in l`: "no", `"z" in lu`: "(unknown)", `u in l`: "(unknown)", `s in u`: "(unknown)", `s not in l`: "no",
		`s contains "x"`: "yes", `u contains "x"`: "(unknown)", `s startsWith "y"`: "no", `s matches "^x$"`: "yes", `u matches "x"`: "(unknown)",
		`any(l, # == 2)`: "yes", `any(l, # == 3)`: "no", `any(lu, # == 3)`: "(unknown)", `any(u, # == 3)`: "(unknown)",
		`bool("Yes")`: "yes", `bool(0)`: "no", `bool("maybe")`: "(unknown)", `bool(u)`: "(unknown)", `has(u)`: "no",
		`time("2024-01-01") < time("2024-01-02T00:00:00+09:00")`: "yes",
	} {
		if got := eval(t, purser.Bool, src, r); got != want {
			t.Errorf("%s = %s, want %s", src, got, want)
		}
	}
	if got := eval(t, purser.Bool, "s", r); got != "!out: this is a text" {
		t.Errorf("a text for a yes or no = %s", got)
	}
}

func TestMomentsAsVendorsWriteThem(t *testing.T) {
	for src, want := range map[string]string{
		`time("2024-02-29T10:11:12.345Z")`: "2024-02-29T10:11:12.345Z", `time("2024-02-29T10:11:12+02:00")`: "2024-02-29T08:11:12Z",
		`time("2024-02-29T10:11:12-0330")`: "2024-02-29T13:41:12Z", `time("2018-10-20T00:00:00")`: "2018-10-20T00:00:00Z",
		`time("2024-02-29 10:11")`: "2024-02-29T10:11:00Z", `time("2024-02-29")`: "2024-02-29T00:00:00Z", `time("2024-02-29T10:11:12.1234567Z")`: "2024-02-29T10:11:12.123456Z",
		`time("")`: "(unknown)", `time(nil)`: "(unknown)", `time("0001-01-01T00:00:00")`: "(unknown)", `time("1970-01-01T00:00:00Z")`: "(unknown)",
		`time("2023-02-29T00:00:00Z")`: "!time: this is a text that is not a date and time", `time("yesterday")`: "!time: this is a text that is not a date and time",
		`epoch(1700000000)`: "2023-11-14T22:13:20Z", `epoch("1700000000.5")`: "2023-11-14T22:13:20.5Z", `epoch(nil)`: "(unknown)", `epoch_ms(1700000000123)`: "2023-11-14T22:13:20.123Z",
		`epoch(99999999999999)`: "!epoch: the number is no moment", `msdate("/Date(1552326816230+0000)/")`: "2019-03-11T17:53:36.23Z", `msdate("/Date(-1000)/")`: "1969-12-31T23:59:59Z",
		`msdate("x")`: "!msdate: this is a text that is not written as /Date(…)/", `"2024-02-29"`: "2024-02-29T00:00:00Z",
	} {
		if got := eval(t, purser.Time, src, `{}`); got != want {
			t.Errorf("%s = %s, want %s", src, got, want)
		}
	}
}

func TestMoneyIsExact(t *testing.T) {
	for src, want := range map[string]int64{
		`money(12.5, "EUR")`: 1250, `money("0.285", "eur")`: 29, `money(-0.285, "EUR")`: -29, `money(1500, "JPY")`: 1500,
		`money(1.2345, "KWD")`: 1235, `money_minor(99)`: 99, `money(8.1, "USD")`: 810, `money(1e3, "USD")`: 100000,
	} {
		if got := eval(t, purser.Minor, src, `{}`); got != time.Duration(want).String() {
			t.Errorf("%s = %s, want %d", src, got, want)
		}
	}
	if got := eval(t, purser.Minor, `money("1e400", "USD")`, `{}`); !strings.HasPrefix(got, "!") {
		t.Errorf("an endless amount = %s", got)
	}
	if got := eval(t, purser.Minor, `money(x, "USD")`, `{}`); got != "(unknown)" {
		t.Errorf("no amount = %s", got)
	}
}

func TestWhatTheLanguageDoesNotHaveIsRefused(t *testing.T) {
	for src, want := range map[string]string{
		``: "empty", `lower(`: "unexpected token", `upper(a)`: "there is no function upper", `a.b()`: "methods", `let x = 1; x`: "not part of this language",
		`1..9`: "not part of this language", `a[1:2]`: "not part of this language", `{a: 1}`: "not part of this language", `lower()`: "lower takes 1 values",
		`find(a, any(b, any(c, any(d, any(e, true)))))`: "deep", `a matches b`: "constant", `a matches "("`: "pattern", `a ** 2`: "not part of this language",
		`find(a, #index == 1)`: "#index", `sum(a)`: "no function sum", strings.Repeat("(", 3000): "longer than",
	} {
		_, err := mapping.Compile(mapping.Spec{Kind: []purser.Field{{Name: "out", Type: purser.Text}},
			Fields: []mapping.FieldSpec{{Field: purser.Field{Name: "out", Type: purser.Text}, From: src}}, Keep: "true"})
		if src == "" {
			_, err = mapping.Paths(src)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", src, err, want)
		}
	}
}

func TestTooMuchWorkRefusesTheRecord(t *testing.T) {
	list := `{"l":[` + strings.Repeat("1,", 999) + `1]}`
	if got := eval(t, purser.Bool, `any(l, any($env.l, # == 2))`, list); got != "!an expression needs too much work" {
		t.Errorf("a million steps = %s", got)
	}
}
