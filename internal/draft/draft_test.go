package draft_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"purser/internal/connectortest"
	"purser/internal/draft"
	"purser/internal/manifest"
)

// written puts a draft into a folder and returns it with the records it reads.
func written(t *testing.T, d draft.Draft) (*manifest.Connector, *connectortest.Fixture) {
	t.Helper()
	dir := t.TempDir()
	files, err := d.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := manifest.LoadConnector(os.DirFS(dir))
	if err != nil {
		t.Fatalf("the draft is no manifest: %v\n%s", err, files[0].Data)
	}
	fixture, err := d.Fixture(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connectortest.Golden(t.Context(), os.DirFS(dir), fixture, draft.Task); err != nil {
		t.Fatalf("the draft cannot read its own answers: %v\n%s", err, files[0].Data)
	}
	return c, fixture
}

func TestADraftOfEveryWayToAuthorizeReadsItsOwnAnswers(t *testing.T) {
	for _, auth := range []string{"bearer", "header", "basic", "client_credentials", "code"} {
		t.Run(auth, func(t *testing.T) {
			c, f := written(t, draft.Plain("tracker", "Tracker: the \"one\"", "api.tracker.example", auth))
			if len(f.Records["users"]) != 2 || f.Records["users"][1]["status"] != "deactivated" {
				t.Errorf("it reads %v", f.Records)
			}
			if c.Manifest.Title != `Tracker: the "one"` || !slices.Contains(c.Manifest.Hosts, "api.tracker.example") {
				t.Errorf("title %q, hosts %v", c.Manifest.Title, c.Manifest.Hosts)
			}
		})
	}
}

const described = `openapi: 3.1.0
info: {title: Board, version: "1"}
servers: [{url: "https://api.board.example/v3/"}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Board-Key}}
  parameters: {After: {in: query, name: page_token, schema: {type: string}}}
  schemas:
    Base: {type: object, properties: {id: {type: integer}, created: {type: string}}}
    User:
      allOf: [{$ref: "#/components/schemas/Base"}]
      properties:
        primaryEmail: {type: [string, "null"]}
        full_name: {type: string}
        state: {type: string, enum: [ACTIVE, LOCKED, DELETED]}
        lastLogin: {type: string, format: date-time}
paths:
  /users:
    parameters: [{$ref: "#/components/parameters/After"}, {in: query, name: page_size, schema: {type: integer}}]
    get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {
      next_page_token: {type: string}, people: {type: array, items: {$ref: "#/components/schemas/User"}}}}}}}}}
  /odd/groups: {get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}}}
  /teams: {get: {responses: {200: {content: {application/json: {schema: {type: array, items: {type: object, properties: {key: {type: string}, name: {type: string}}}}}}}}}}
  /roles:
    get:
      parameters: [{in: query, name: offset, schema: {type: string}}, {in: query, name: limit, schema: {type: integer}}]
      responses: {"200": {content: {application/json: {schema: {type: object, properties: {next_page: {type: object, properties: {offset: {type: string}}},
        data: {type: array, items: {type: object, properties: {gid: {type: string}, name: {type: string}}}}}}}}}}
  /invoices: {get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}, name: {type: string}}}}}}}}}}
  "/users/{id}": {get: {responses: {}}}
`

func TestStreamsAreProposedFromAnOpenAPIDocument(t *testing.T) {
	d, err := draft.FromOpenAPI("board", "", []byte(described))
	if err != nil {
		t.Fatal(err)
	}
	c, f := written(t, d)
	if d.Title != "Board" || d.Host != "api.board.example" || d.Base != "/v3" || d.Auth != (draft.Auth{Kind: "header", Header: "X-Board-Key"}) {
		t.Errorf("title %q, host %q, base %q, auth %+v", d.Title, d.Host, d.Base, d.Auth)
	}
	users := c.Task(draft.Task).Stream("users")
	if users.At != "people" || users.Paging.Kind != "cursor" || users.Paging.Param != "page_token" || users.Paging.Next != "next_page_token" {
		t.Errorf("users: at %q, page %+v", users.At, users.Paging)
	}
	if roles := c.Task(draft.Task).Stream("roles"); roles.Paging.Kind != "cursor" || roles.Paging.Param != "offset" || roles.Paging.Next != "next_page.offset" {
		t.Errorf("a token that is called offset is taken for a count: %+v", roles.Paging)
	}
	files, err := d.Files()
	if err != nil {
		t.Fatal(err)
	}
	if hints := manifest.Shorter(files[0].Data); len(hints) > 0 {
		t.Errorf("the draft could be shorter: %v", hints)
	}
	if got := f.Records["users"]; len(got) != 2 || got[0]["email"] != "person1@example.com" || got[0]["status"] != "active" || got[0]["external_id"] != "1" {
		t.Errorf("users give %v", got)
	}
	if got := f.Records["teams"]; len(got) != 2 || c.Task(draft.Task).Stream("teams").Paging.Kind != "none" {
		t.Errorf("teams give %v, paged by %q", got, c.Task(draft.Task).Stream("teams").Paging.Kind)
	}
	if !slices.Equal(d.Left, []string{"/invoices"}) {
		t.Errorf("left are %v", d.Left)
	}
}

func TestADocumentWithoutAListIsRefusedInWords(t *testing.T) {
	for text, want := range map[string]string{"": "no paths", "paths: [": "cannot be read", "paths: {/a: {get: {}}}": "no list of users"} {
		if _, err := draft.FromOpenAPI("x", "X", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A document of a vendor may hold anything; circles end.
func FuzzFromOpenAPI(f *testing.F) {
	f.Add([]byte(described))
	f.Add([]byte(`{"paths":{"/users":{"get":{"responses":{"200":{"schema":{"$ref":"#/a"}}}}}},"a":{"$ref":"#/a"}}`))
	f.Add([]byte(`{"paths":{"/users":{"get":{"responses":{"200":{"schema":{"$ref":"#/a"}}}}}},"a":{"allOf":[{"$ref":"#/a"},{"$ref":"#/a"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if d, err := draft.FromOpenAPI("x", "X", raw); err == nil && len(d.Streams) == 0 {
			t.Error("a draft without a stream")
		}
	})
}
