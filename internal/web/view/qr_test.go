package view

import (
	"strings"
	"testing"
)

func TestThePictureHoldsEveryDarkModule(t *testing.T) {
	q, err := NewQR("otpauth://totp/Purser:ada@example.com?secret=ABC")
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range q.code.Size {
		for x := range q.code.Size {
			if q.code.Black(x, y) {
				dark++
			}
		}
	}
	drawn := 0
	for _, run := range strings.Split(strings.TrimSuffix(q.path(), "z"), "z") {
		n := 0
		for _, c := range run[strings.IndexByte(run, 'h')+1:] {
			if c < '0' || c > '9' {
				break
			}
			n = n*10 + int(c-'0')
		}
		drawn += n
	}
	if drawn != dark || dark == 0 {
		t.Errorf("%d modules are drawn, %d are dark", drawn, dark)
	}
	if !strings.HasPrefix(q.path(), "M4 4h7v1") {
		t.Errorf("the first finder pattern is not where it belongs: %.20s", q.path())
	}
	if _, err := NewQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("5,000 characters fit")
	}
}
