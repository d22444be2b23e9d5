package api

import (
	"net/url"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"purser/internal/table"
)

// AnyOf are groups of conditions of a list.
type AnyOf struct {
	Any []string `query:"any,explode" maxItems:"9" doc:"a group of conditions, such as use=never&kind=guest: rows that meet all of it. Given again, rows that meet all of one of them, beside the conditions that stand alone. GET /lists names the conditions of each list"`
	// address is the same as pages name it.
	address url.Values
}

// Resolve refuses groups that the list of the request does not know. The last part
// of a path is the name of its list.
func (g *AnyOf) Resolve(ctx huma.Context) []error {
	if len(g.Any) == 0 {
		return nil
	}
	list := strings.TrimSuffix(path.Base(ctx.Operation().Path), "-counts")
	var err error
	if g.address, err = table.WithGroups(list, g.Any); err != nil {
		return []error{told(ctx.Context(), err)}
	}
	return nil
}
