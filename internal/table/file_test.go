package table_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"purser"
	"purser/internal/finding"
	"purser/internal/table"
)

func TestEveryListIsAFileOfEveryKind(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("ada", purser.RoleAdmin)
		for _, l := range h.Lists(ctx) {
			for _, format := range table.Formats() {
				var file bytes.Buffer
				if err := h.Write(ctx, l.Name, nil, format, false, &file); err != nil {
					t.Errorf("%s as %s: %v", l.Name, format, err)
				} else if format == "xlsx" {
					if _, err := excelize.OpenReader(&file); err != nil {
						t.Errorf("%s: %v", l.Name, err)
					}
				}
			}
		}
	})
}

// The heads of some files are names that somebody gave.
func TestHeadsThatCouldBeFormulasAreNeutral(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		var file bytes.Buffer
		out, err := table.NewWriter(&file, format, "Access: who/what", []table.Head{{Key: "person", Title: "Person"}, {Key: "app_1", Title: "=1+1"}}, false)
		if err == nil {
			err = errors.Join(out.Row([]string{"Ada", "user"}), out.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		rows := func() ([][]string, error) { return csv.NewReader(&file).ReadAll() }
		if format == "xlsx" {
			book, err := excelize.OpenReader(&file)
			if err != nil {
				t.Fatal(err)
			}
			rows = func() ([][]string, error) { return book.GetRows("Access- who-what") }
		}
		if got, err := rows(); err != nil || len(got) != 2 || !slices.Equal(got[0], []string{"Person", "'=1+1"}) {
			t.Errorf("%s: %q %v", format, got, err)
		}
	}
}

func TestAMistypedIdentifierSelectsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := h.as("ada", purser.RoleAdmin)
		for list, conditions := range map[string]string{
			"findings": "application account plan instance", "suspicious": "application instance", "changes": "application instance", "accounts": "application instance",
			"sso-accounts": "person instance", "unmatched": "instance", "devices": "application instance", "licenses": "application instance", "seats": "plan", "transactions": "application instance",
			"contracts": "application", "leavers": "instance",
		} {
			for name := range strings.FieldsSeq(conditions) {
				var file bytes.Buffer
				err := h.Write(ctx, list, query(t, name+"=x"), "csv", false, &file)
				if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Kind != purser.ProblemNotFound {
					t.Errorf("%s?%s=x: %v", list, name, err)
				}
			}
		}
	})
}

// An order, a choice or a count by value would tell what is hidden.
func TestWhoMayNotSeeMoneyCannotAskForIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.exec(`INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, found_at, state)
			VALUES ('unused_seat', 'ins_x', 's1', 0, 1, 0, 0, 0, 1, 'open')`)
		ctx := h.as("opa", purser.RoleOperator)
		counts, err := h.Findings.(*finding.Service).Counts(ctx, finding.Filter{})
		if err != nil || len(counts) != 1 || counts[0].N != 1 || counts[0].Unvalued != 0 {
			t.Errorf("counts: %+v %v", counts, err)
		}
		for _, f := range []finding.Filter{{Currency: "eur"}, {Any: []finding.Filter{{Currency: "EUR"}}}} {
			if _, err := h.Findings.List(ctx, f, purser.Page{}); !invalid(err, "currency") {
				t.Errorf("%+v: %v", f, err)
			}
		}
		if counts, err = h.Findings.(*finding.Service).Counts(h.as("ada", purser.RoleAdmin), finding.Filter{}); err != nil || len(counts) != 1 || counts[0].Unvalued != 1 {
			t.Errorf("who may: %+v %v", counts, err)
		}
	})
}

func invalid(err error, field string) bool {
	p, ok := errors.AsType[*purser.Problem](err)
	return ok && p.Kind == purser.ProblemInvalid && p.Field == field
}
