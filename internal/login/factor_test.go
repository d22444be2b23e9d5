package login_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// box seals by turning bits around: what it sealed for one row opens for no other.
type box struct{}

func (box) Seal(plain []byte, row, field string) ([]byte, error) {
	return append([]byte(row+"\x00"+field+"\x00"), flip(plain)...), nil
}

func (box) Open(sealed []byte, row, field string) ([]byte, error) {
	rest, ok := bytes.CutPrefix(sealed, []byte(row+"\x00"+field+"\x00"))
	if !ok {
		return nil, errors.New("sealed for another row")
	}
	return flip(rest), nil
}

func flip(in []byte) []byte {
	out := bytes.Clone(in)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out
}

// phone is an authenticator app: what it computes is written down apart from the product.
type phone struct{ secret []byte }

func (p phone) code(at time.Time) string {
	mac := hmac.New(sha1.New, p.secret)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1000000)
}

// enroll sets up a second factor for the one who asks.
func enroll(t *testing.T, s *login.Service, c *clock, ctx context.Context) (phone, []string) {
	t.Helper()
	if err := s.BeginTOTP(ctx); err != nil {
		t.Fatal(err)
	}
	f, err := s.SecondFactor(ctx)
	if err != nil || f.On || f.Secret == "" {
		t.Fatalf("being set up: %+v (%v)", f, err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(f.Secret)
	if err != nil || len(secret) < 20 {
		t.Fatalf("the secret %q (%v)", f.Secret, err)
	}
	p := phone{secret}
	_, err = s.ConfirmTOTP(ctx, "000000")
	wantProblem(t, err, purser.ProblemInvalid)
	codes, err := s.ConfirmTOTP(ctx, p.code(c.now))
	if err != nil || len(codes) != 10 {
		t.Fatalf("confirmed: %v (%v)", codes, err)
	}
	return p, codes
}

func sealed(t *testing.T, db *store.DB) (*login.Service, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	s, err := login.New(login.Options{DB: db, Now: c.Now, Sealer: box{}})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// password signs in with the password and returns the step that waits for a code.
func password(t *testing.T, s *login.Service) string {
	t.Helper()
	cookie, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
	due, ok := errors.AsType[*login.CodeDue](err)
	if !ok || cookie != "" {
		t.Fatalf("the password alone gives %q (%v)", cookie, err)
	}
	return due.Step
}

func TestAPasswordWaitsForACodeThatWorksOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		ada := admin(t, s)
		app, _ := enroll(t, s, c, ada)
		if f, err := s.SecondFactor(ada); err != nil || !f.On || f.Secret != "" || f.CodesLeft != 10 {
			t.Errorf("on: %+v (%v)", f, err)
		}
		step := password(t, s)
		_, err := s.SignInCode(t.Context(), step, app.code(c.now), origin)
		wantProblem(t, err, purser.ProblemInvalid) // used when it was confirmed
		c.now = c.now.Add(30 * time.Second)
		_, err = s.SignInCode(t.Context(), step, app.code(c.now.Add(5*time.Minute)), origin)
		wantProblem(t, err, purser.ProblemInvalid)
		code := app.code(c.now)
		cookie, err := s.SignInCode(t.Context(), step, code, origin)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Allow(as(t, s, cookie), purser.OpUserWrite); err != nil {
			t.Error(err)
		}
		_, err = s.SignInCode(t.Context(), step, app.code(c.now.Add(30*time.Second)), origin)
		wantProblem(t, err, purser.ProblemSignIn) // the step is used up
		_, err = s.SignInCode(t.Context(), password(t, s), code, origin)
		wantProblem(t, err, purser.ProblemInvalid) // somebody looked over the shoulder
		late := password(t, s)
		c.now = c.now.Add(11 * time.Minute)
		_, err = s.SignInCode(t.Context(), late, app.code(c.now), origin)
		wantProblem(t, err, purser.ProblemSignIn)
	})
}

