package view

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"purser/internal/web/ui"
)

// QR is the picture of a text that a camera reads.
type QR struct{ code *qr.Code }

// quiet is the white edge that cameras need, in modules (ISO/IEC 18004).
const quiet = 4

// NewQR returns the picture of text, which survives 15 % damage. It fails if the
// text is too long for one.
func NewQR(text string) (*QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("drawing a QR code: %w", err)
	}
	return &QR{code: code}, nil
}

func (q QR) viewBox() string {
	size := q.code.Size + 2*quiet
	return fmt.Sprintf("0 0 %d %d", size, size)
}

// Path draws every run of dark modules of a line as one rectangle: the d of an SVG
// path, one unit a module.
func (q QR) Path() string {
	var d strings.Builder
	for y := range q.code.Size {
		for x := 0; x < q.code.Size; {
			if !q.code.Black(x, y) {
				x++
				continue
			}
			begin := x
			for x < q.code.Size && q.code.Black(x, y) {
				x++
			}
			fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", begin+quiet, y+quiet, x-begin, x-begin)
		}
	}
	return d.String()
}

// named gives a field an id of its own where its name stands in two forms.
func named(f ui.Field, id string) ui.Field {
	f.Attrs["id"] = id
	return f
}

// factorError is the error of a field in the form that it was sent with.
func factorError(d FactorData, removing bool, field string) string {
	if d.Removing != removing {
		return ""
	}
	return d.Errors[field]
}
