package store

import (
	"database/sql"
	"errors"
)

// found turns "no rows" into ok being false.
func found[T any](row T, err error) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}
