package main

import "purser/internal/api"

// openapiCmd prints the description of the API.
type openapiCmd struct{}

// Run prints the description; no server is needed.
func (openapiCmd) Run(s *session) error {
	raw, err := api.New(api.Options{Version: s.version}).OpenAPI()
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(raw, '\n'))
	return err
}
