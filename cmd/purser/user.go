package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
	"purser/internal/login"
)

type userCmd struct {
	List      userListCmd      `cmd:"" help:"List who may sign in."`
	Invite    userInviteCmd    `cmd:"" help:"Invite somebody; the link for them is printed, this once."`
	Role      userRoleCmd      `cmd:"" help:"Give a user another role."`
	Remove    userRemoveCmd    `cmd:"" help:"Remove a user with their sessions and API tokens."`
	ResetTOTP userResetTOTPCmd `cmd:"" name:"reset-totp" help:"Reset somebody's second factor: they lost app and recovery codes."`
}

type userListCmd struct{}

// Run prints the users.
func (userListCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/users", nil, []string{"ID", "E-MAIL", "NAME", "ROLE", "SECOND FACTOR", "CONNECTED", "SINCE", "LAST SIGN-IN"}, func(u login.User) []string {
		return []string{u.ID, u.Email, u.Name, string(u.Role), yesNo(u.SecondFactor), yesNo(u.Connected), moment(u.CreatedAt), moment(u.LastSignInAt)}
	})
}

type userInviteCmd struct {
	Email string `arg:"" help:"Whom to invite."`
	Role  string `required:"" help:"admin, operator, finance or auditor." enum:"admin,operator,finance,auditor"`
}

// Run makes the invitation. The link alone goes to standard output.
func (c *userInviteCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var made struct {
		login.Invitation
		URL string `json:"url"`
	}
	if err := cl.do(ctx, http.MethodPost, "/invitations", nil, map[string]string{"email": c.Email, "role": c.Role}, &made); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(made)
	}
	s.note("%s invites %s as %s until %s. Send them this link; it is shown once:\n", made.ID, made.Email, made.Role, moment(made.ExpiresAt))
	return s.say("%s\n", made.URL)
}

type userRoleCmd struct {
	User string `arg:"" help:"E-mail address or usr_…"`
	Role string `arg:"" help:"admin, operator, finance or auditor." enum:"admin,operator,finance,auditor"`
}

// Run changes the role.
func (c *userRoleCmd) Run(ctx context.Context, s *session) error {
	return s.changeUser(ctx, c.User, http.MethodPatch, "", map[string]string{"role": c.Role}, "%s is now "+c.Role+"\n")
}

type userRemoveCmd struct {
	User string `arg:"" help:"E-mail address or usr_…"`
	Yes  bool   `help:"Do not ask."`
}

// Run removes the user.
func (c *userRemoveCmd) Run(ctx context.Context, s *session) error {
	if err := s.sure(c.Yes, "Remove "+plain(c.User)+" with their sessions and API tokens?"); err != nil {
		return err
	}
	return s.changeUser(ctx, c.User, http.MethodDelete, "", nil, "%s is removed\n")
}

type userResetTOTPCmd struct {
	User string `arg:"" help:"E-mail address or usr_…"`
}

// Run resets the second factor.
func (c *userResetTOTPCmd) Run(ctx context.Context, s *session) error {
	return s.changeUser(ctx, c.User, http.MethodDelete, "/second-factor", nil, "the second factor of %s is reset\n")
}

// changeUser sends a change of one user and says what came of it.
func (s *session) changeUser(ctx context.Context, who, method, below string, in any, said string) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	id, err := userID(ctx, cl, who)
	if err != nil {
		return err
	}
	if err := cl.do(ctx, method, "/users/"+url.PathEscape(id)+below, nil, in, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": id}, said, who)
}

// userID finds a user by identifier or address.
func userID(ctx context.Context, cl *client, who string) (string, error) {
	if strings.HasPrefix(who, purser.PrefixUser) {
		return who, nil
	}
	var all struct {
		Items []login.User `json:"items"`
	}
	if err := cl.do(ctx, http.MethodGet, "/users", nil, nil, &all); err != nil {
		return "", err
	}
	for _, u := range all.Items {
		if strings.EqualFold(u.Email, strings.TrimSpace(who)) {
			return u.ID, nil
		}
	}
	p := purser.NotFound("user", who)
	p.Hint = "`purser user list` shows who there is"
	return "", p
}
