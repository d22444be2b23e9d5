package httpd

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"purser"
)

// Route is one address that the server answers. It says which operation the one
// who asks must be allowed to do; the server asks before the handler runs, and the
// services that the handler calls ask again.
type Route struct {
	Method    string           // GET, POST …
	Pattern   string           // as in http.ServeMux, without the method: /instances/{id}
	Operation purser.Operation // what it is; "" only if Public
	Public    bool             // whoever asks gets an answer, signed in or not
	Proof     bool             // sensitive beyond its operation: a session must have proved itself shortly before
	Stream    bool             // long answers: no write timeout, context ends when the server stops
	MaxBody   int64            // most bytes of a request's body; 0 means 1 MiB
	Handler   http.Handler
}

// Check refuses routes without an entry in the table of operations.
func Check(routes []Route, table map[purser.Operation][]purser.Role) error {
	var errs []error
	for _, r := range routes {
		name := r.Method + " " + r.Pattern
		switch {
		case r.Handler == nil:
			errs = append(errs, fmt.Errorf("route %s has no handler", name))
		case r.Method == "" || !strings.HasPrefix(r.Pattern, "/"):
			errs = append(errs, fmt.Errorf("route %q needs a method and a path", name))
		case r.Public && r.Operation != "":
			errs = append(errs, fmt.Errorf("route %s is public and has the operation %s: which is it?", name, r.Operation))
		case !r.Public && len(table[r.Operation]) == 0:
			errs = append(errs, fmt.Errorf("route %s has the operation %q, which is not in the table of package login", name, r.Operation))
		case !r.Public && !slices.Contains(purser.Operations(), r.Operation):
			errs = append(errs, fmt.Errorf("route %s has an unknown operation %q", name, r.Operation))
		}
	}
	return errors.Join(errs...)
}
