package view_test

import (
	"strings"
	"testing"

	"rsc.io/qr"

	"purser/internal/web/view"
)

// The test stands outside of the package: inside, its pages would be compiled twice.
func TestThePictureHoldsEveryDarkModule(t *testing.T) {
	const text = "otpauth://totp/Purser:ada@example.com?secret=ABC"
	q, err := view.NewQR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				dark++
			}
		}
	}
	drawn := 0
	for _, run := range strings.Split(strings.TrimSuffix(q.Path(), "z"), "z") {
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
	if !strings.HasPrefix(q.Path(), "M4 4h7v1") {
		t.Errorf("the first finder pattern is not where it belongs: %.20s", q.Path())
	}
	if _, err := view.NewQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("5,000 characters fit")
	}
}
