package sheet

import (
	"math"
	"strconv"
	"time"
)

// Serial reads a date as spreadsheets keep it: days since 30 December 1899, with
// the time of day as a fraction. ok is false for what is no such number.
// (ECMA-376 part 1, 18.17.4.1; workbooks of the 1904 system are not told apart.)
func Serial(cell string) (t time.Time, ok bool) {
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(days) || days < 1 || days >= 2958466 {
		return time.Time{}, false
	}
	whole := math.Floor(days)
	if whole < 61 {
		whole++ // before the 29 February 1900 that never was
	}
	seconds := math.Round((days - math.Floor(days)) * 86400)
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(whole)).Add(time.Duration(seconds) * time.Second), true
}
