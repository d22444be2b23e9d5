package vendorhttp_test

import (
	"bytes"
	"net/http"
	"testing"

	"purser"
	"purser/internal/vendorhttp"
)

func TestAWholeListInOneAnswerMayBeLargerThanAPageButNotWithoutEnd(t *testing.T) {
	size := 3 << 10
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = w.Write(bytes.Repeat([]byte("a,b\n"), size/4))
	})
	v.caps = vendorhttp.Caps{Body: 1 << 10}
	large := list()
	large.Large = true
	if answer, err := v.caller().Do(t.Context(), large); err != nil || len(answer.Body) != size {
		t.Errorf("three times a page: %v", err)
	}
	v.fails(v.caller(), list(), purser.ClassInvalidResponse, 1)
	size = 5 << 10
	v.fails(v.caller(), large, purser.ClassInvalidResponse, 1)
}