func TestARecoveryCodeWorksOnceAndIsKeptAsAHash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		ada := admin(t, s)
		app, codes := enroll(t, s, c, ada)
		cookie, err := s.SignInCode(t.Context(), password(t, s), strings.ToUpper(codes[3]), origin)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.SignInCode(t.Context(), password(t, s), codes[3], origin)
		wantProblem(t, err, purser.ProblemInvalid)
		if f, _ := s.SecondFactor(as(t, s, cookie)); f.CodesLeft != 9 {
			t.Errorf("%d codes are left", f.CodesLeft)
		}
		c.now = c.now.Add(time.Minute)
		fresh, err := s.NewRecoveryCodes(ada, app.code(c.now))
		if err != nil || len(fresh) != 10 {
			t.Fatal(err)
		}
		_, err = s.SignInCode(t.Context(), password(t, s), codes[4], origin)
		wantProblem(t, err, purser.ProblemInvalid)
		var kept []string
		if err := db.Read().NewRaw(`SELECT hash FROM recovery_code`).Scan(t.Context(), &kept); err != nil || len(kept) != 10 {
			t.Fatalf("%d are kept (%v)", len(kept), err)
		}
		for _, hash := range kept {
			if strings.Contains(strings.Join(fresh, " "), hash) || len(hash) != 64 {
				t.Errorf("%q is kept", hash)
			}
		}
	})
}

func TestCodesAreLimitedFromAnywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		app, _ := enroll(t, s, c, admin(t, s)) // with one wrong code, forgiven by the right one
		c.now = c.now.Add(30 * time.Second)
		step := password(t, s)
		for i := range 10 {
			_, err := s.SignInCode(t.Context(), step, "000000", fmt.Sprintf("192.0.2.%d", i))
			wantProblem(t, err, purser.ProblemInvalid)
		}
		_, err := s.SignInCode(t.Context(), step, app.code(c.now), "192.0.2.99")
		wantProblem(t, err, purser.ProblemTooMany)
	})
}

func TestASecondFactorIsRemovedWithPasswordAndCodeOrByAnAdmin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		ada := admin(t, s)
		app, _ := enroll(t, s, c, ada)
		c.now = c.now.Add(30 * time.Second)
		wantProblem(t, s.RemoveTOTP(ada, "wrong password", app.code(c.now)), purser.ProblemInvalid)
		wantProblem(t, s.RemoveTOTP(ada, right, "123"), purser.ProblemInvalid)
		if err := s.RemoveTOTP(ada, right, app.code(c.now)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SignIn(t.Context(), "ada@example.com", right, origin); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		bob := member(t, s, ada, "bob@example.com", purser.RoleOperator)
		enroll(t, s, c, bob)
		users, err := s.Users(ada)
		if err != nil || users[0].SecondFactor || !users[1].SecondFactor {
			t.Errorf("the list says %+v (%v)", users, err)
		}
		wantProblem(t, s.ResetTOTP(bob, me(bob).ID), purser.ProblemForbidden)
		if err := s.ResetTOTP(ada, me(bob).ID); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.ResetTOTP(ada, me(bob).ID), purser.ProblemConflict)
		if _, err := s.SignIn(t.Context(), "bob@example.com", right, origin); err != nil {
			t.Errorf("after the reset: %v", err)
		}
	})
}

func TestWhereASecondFactorIsRequiredNothingElseOpensWithoutOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		ada := admin(t, s)
		bob := member(t, s, ada, "bob@example.com", purser.RoleOperator)
		wantProblem(t, s.SetPolicy(bob, login.Policy{RequireTOTP: true}), purser.ProblemForbidden)
		if err := s.SetPolicy(ada, login.Policy{RequireTOTP: true}); err != nil {
			t.Fatal(err)
		}
		cookie, err := s.SignIn(t.Context(), "bob@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		bob = as(t, s, cookie)
		wantProblem(t, s.Allow(bob, purser.OpInstanceRead), purser.ProblemForbidden)
		if err := s.Allow(bob, purser.OpSessionOwn); err != nil {
			t.Errorf("his own page: %v", err)
		}
		enroll(t, s, c, bob)
		if err := s.Allow(as(t, s, cookie), purser.OpInstanceRead); err != nil {
			t.Errorf("with a second factor: %v", err)
		}
	})
}

func TestAProofAsksForTheCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := sealed(t, db)
		ada := admin(t, s)
		app, _ := enroll(t, s, c, ada)
		c.now = c.now.Add(30 * time.Second)
		wantProblem(t, s.Prove(ada, right, ""), purser.ProblemInvalid)
		if err := s.Prove(ada, right, app.code(c.now)); err != nil {
			t.Error(err)
		}
	})
}

func TestTheAppIsToldWhoseCodesTheyAre(t *testing.T) {
	got := login.SetupURI("Purser purser.example.com", "ada@example.com", "ABC")
	want := "otpauth://totp/Purser%20purser.example.com:ada@example.com?algorithm=SHA1&digits=6&issuer=Purser%20purser.example.com&period=30&secret=ABC"
	if got != want {
		t.Errorf("got %s", got)
	}
}
