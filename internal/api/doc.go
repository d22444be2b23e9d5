// Package api is the REST API below /api/v1: a file per resource. Handlers turn
// requests into calls of services and their answers into JSON; they decide
// nothing. Lists come in pages with a cursor, errors as problem+json (RFC 9457),
// and the description as OpenAPI 3.1.
package api
