package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// sparkLine is the path through points in a box of 88 × 26.
func sparkLine(points []float64) string {
	if len(points) == 0 {
		return ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, p), max(high, p)
	}
	span := high - low
	var b strings.Builder
	for i, p := range points {
		x, y := 0.0, 13.0
		if len(points) > 1 {
			x = 88 * float64(i) / float64(len(points)-1)
		}
		if span > 0 {
			y = 23 - 20*(p-low)/span
		}
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", op, x, y)
	}
	return b.String()
}

// sparkArea closes the line to the ground.
func sparkArea(points []float64) string {
	l := sparkLine(points)
	if l == "" {
		return ""
	}
	return l + "L88 26L0 26Z"
}

// shareSpan is one part of a bar of width 1000.
type shareSpan struct {
	x, width, color, label, value, href string
	unknown                             bool
}

// shareSpans lays the parts side by side; a part that is not 0 is at least 4 wide.
func shareSpans(parts []Share) []shareSpan {
	var sum int64
	for _, p := range parts {
		sum += max(0, p.Value)
	}
	out := make([]shareSpan, 0, len(parts))
	x := 0.0
	for i, p := range parts {
		w := 0.0
		if sum > 0 && p.Value > 0 {
			w = max(4, 1000*float64(p.Value)/float64(sum))
		}
		out = append(out, shareSpan{
			x: strconv.FormatFloat(x, 'f', 1, 64), width: strconv.FormatFloat(w, 'f', 1, 64),
			color: strconv.Itoa(i%6 + 1), label: p.Label, value: Int(p.Value), href: p.Href, unknown: p.Unknown,
		})
		x += w
	}
	return out
}
