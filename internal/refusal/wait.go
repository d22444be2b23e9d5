package refusal

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"purser/internal/manifest"
)

// RetryAfter returns when the vendor wants to be asked again, zero if it does
// not say. The header is read as seconds, as an HTTP date, as an ISO date or as
// seconds or milliseconds since 1970: all of them are met.
func RetryAfter(h http.Header, now time.Time) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return time.Time{}
	}
	return moment(value, "auto", now)
}

// ResetAt returns when the budget of a limit is filled again, zero if the answer does not say.
func ResetAt(h http.Header, reset *manifest.Reset, now time.Time) time.Time {
	if reset == nil {
		return time.Time{}
	}
	value := strings.TrimSpace(h.Get(reset.Header))
	if value == "" {
		return time.Time{}
	}
	return moment(value, reset.As, now)
}

// moment reads a time; a number without a stated form is taken by its size.
func moment(value, form string, now time.Time) time.Time {
	if n, err := strconv.ParseFloat(value, 64); err == nil && n == n && n >= 0 && n < 1e15 {
		switch {
		case form == "seconds" || (form == "" || form == "auto") && n < 1e8:
			if n > 366*24*3600 {
				n = 366 * 24 * 3600
			}
			return now.Add(time.Duration(n * float64(time.Second)))
		case form == "epoch_ms" || (form == "" || form == "auto") && n >= 1e11:
			return time.UnixMilli(int64(n))
		case form == "epoch" || form == "" || form == "auto":
			return time.Unix(int64(n), 0)
		}
		return time.Time{}
	}
	if t, err := http.ParseTime(value); err == nil {
		return t
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	return time.Time{}
}
