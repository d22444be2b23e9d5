package bench

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Held is how long the database's one writer was held, over all writes of a process.
type Held struct {
	Writes  float64
	Longest time.Duration
	within  []struct{ bound, count float64 } // cumulative, ascending
}

// Quantile returns a time that the writer was held at most in a share q of the
// writes: the end of the histogram's bucket, the longest of all in the last one.
func (h Held) Quantile(q float64) time.Duration {
	for _, b := range h.within {
		if b.count >= q*h.Writes && !math.IsInf(b.bound, 1) {
			return min(time.Duration(b.bound*float64(time.Second)), h.Longest)
		}
	}
	return h.Longest
}

// ReadHeld asks a server's metrics at base, such as http://127.0.0.1:8080.
func ReadHeld(ctx context.Context, base string) (h Held, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return h, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return h, err
	}
	defer res.Body.Close()
	const name = "purser_store_write_"
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		key, text, ok := strings.Cut(lines.Text(), " ")
		if !ok || !strings.HasPrefix(key, name) {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return h, fmt.Errorf("metrics: %q: %w", lines.Text(), err)
		}
		switch rest := strings.TrimPrefix(key, name); {
		case rest == "longest_seconds":
			h.Longest = time.Duration(value * float64(time.Second))
		case rest == "seconds_count":
			h.Writes = value
		case strings.HasPrefix(rest, `seconds_bucket{le="`):
			bound, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimPrefix(rest, `seconds_bucket{le="`), `"}`), 64)
			if err != nil {
				return h, fmt.Errorf("metrics: %q: %w", lines.Text(), err)
			}
			h.within = append(h.within, struct{ bound, count float64 }{bound, value})
		}
	}
	if h.Writes == 0 {
		return h, fmt.Errorf("%s tells nothing of the writer: %s", base, res.Status)
	}
	return h, nil
}
