package match

import (
	"context"
	"fmt"
	"strings"

	"purser/internal/store"
)

// slice is how many rows are looked at together.
const slice = 1000

// The beginnings of the keys of people.
const (
	keyAddress = "a:"
	keyNumber  = "n:"
	keyName    = "m:"
	keyLetters = "l:"
)

// findPeople keeps what people are found by: addresses, earlier ones, employee
// numbers, and for proposals their names and the letters of their addresses.
func (d *Deriver) findPeople(ctx context.Context, by addresses) error {
	after := int64(0)
	for {
		rows, err := store.RosterAfter(ctx, d.db.Read(), after, slice)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		ids, keys := make([]int64, 0, len(rows)), make([]store.PersonKey, 0, 4*len(rows))
		for _, r := range rows {
			ids = append(ids, r.ID)
			keys = append(keys, keysOf(by, r)...)
		}
		if _, err := d.db.PutPersonKeys(ctx, ids, keys); err != nil {
			return fmt.Errorf("keep what people are found by: %w", err)
		}
		after = rows[len(rows)-1].ID
	}
}

func keysOf(by addresses, r store.RosterRow) (keys []store.PersonKey) {
	add := func(kind, key string, f store.FormerEmail) {
		if key != "" {
			keys = append(keys, store.PersonKey{Key: kind + key, PersonID: r.ID, Until: f.Until})
		}
	}
	now := by.form(r.Email)
	add(keyAddress, now.key, store.FormerEmail{})
	if letters := run(now.local); len(letters) > 3 {
		add(keyLetters, letters, store.FormerEmail{})
	}
	add(keyNumber, strings.ToLower(strings.TrimSpace(r.EmployeeNumber)), store.FormerEmail{})
	add(keyName, nameKey(r.DisplayName), store.FormerEmail{})
	told := map[string]int{}
	for _, f := range r.Former {
		form := by.form(f.Address)
		if form.key == "" || form.key == now.key {
			continue
		}
		if at, again := told[form.key]; again {
			keys[at].Until = f.Until
			continue
		}
		told[form.key] = len(keys)
		add(keyAddress, form.key, f)
	}
	return keys
}
