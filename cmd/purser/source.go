package main

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"purser"
)

type sourceCmd struct {
	List  sourceListCmd  `cmd:"" help:"List the sources of people in the order in which their word counts."`
	Order sourceOrderCmd `cmd:"" help:"Say in which order the word of sources counts."`
}

type fieldOrders struct {
	Items []purser.FieldOrder `json:"items"`
}

type sourceListCmd struct{}

// Run prints the order for all fields, and of fields that have their own.
func (c *sourceListCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var out fieldOrders
	if err := cl.do(ctx, http.MethodGet, "/sources", nil, nil, &out); err != nil {
		return err
	}
	return s.printOrders(out)
}

func (s *session) printOrders(out fieldOrders) error {
	if s.json {
		return s.printJSON(out)
	}
	var rows [][]string
	for _, o := range out.Items {
		if o.Field != "" && !o.Own {
			continue
		}
		for i, x := range o.Sources {
			rows = append(rows, []string{either(o.Field, "all fields"), strconv.Itoa(i + 1), x.InstanceName, string(x.Class), x.InstanceID})
		}
	}
	return s.table([]string{"FIELD", "PLACE", "SOURCE", "IS A", "ID"}, rows)
}

func either(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

type sourceOrderCmd struct {
	Field  string   `help:"A single field, such as department; without it, all that have no order of their own." placeholder:"FIELD"`
	Source []string `arg:"" optional:"" help:"Instances by name or identifier, the first counts most; none: the default order."`
}

// Run changes the order of one field, or of all.
func (c *sourceOrderCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var now fieldOrders
	if err := cl.do(ctx, http.MethodGet, "/sources", nil, nil, &now); err != nil {
		return err
	}
	in := purser.SourceOrder{All: []string{}, Fields: map[string][]string{}}
	for _, o := range now.Items {
		var ids []string
		for _, x := range o.Sources {
			ids = append(ids, x.InstanceID)
		}
		switch {
		case !o.Own:
		case o.Field == "":
			in.All = ids
		default:
			in.Fields[o.Field] = ids
		}
	}
	if c.Field == "" {
		in.All = slices.Concat([]string{}, c.Source)
	} else {
		in.Fields[c.Field] = slices.Concat([]string{}, c.Source)
	}
	var out fieldOrders
	if err := cl.do(ctx, http.MethodPut, "/sources", nil, in, &out); err != nil {
		return err
	}
	return s.printOrders(out)
}

type personFieldsCmd struct {
	Person string `arg:"" help:"Person, per_<number>."`
}

// Run prints the fields of a person.
func (c *personFieldsCmd) Run(ctx context.Context, s *session) error {
	return s.fields(ctx, "/people/"+c.Person)
}

type accountFieldsCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
}

// Run prints the fields of an account.
func (c *accountFieldsCmd) Run(ctx context.Context, s *session) error {
	return s.fields(ctx, "/accounts/"+c.Account)
}

func (s *session) fields(ctx context.Context, path string) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var out struct {
		Items []purser.FieldTruth `json:"items"`
	}
	if err := cl.do(ctx, http.MethodGet, path+"/fields", nil, nil, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out.Items)
	}
	rows := make([][]string, len(out.Items))
	for i, t := range out.Items {
		rows[i] = []string{t.Field, "", "", "", ""}
		if t.Source != nil {
			since := t.Source.Since.Format("2006-01-02")
			if t.Source.AtLeast {
				since = "at least " + since
			}
			rows[i] = []string{t.Field, t.Value, t.Source.InstanceName, since, ""}
		}
		var others []string
		for _, o := range t.Others {
			if o.Differs {
				others = append(others, o.InstanceName+": "+o.Value)
			}
		}
		rows[i][4] = strings.Join(others, "; ")
	}
	return s.table([]string{"FIELD", "COUNTS", "AS SAID BY", "SINCE", "OTHERS SAY"}, rows)
}
