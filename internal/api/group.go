package api

import (
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"purser/internal/table"
)

// AnyOf are groups of conditions of a list.
type AnyOf struct {
	Any []string `query:"any,explode" maxItems:"9" doc:"a group of conditions, such as use=never&kind=guest: rows that meet all of it. Given again, rows that meet all of one of them, beside the conditions that stand alone. GET /lists names the conditions of each list"`
	// address is the same as pages name it.
	address url.Values
}

// of refuses groups that a list does not know, and values that its conditions do not have. Filters that have groups resolve
// themselves with the name of their list: it may be read under several paths.
func (g *AnyOf) of(ctx huma.Context, list string) []error {
	at := ctx.URL()
	if err := table.CheckJoined(list, at.Query()); err != nil {
		return []error{told(ctx.Context(), err)}
	}
	if len(g.Any) == 0 {
		return nil
	}
	var err error
	if g.address, err = table.WithGroups(list, g.Any); err != nil {
		return []error{told(ctx.Context(), err)}
	}
	return nil
}
