package api

import (
	"context"
	"strings"

	"purser"
	"purser/internal/connect"
)

func (a *API) connectors() {
	add(a, call{method: "GET", path: "/connectors", tag: "Connectors", id: "listConnectors", does: "List the catalog", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[items[connect.CatalogEntry]], error) {
			return whole(a.Connect.Catalog(ctx))
		})
	add(a, call{method: "GET", path: "/connectors/{name}", tag: "Connectors", id: "previewConnector",
		does: "Say what a connection would read, need and call, before anything is entered", op: purser.OpCatalogRead},
		func(ctx context.Context, in *struct {
			Name string   `path:"name"`
			Set  []string `query:"set" doc:"settings as name=value"`
		}) (*body[connect.Preview], error) {
			settings := map[string]string{}
			for _, s := range in.Set {
				name, value, ok := strings.Cut(s, "=")
				if !ok {
					return nil, purser.Invalid("set", "%q is not name=value", s)
				}
				settings[name] = value
			}
			return answer(a.Connect.Preview(ctx, in.Name, settings))
		})
}
