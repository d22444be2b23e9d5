package login

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// Parameters of one-time codes by time (RFC 6238): what authenticator apps expect
// who are told nothing else. SHA-1 is sound within HMAC.
const (
	totpPeriod = 30 * time.Second
	totpDigits = 6
	totpDrift  = 1  // steps that a clock may be off, each way
	totpSecret = 20 // bytes: that of the hash (RFC 4226, 4)
)

// recoveryCodes is how many one-time codes there are for who lost the app.
const recoveryCodes = 10

func stepOf(t time.Time) int64 { return t.Unix() / int64(totpPeriod/time.Second) }

// codeOf is the code of a step (RFC 4226, 5.3).
func codeOf(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:offset+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}

// stepMatching returns the step whose code that is, 0 if it is none of those that
// count now. It takes as long whichever it is.
func stepMatching(secret []byte, code string, now time.Time) (step int64) {
	for s := stepOf(now) - totpDrift; s <= stepOf(now)+totpDrift; s++ {
		same := subtle.ConstantTimeCompare([]byte(codeOf(secret, s)), []byte(code))
		step = int64(subtle.ConstantTimeSelect(same, int(s), int(step)))
	}
	return step
}

// secretText is how a person types a secret into an app.
func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// SetupURI is what an authenticator app reads from the QR code. issuer names this
// Purser among others, account its user.
func SetupURI(issuer, account, secret string) string {
	issuer = strings.ReplaceAll(issuer, ":", " ")
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	// Apps read %20 as a space, not +.
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// recoveryAlphabet has no letters that are taken for others.
const recoveryAlphabet = "abcdefghjkmnpqrstuvwxyz23456789"

// newRecoveryCode returns a code of 79 bits, in groups as people read it.
func newRecoveryCode(rand io.Reader) (string, error) {
	var out strings.Builder
	for n := 0; n < 16; {
		var b [1]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", fmt.Errorf("no randomness for a recovery code: %w", err)
		}
		at := int(b[0]) & 31
		if at >= len(recoveryAlphabet) { // every character as likely as any other
			continue
		}
		if n > 0 && n%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(recoveryAlphabet[at])
		n++
	}
	return out.String(), nil
}

// bare is a code as typed, without what people put between its groups.
func bare(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(code))
}

func recoveryHash(userID, code string) string {
	return digest("recovery\x00" + userID + "\x00" + bare(code))
}
