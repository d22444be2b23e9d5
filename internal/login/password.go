package login

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"purser"
)

// Parameters of argon2id (OWASP Password Storage Cheat Sheet, read 2026-11: 19 MiB,
// two passes, one lane). They stand in every hash, so that they may change.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// The bounds of a password. The upper one keeps hashing from being used to wear
// the server out.
const (
	minPassword = 12
	maxPassword = 256
)

func checkPassword(password, email string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return purser.Invalid("password", "the password needs at least %d characters", minPassword)
	case n > maxPassword:
		return purser.Invalid("password", "the password may have at most %d characters", maxPassword)
	case strings.EqualFold(password, email):
		return purser.Invalid("password", "the password must not be the e-mail address")
	}
	return nil
}

// hasher makes and checks hashes, a few at a time: each takes 19 MiB.
type hasher struct {
	rand  io.Reader
	slots chan struct{}
	decoy func() (string, error) // checked when there is no such user, so that both take as long
}

func newHasher(rand io.Reader) *hasher {
	h := &hasher{rand: rand, slots: make(chan struct{}, 2)}
	// Made at the first sign-in, whoever it is: a start should not cost 19 MiB.
	h.decoy = sync.OnceValues(func() (string, error) { return h.hash(context.Background(), "decoy") })
	return h
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("no randomness for a salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// matches reports whether password gives hash. "" is the hash of nobody.
func (h *hasher) matches(ctx context.Context, hash, password string) (bool, error) {
	if utf8.RuneCountInString(password) > maxPassword {
		return false, nil
	}
	decoy, err := h.decoy()
	if err != nil {
		return false, err
	}
	known := hash != ""
	if !known {
		hash = decoy
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	var version, memory, time, lanes int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a password is kept in an unknown form")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("a password is kept in an unknown version of argon2")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return false, fmt.Errorf("a password is kept with unreadable parameters: %w", err)
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) == 0 {
		return false, fmt.Errorf("a password is kept unreadably")
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(lanes), uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1 && known, nil
}
