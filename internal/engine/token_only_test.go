package engine_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"purser/internal/engine"
)

// either is a list that some vendors page by offsets and others by tokens.
const either = "at: list\npage: {kind: offset, param: startIndex, first: 1, total: total, next: nextCursor, cursor: cursor}"

// A vendor that knows tokens only refuses an offset; one that begins with tokens
// of its own accord is not asked for one (RFC 9865, section 2.2, read 2026-11).
func TestAVendorThatKnowsTokensOnlyIsReadToItsEnd(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		if u.Query().Has("startIndex") {
			return "", "", errors.New("startIndex is not known here")
		}
		n := 0
		_, _ = fmt.Sscanf(u.Query().Get("cursor"), "t%d", &n)
		ids := numbers(5)[n*2 : min(n*2+2, 5)]
		next := fmt.Sprintf(`,"nextCursor":"t%d"`, n+1)
		if n == 2 {
			next = ""
		}
		return `{"total":5,"list":` + list(ids...) + next + `}`, "", nil
	}}
	k := newShelf()
	res := run(t, stream(t, either), v, k)
	if res.State != engine.Complete || k.ids() != strings.Join(numbers(5), " ") {
		t.Errorf("%+v %v, rows %q, asked %v", res, res.Err, k.ids(), v.asked)
	}
}

func TestAVendorThatKnowsOffsetsOnlyIsReadToItsEnd(t *testing.T) {
	v := &vendor{answer: func(u *url.URL, _ engine.Request) (string, string, error) {
		n := 1
		_, _ = fmt.Sscan(u.Query().Get("startIndex"), &n)
		return `{"total":5,"list":` + list(numbers(5)[n-1:min(n+1, 5)]...) + `}`, "", nil
	}}
	k := newShelf()
	res := run(t, stream(t, either), v, k)
	if res.State != engine.Complete || k.ids() != strings.Join(numbers(5), " ") || v.asked[1] != "/list?startIndex=3" {
		t.Errorf("%+v %v, rows %q, asked %v", res, res.Err, k.ids(), v.asked)
	}
}
