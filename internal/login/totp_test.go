package login

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

// Vectors of RFC 6238, appendix B, SHA-1, cut to six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := codeOf(secret, stepOf(time.Unix(at, 0))); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
	}
}

func TestAClockMayBeOffByOneStep(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1234567890, 0)
	for off, counts := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		step := stepOf(now) + off
		got := stepMatching(secret, codeOf(secret, step), now)
		if counts && got != step || !counts && got != 0 {
			t.Errorf("%d steps off: got step %d", off, got-stepOf(now))
		}
	}
}

func TestRecoveryCodesAreReadAsPeopleTypeThem(t *testing.T) {
	code, err := newRecoveryCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(code) != 19 || strings.ContainsAny(code, "01oil") {
		t.Errorf("%q is hard to read", code)
	}
	typed := strings.ToUpper(strings.ReplaceAll(code, "-", " "))
	if recoveryHash("usr_1", typed) != recoveryHash("usr_1", code) || recoveryHash("usr_2", code) == recoveryHash("usr_1", code) {
		t.Error("a code is not that of its user alone, however it is typed")
	}
}
