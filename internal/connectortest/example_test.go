package connectortest_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"purser/internal/connectortest"
	"purser/internal/manifest"
)

// example is the connector of docs/connectors.md, put together as the page says.
func example(t *testing.T) fstest.MapFS {
	t.Helper()
	page, err := os.ReadFile("../../docs/connectors.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := func(kind string) string {
		var out strings.Builder
		for _, m := range regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
			out.WriteString(m[1])
		}
		return out.String()
	}
	return fstest.MapFS{
		"tracker/manifest.yaml":                    {Data: []byte(blocks("yaml"))},
		"tracker/setup.md":                         {Data: []byte("# Connect Tracker\n")},
		"tracker/icon.svg":                         {Data: []byte("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")},
		"tracker/testdata/application_roster.json": {Data: []byte(blocks("json"))},
	}
}

// changed replaces a text that must be there once in a file of the example.
func changed(t *testing.T, in fstest.MapFS, file, from, to string) fstest.MapFS {
	t.Helper()
	data := string(in[file].Data)
	if strings.Count(data, from) != 1 {
		t.Fatalf("%s has %q %d times", file, from, strings.Count(data, from))
	}
	in[file] = &fstest.MapFile{Data: []byte(strings.Replace(data, from, to, 1))}
	return in
}

func TestTheWorkedExampleOfTheDocumentationIsRight(t *testing.T) {
	files := example(t)
	folder, err := fs.Sub(files, "tracker")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range manifest.Lint(folder) {
		t.Error(p)
	}
	report, err := connectortest.Run(t.Context(), files, "tracker")
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || len(report.Streams) != 1 || report.Streams[0].Records != 1 {
		t.Errorf("%+v", report)
	}
}

func TestWhatDiffersIsToldSoThatItsAuthorCanMendIt(t *testing.T) {
	const fixture = "tracker/testdata/application_roster.json"
	for name, c := range map[string]struct{ file, from, to, want string }{
		"a field":                {fixture, `"status": "active",`, `"status": "invited",`, "status is active, expected invited"},
		"a record too many":      {fixture, `"users": [{"external_id"`, `"users": [{"external_id": "0"}, {"external_id"`, "2 records are expected, there are 1"},
		"a request unknown":      {fixture, `"after": "abc"`, `"after": "def"`, "has no answer to GET /v2/users?per_page=100&after=abc"},
		"an answer nobody wants": {fixture, `"next": "abc"`, `"next": ""`, "exchange 2 (GET /v2/users) was never asked for"},
		"a record refused":       {"tracker/manifest.yaml", "created_at: time(created)", "created_at: time(email)", "a record was refused"},
		"a stream misspelt":      {fixture, `"users": [{"external_id"`, `"people": [{"external_id"`, "people, which is no stream of the task"},
		"a refusal":              {fixture, `"answer": {"status": 200, "body": {"users": [], "next": ""}}`, `"answer": {"status": 403, "body": {"error": {"type": "no_scope"}}}`, "the stream is blocked"},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := connectortest.Run(t.Context(), changed(t, example(t), c.file, c.from, c.to), "tracker")
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(report.Problems, "\n")
			for _, s := range report.Streams {
				said += "\n" + strings.Join(s.Problems, "\n")
			}
			if report.OK() || !strings.Contains(said, c.want) {
				t.Errorf("the report says %q, want %q", said, c.want)
			}
		})
	}
}

func TestAFixtureThatSaysMoreThanTheFormatHasIsRefused(t *testing.T) {
	files := changed(t, example(t), "tracker/testdata/application_roster.json", `"now":`, `"when":`)
	if _, err := connectortest.Run(t.Context(), files, "tracker"); err == nil || !strings.Contains(err.Error(), `unknown field "when"`) {
		t.Errorf("error = %v", err)
	}
}

func TestATaskWithoutAFixtureIsAProblem(t *testing.T) {
	files := example(t)
	delete(files, "tracker/testdata/application_roster.json")
	report, err := connectortest.Run(t.Context(), files, "tracker")
	if err != nil || report.OK() || !strings.Contains(strings.Join(report.Problems, ""), "there is no testdata/application_roster.json") {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestAFixtureThatIsNotOfItsFormIsToldInWords(t *testing.T) {
	in := fstest.MapFS{"tracker/testdata/application_roster.json": {Data: []byte(`{"now": "2026-11-22T12:00:00Z", "exchanges": [{"method": "GET", "path": "/users",
		"answer": {"status": 200, "headers": {"Link": "<https://tracker.example/users?page=2>; rel=next"}, "body": []}}]}`)}}
	_, err := connectortest.ReadFixture(in, "tracker", "application_roster")
	if err == nil || !strings.Contains(err.Error(), "where a list of texts belongs") || !strings.Contains(err.Error(), "answer.headers") {
		t.Errorf("told as %v", err)
	}
}
