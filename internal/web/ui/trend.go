package ui

import "strconv"

func (p TrendPoint) text(series int) string {
	if series < len(p.Money) {
		return p.Money[series].String()
	}
	return Int(p.Values[series])
}

// trendColor is the color of a series, the same as of a part of a ShareBar.
func trendColor(series int) string { return strconv.Itoa(series%6 + 1) }

// trendBox is one part of a column in a box of 1000 × 160.
type trendBox struct {
	x, y, width, height, color string
	unknown                    bool
}

// trendBoxes stacks the parts of each column from the ground up, the first one lowest.
func trendBoxes(d TrendData) (boxes []trendBox) {
	most := int64(1)
	for _, p := range d.Points {
		most = max(most, p.sum())
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	step := 1000 / float64(len(d.Points))
	for i, p := range d.Points {
		ground := 160.0
		for n, v := range p.Values {
			height := 160 * float64(max(0, v)) / float64(most)
			if ground -= height; height > 0 {
				boxes = append(boxes, trendBox{x: number(float64(i)*step + step*0.1), y: number(ground), width: number(step * 0.8), height: number(height), color: trendColor(n), unknown: d.Series[n].Unknown})
			}
		}
	}
	return boxes
}

func (p TrendPoint) sum() (n int64) {
	for _, v := range p.Values {
		n += max(0, v)
	}
	return n
}
