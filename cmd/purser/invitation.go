package main

import (
	"context"
	"net/http"
	"net/url"

	"purser/internal/login"
)

type invitationCmd struct {
	List     invitationListCmd     `cmd:"" help:"List open invitations."`
	Withdraw invitationWithdrawCmd `cmd:"" help:"Withdraw an open invitation: its link works no more."`
}

type invitationListCmd struct{}

// Run prints the invitations.
func (invitationListCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/invitations", nil, []string{"ID", "E-MAIL", "ROLE", "INVITED BY", "ENDS"}, func(i login.Invitation) []string {
		return []string{i.ID, i.Email, string(i.Role), i.InvitedBy, moment(i.ExpiresAt)}
	})
}

type invitationWithdrawCmd struct {
	ID string `arg:"" help:"inv_…"`
}

// Run withdraws the invitation.
func (c *invitationWithdrawCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/invitations/"+url.PathEscape(c.ID), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is withdrawn\n", c.ID)
}
