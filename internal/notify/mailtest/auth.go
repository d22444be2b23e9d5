package mailtest

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // CRAM-MD5 is what some servers offer
	"encoding/hex"
	"fmt"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMechanisms lists what is offered.
func (x *session) AuthMechanisms() []string { return x.server.Auth }

// Auth signs the one account in.
func (x *session) Auth(way string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != User || password != Password {
			return Refuse(535, "5.7.8 wrong name or password")
		}
		x.m.User = user
		return nil
	}
	switch way {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	case "CRAM-MD5":
		return &cramServer{check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

type loginServer struct {
	check func(user, password string) error
	user  string
	asked int
}

// Next asks for the name, then for the password.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch {
	case l.asked == 1 && response == nil:
		return []byte("Username:"), false, nil
	case l.user == "":
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

type cramServer struct {
	check func(user, password string) error
	sent  bool
}

const challenge = "<1896.697170952@mail.example.com>"

// Next sends the challenge and checks its answer (RFC 2195).
func (c *cramServer) Next(response []byte) ([]byte, bool, error) {
	if !c.sent {
		c.sent = true
		return []byte(challenge), false, nil
	}
	mac := hmac.New(md5.New, []byte(Password))
	mac.Write([]byte(challenge))
	if string(response) != fmt.Sprintf("%s %s", User, hex.EncodeToString(mac.Sum(nil))) {
		return nil, true, Refuse(535, "5.7.8 wrong name or password")
	}
	return nil, true, c.check(User, Password)
}
