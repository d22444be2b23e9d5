package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"purser"
)

type contractChangeCmd struct {
	Contract string `arg:"" help:"Identifier, such as ctr_01…"`
	File     string `arg:"" help:"YAML or JSON with what changes, under the names that it has in create; what is not named stays, null takes a value away, a list replaces the whole list. - for the standard input."`
}

// Run changes what the file names.
func (c *contractChangeCmd) Run(ctx context.Context, s *session) error {
	change, err := s.document(c.File)
	if err != nil {
		return err
	}
	if len(change) == 0 {
		return purser.Invalid("file", "it names nothing that changes")
	}
	was, err := s.contractNow(ctx, c.Contract)
	if err != nil {
		return err
	}
	if was.Hidden {
		return purser.Invalid("contract", "prices are hidden for your role, and would be lost: ask somebody who may see them to change it")
	}
	in := purser.ContractInput{ContractFacts: was.ContractFacts, Owner: was.Owner.ID, Terms: was.Terms, Version: was.Version}
	for _, a := range was.Applications {
		in.Applications = append(in.Applications, a.ID)
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return err
	}
	return s.sendContract(ctx, http.MethodPut, "/contracts/"+url.PathEscape(c.Contract), merged(whole, change))
}

// merged applies a change to a document as RFC 7396 says: objects are merged, null removes,
// anything else replaces.
func merged(to, change map[string]any) map[string]any {
	for name, value := range change {
		part, isObject := value.(map[string]any)
		inner, wasObject := to[name].(map[string]any)
		switch {
		case value == nil:
			delete(to, name)
		case isObject && wasObject:
			to[name] = merged(inner, part)
		default:
			to[name] = value
		}
	}
	return to
}

func (s *session) contractNow(ctx context.Context, id string) (was purser.Contract, err error) {
	cl, err := s.client()
	if err == nil {
		err = cl.do(ctx, http.MethodGet, "/contracts/"+url.PathEscape(id), nil, nil, &was)
	}
	return was, err
}

type contractAmendCmd struct {
	Contract string `arg:"" help:"Identifier."`
	File     string `arg:"" help:"YAML or JSON with the day from which it holds (on), all plans from then on (plans), and its value and note; - for the standard input."`
}

// Run adds a dated change of the plans.
func (c *contractAmendCmd) Run(ctx context.Context, s *session) error {
	in, err := s.document(c.File)
	if err != nil {
		return err
	}
	was, err := s.contractNow(ctx, c.Contract)
	if err != nil {
		return err
	}
	if _, said := in["version"]; !said {
		in["version"] = was.Version
	}
	return s.sendContract(ctx, http.MethodPost, "/contracts/"+url.PathEscape(c.Contract)+"/amendments", in)
}
