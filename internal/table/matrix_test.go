package table_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
)

// The access matrix as a file has everybody whom the filter selects, text that could be
// a formula is neutral, and who may not see names sees none.
func TestTheAccessMatrixAsAFile(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := func(role purser.Role, f inventory.AccessFilter) (string, error) {
			var out strings.Builder
			err := h.WriteAccess(h.as("ada", role), f, "csv", false, &out)
			return out.String(), err
		}
		all, err := file(purser.RoleAdmin, inventory.AccessFilter{})
		if lines := strings.Split(strings.TrimSpace(all), "\n"); err != nil || len(lines) != 4 || lines[0] != "Person,Department,Employment" || !strings.Contains(all, "'=1+1,Sales,employed") {
			t.Errorf("%v: %s", err, all)
		}
		few, err := file(purser.RoleAdmin, inventory.AccessFilter{People: inventory.PersonFilter{Department: []string{"Legal"}}})
		if err != nil || strings.Count(few, "\n") != 2 || !strings.Contains(few, "Bea") {
			t.Errorf("%v: %s", err, few)
		}
		blind, err := file(purser.RoleFinance, inventory.AccessFilter{})
		if err != nil || strings.Contains(blind, "Bea") || strings.Count(blind, "\n") != 4 || !strings.Contains(blind, "Legal") {
			t.Errorf("%v: %s", err, blind)
		}
		if _, err := file(purser.RoleAdmin, inventory.AccessFilter{Applications: []string{"app_99"}}); err == nil {
			t.Error("an application that there is not")
		}
	})
}
