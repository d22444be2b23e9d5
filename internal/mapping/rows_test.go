package mapping_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/mapping"
)

// groups is a program for an answer of the given form.
func groups(t *testing.T, body, id, name, keep string) *mapping.Program {
	t.Helper()
	kind := purser.Fields(purser.KindGroup)
	s := mapping.Spec{Kind: kind, Body: body, Keep: keep}
	for _, f := range []struct{ name, from string }{{"external_id", id}, {"name", name}} {
		for _, k := range kind {
			if k.Name == f.name {
				s.Fields = append(s.Fields, mapping.FieldSpec{Field: k, From: f.from})
			}
		}
	}
	p, err := mapping.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// said is what came of an answer: id=name of each record, and the reasons of those refused.
func said(t *testing.T, p *mapping.Program, body string) string {
	t.Helper()
	page, err := p.Decode([]byte(body), mapping.Env{Drift: true})
	if err != nil {
		if purser.ClassOf(err) != purser.ClassInvalidResponse {
			t.Errorf("%q is of class %s", body, purser.ClassOf(err))
		}
		return "error: " + err.Error()
	}
	at := 0
	for i, k := range purser.Fields(purser.KindGroup) {
		if k.Name == "name" {
			at = i
		}
	}
	var out []string
	for _, r := range page.Records {
		out = append(out, r.ExternalID+"="+r.Values[at].S)
	}
	for _, r := range page.Rejects {
		out = append(out, "refused: "+r.Reason)
	}
	return strings.Join(out, " | ")
}

func TestATableIsReadByTheNamesOfItsColumns(t *testing.T) {
	p := groups(t, "csv", `this["Group Id"]`, `lower(Name)`, "")
	for body, want := range map[string]string{
		"Group Id,Name\r\n1,Ops\r\n2,\"a, \"\"b\"\"\"\r\n": `1=ops | 2=a, "b"`,
		"\ufeffName,Other,Group Id\nOps,x,1\n":             "1=ops",
		"\ufeff\"Group Id\",Name\n1,\"two\nlines\"":        "1=two\nlines",
		"Group Id,Name\n":             "",
		"Group Id,Name\n,Ops\n3,c\n":  "3=c | refused: external_id is missing",
		"Group Id,Name\n1,Ops\n2\n":   "error: line 3 of the answer has another number of cells than the first",
		"Group Id,Name\n1,\"Ops":      "error: line 2 of the answer is not valid CSV",
		"Group Id,Name,Name\n1,a,b\n": "error: two columns of the answer have the same name",
		"error,message\nquota,wait\n": "error: the first line of the answer names none of the columns that are read",
		"Group Id,Name\n1,\xff\n":     "error: the answer is not valid UTF-8",
		"<html>":                      "error: the answer is HTML or XML where CSV is expected",
		"":                            "error: the answer is empty",
	} {
		if got := said(t, p, body); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q gives %q, want %q", body, got, want)
		}
	}
}

func TestThisIsTheRecordItselfAlsoWhileAListInItIsExploded(t *testing.T) {
	p := groups(t, "", `this["odd name"]`, `this["a b"].c`, "")
	if got := said(t, p, `[{"odd name":"1","a b":{"c":"d"}}]`); got != "1=d" {
		t.Errorf("got %q", got)
	}
	if paths, err := mapping.Paths(`this["odd name"] ?? lower(this.b)`); err != nil || strings.Join(paths, "|") != "odd name|b" {
		t.Errorf("paths are %q, %v", paths, err)
	}
}

func TestAWholeLineOfATableMayBeLookedAt(t *testing.T) {
	p := groups(t, "csv", "id", `string(len(filter(entries(item), .value != nil)))`, `id != "2"`)
	if got := said(t, p, "id,a,b\n1,x,\n2,x,y\n3,,\n"); got != "1=2 | 3=1" {
		t.Errorf("got %q", got)
	}
}

func TestJSONLinesAreReadLineByLine(t *testing.T) {
	p := groups(t, "ndjson", "id", "profile.name", "")
	for body, want := range map[string]string{
		`{"id":1,"profile":{"name":"a"}}` + "\n" + `{"id":2,"profile":null}` + "\n\n": "1=a | refused: name is missing",
		`{"id":1,"profile":{"name":"a"}}`:                                             "1=a",
		`{"id":1,"profile":{"name":"a"}}` + "\n[1]\n":                                 "1=a | refused: the item is no object",
		`{"id":1,"profile":{"name":"a"}}` + "\n{\"id":                                 "error: the answer is cut off",
		`{"id":1,"profile":{"name":"a"}}` + "\nquota":                                 "error: the answer is not valid JSON Lines",
		"": "error: the answer is empty",
	} {
		if got := said(t, p, body); !strings.Contains(got, want) {
			t.Errorf("%q gives %q, want %q", body, got, want)
		}
	}
}
