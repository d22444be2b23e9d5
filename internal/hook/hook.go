// Package hook declares what Go code of a connector gets to see where the
// manifest's language ends: a request before it is sent and an answer before it
// is read. A hook has no client, no clock and no database; it imports this
// package and the domain only.
package hook

import "net/http"

// Hook is Go code of one connector, named by its manifest. A nil function does nothing.
type Hook struct {
	Connector string // name of the folder; a connector of one's own has no hooks
	Name      string
	// Sign may add headers and parameters to a request of its connector.
	Sign func(r *http.Request, secret func(name string) string) error
	// Page turns an answer's body into one that the manifest can describe. The body
	// itself must stay as it is.
	Page func(body []byte) ([]byte, error)
}
