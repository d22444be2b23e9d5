package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"purser"
	"purser/internal/httpd"
)

// prefix is where the API lies. Another version would stand beside it.
const prefix = "/api/v1"

// Options are what the API stands on. Describe needs none of the services.
type Options struct {
	Version string
	Now     func() time.Time
	// Failed is told of what is neither refused input nor a vendor's failure, and
	// returns what to say of it; nil: as it is.
	Failed func(ctx context.Context, err error) error
	// Replays keeps answers for repeated requests; nil: keys are not looked at.
	Replays Replays
	Services
}

// API holds the operations and their routes.
type API struct {
	Services
	now     func() time.Time
	version string
	mux     *http.ServeMux
	huma    huma.API
	replays Replays
	failed  func(ctx context.Context, err error) error
	routes  []httpd.Route
}

// New returns the API of those services.
func New(o Options) *API {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Failed == nil {
		o.Failed = func(_ context.Context, err error) error { return err }
	}
	config := huma.DefaultConfig("Purser", o.Version)
	config.Info.Description = "Everything that the pages of Purser do. Send an API token as \"Authorization: Bearer pur_…\"."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served as our own routes
	config.CreateHooks = nil                                             // no links to schemas in answers
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "An API token: pur_…"}}
	config.Security = []map[string][]string{{"token": {}}}
	mux := http.NewServeMux()
	a := &API{Services: o.Services, now: o.Now, version: o.Version, mux: mux, huma: humago.New(mux, config), replays: o.Replays, failed: o.Failed}
	for _, add := range []func(){a.connectors, a.instances, a.instanceCalls, a.instanceSteps, a.runs, a.holds, a.users, a.invitations, a.tokens,
		a.sessions, a.secondFactor,
		a.contracts,
		a.deletions, a.organization, a.loads, a.fileMappings, a.ownConnectors,
		a.actions, a.switches, a.protectedList,
		a.accounts, a.people, a.identity, a.devices, a.applications, a.applicationUse, a.integrated, a.feeds, a.findings, a.leavers, a.licenses, a.money, a.home, a.exports, a.views, a.overlaps, a.notifications, a.auditLog, a.about, a.freeze, a.keys, a.backups, a.doctor} {
		add()
	}
	return a
}

// Routes returns every route with its operation.
func (a *API) Routes() []httpd.Route { return a.routes }

// OpenAPI returns the description as JSON.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// call is what one operation of the API is.
type call struct {
	method, path  string
	tag, id, does string
	op            purser.Operation
	status        int   // of success, 0 means 200
	creates       bool  // takes an Idempotency-Key
	long          bool  // may take longer than a minute
	proof         bool  // sensitive beyond its operation
	file          bool  // its body is a file, read as it comes
	most          int64 // bytes of a body, 0 means the usual
}

// add registers an operation with its handler.
func add[I, O any](a *API, c call, handle func(ctx context.Context, in *I) (*O, error)) {
	op := huma.Operation{OperationID: c.id, Method: c.method, Path: prefix + c.path, Summary: c.does, Tags: []string{c.tag},
		DefaultStatus: c.status, MaxBodyBytes: -1, // the server's own limit holds
		Extensions: map[string]any{"x-purser-operation": string(c.op)}}
	if c.file {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
	huma.Register(a.huma, op,
		func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(ctx, in)
			if err != nil {
				if httpd.Status(err) == http.StatusInternalServerError {
					err = a.failed(ctx, err)
				}
				return nil, told(ctx, err)
			}
			return out, nil
		})
	var handler http.Handler = a.mux
	if c.creates {
		handler = a.replayed(handler)
	}
	a.routes = append(a.routes, httpd.Route{Method: c.method, Pattern: prefix + c.path, Operation: c.op, Stream: c.long, MaxBody: c.most, Proof: c.proof, Handler: handler})
}

// body is an answer or request that is one JSON document.
type body[T any] struct {
	Body T
}

// empty is an answer without content.
type empty struct{}

// none is a request without parameters.
type none struct{}

// ByID is a request about one thing.
type ByID struct {
	ID string `path:"id"`
}

// items is a list that comes whole.
type items[T any] struct {
	Items []T `json:"items"`
}

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{Body: v}, nil
}

func whole[T any](all []T, err error) (*body[items[T]], error) {
	if all == nil {
		all = []T{}
	}
	return answer(items[T]{Items: all}, err)
}

func done(err error) (*empty, error) { return &empty{}, err }

// Paging is what every list that comes in pages takes.
type Paging struct {
	After string `query:"after" doc:"cursor: next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Sort  string `query:"sort" doc:"field to sort by"`
	Desc  bool   `query:"desc" doc:"sort downwards"`
}

func (p Paging) page() purser.Page {
	return purser.Page{After: p.After, Limit: p.Limit, Sort: p.Sort, Desc: p.Desc}
}

func listed[T any](list purser.List[T], err error) (*body[purser.List[T]], error) {
	if list.Items == nil {
		list.Items = []T{}
	}
	return answer(list, err)
}
