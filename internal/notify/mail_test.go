package notify_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/notify"
	"purser/internal/notify/mailtest"
	"purser/internal/store"
)

// mailServer is the configuration of a server for tests.
func mailServer(m *mailtest.Server) *notify.MailServer {
	c := &notify.MailServer{Host: m.Host, Port: m.Port, Security: notify.StartTLS, From: "Purser <purser@example.com>", Roots: m.Roots,
		Dial: egress.New(egress.Options{}).DialOperator, Password: func() (string, error) { return mailtest.Password, nil }, Patience: 10 * time.Second}
	if m.Implicit {
		c.Security = notify.ImplicitTLS
	}
	if m.Plain {
		c.Security = notify.NoTLS
	}
	if len(m.Auth) > 0 {
		c.User = mailtest.User
	}
	return c
}

// mailed is a house with a mail server and an instance with an owner.
func (h *house) mailed(m *mailtest.Server) (instanceID string) {
	h.restart(notify.Options{Mail: mailServer(m)})
	return h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
}

func TestMailIsHandedInOverTLSAndSignedIn(t *testing.T) {
	for _, o := range []mailtest.Options{{Auth: []string{"PLAIN"}}, {Auth: []string{"LOGIN"}}, {Auth: []string{"CRAM-MD5"}},
		{Implicit: true, Auth: []string{"PLAIN", "LOGIN"}}, {}, {Plain: true}} {
		t.Run(fmt.Sprintf("%+v", o.Auth)+fmt.Sprint(o.Implicit, o.Plain), func(t *testing.T) {
			eachSQLite(t, func(t *testing.T, h *house) {
				m := mailtest.Start(t, o)
				h.happen(purser.EventSyncFailed, h.mailed(m))
				h.deliver()
				h.deliver()
				h.wantOutbox("mail owner@example.com owner sent")
				got := m.Messages()
				if len(got) != 1 || got[0].TLS == o.Plain || got[0].To != "owner@example.com" || got[0].From != "purser@example.com" {
					t.Fatalf("taken: %+v", got)
				}
				// Addresses stand in angle brackets (RFC 5321, 4.1.2); strict servers take no others.
				for _, line := range []string{"MAIL FROM:<purser@example.com>", "RCPT TO:<owner@example.com>\r\n"} {
					if !strings.Contains(m.Said(), line) {
						t.Errorf("%q was not said", line)
					}
				}
				if len(o.Auth) > 0 && got[0].User != mailtest.User {
					t.Error("nobody had signed in")
				}
			})
		})
	}
}

func TestAMailSaysWhatHappenedInTextAndHTMLWithALink(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{})
		id := h.mailed(m)
		h.happen(purser.EventSyncFailed, id)
		h.deliver()
		got := m.Messages()[0]
		link := "https://purser.example.com/instances/" + id
		raw := strings.ReplaceAll(strings.ReplaceAll(got.Raw, "=\r\n", ""), "=3D", "=")
		for _, want := range []string{"text/plain", "text/html", "Why: the vendor answers with errors.", `href="` + link + `"`, link + "\r\n", "because you own Acme", `lang="en"`} {
			if !strings.Contains(raw, want) {
				t.Errorf("%q is missing in\n%s", want, raw)
			}
		}
		if s := got.Header("Subject"); s != "Acme cannot be synced any more" {
			t.Errorf("subject %q", s)
		}
		if got.Header("Message-ID") != "<"+h.delivery("owner@example.com").ID+"@example.com>" || got.Header("Auto-Submitted") != "auto-generated" {
			t.Errorf("headers of\n%s", got.Raw)
		}
	})
}

func TestAHostileTextStaysTextAndOnItsLine(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{})
		id := h.mailed(m)
		e := purser.Event{Kind: purser.EventSyncFailed, InstanceID: id, InstanceName: "Acme", Key: "hostile", Path: "/x",
			What: "Acme\r\nBcc: everybody@example.com\r\n\r\nfailed", Why: "<script>alert(1)</script>"}
		h.write(func(ctx ctxT, tx txT) error { return h.Post(ctx, tx, e) })
		h.deliver()
		got := m.Messages()[0]
		if got.Header("Bcc") != "" || got.Header("Subject") != "Acme Bcc: everybody@example.com failed" {
			t.Errorf("a header was smuggled in:\n%s", got.Raw)
		}
		if html := got.Raw[strings.Index(got.Raw, "text/html"):]; strings.Contains(html, "<script") {
			t.Error("markup of others is in the page")
		}
	})
}

func TestAGreylistedMailIsTriedAgainLaterAndSentOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		open := h.clock.now().Add(5 * time.Minute)
		m := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error {
			if h.clock.now().Before(open) {
				return mailtest.Refuse(451, "4.7.1 greylisted, come again")
			}
			return nil
		}})
		h.happen(purser.EventSyncFailed, h.mailed(m))
		for range 3 { // only one try until its time has come
			h.deliver()
		}
		d := h.delivery("owner@example.com")
		if d.State != "waiting" || d.Tries != 1 || !strings.Contains(d.Error, "451") || !d.NextAt.Time().Equal(h.clock.now().Add(time.Minute)) {
			t.Fatalf("%+v", d)
		}
		h.clock.pass(time.Minute)
		h.deliver()
		h.clock.pass(5 * time.Minute)
		h.deliver()
		h.deliver()
		if d := h.delivery("owner@example.com"); d.State != "sent" || d.Tries != 3 || d.Error != "" || len(m.Messages()) != 1 {
			t.Errorf("%+v, %d taken", d, len(m.Messages()))
		}
	})
}

func TestABouncedMailFailsIsShownAndGoesToTheAdminsInstead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{Rcpt: func(to string) error {
			if to == "owner@example.com" {
				return mailtest.Refuse(550, "5.1.1 no such user <gone@example.com>")
			}
			return nil
		}})
		h.user("root@example.com", purser.RoleAdmin)
		h.happen(purser.EventSyncFailed, h.mailed(m))
		h.deliver()
		d := h.delivery("owner@example.com")
		if d.State != "failed" || d.Tries != 1 || !strings.Contains(d.Error, "550 5.1.1 no such user") || d.Hint == "" || strings.Contains(d.Error, "@") {
			t.Fatalf("%+v", d)
		}
		h.deliver()
		h.wantOutbox("mail owner@example.com owner failed", "mail root@example.com admin sent")
		if got := m.Messages(); len(got) != 1 || !strings.Contains(got[0].Raw, "could be reached") {
			t.Errorf("the admin does not learn why: %+v", got)
		}
	})
}

func TestAServerThatHangsIsLeftAfterItsTime(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }() // it never accepts, so nothing ever answers
		host, port, _ := net.SplitHostPort(listener.Addr().String())
		c := &notify.MailServer{Host: host, Port: port, Security: notify.StartTLS, From: "purser@example.com", Dial: egress.New(egress.Options{}).DialOperator, Patience: 50 * time.Millisecond}
		h.restart(notify.Options{Mail: c})
		id := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		h.happen(purser.EventSyncFailed, id)
		h.happen(purser.EventSyncRecovered, id)
		h.deliver()
		rows := strings.Split(h.outbox(), "\n")
		tried := 0
		h.db.Read().NewRaw("SELECT sum(tries) FROM notice_delivery").Scan(t.Context(), &tried) //nolint:errcheck // 0 then
		if len(rows) != 2 || tried != 1 || strings.Contains(h.outbox(), "unsure") {
			t.Errorf("each mail waits for the server that hangs (%d tries):\n%s", tried, h.outbox())
		}
	})
}

func TestAMailWhoseAnswerNeverCameIsNotSentAgainByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		over := make(chan struct{})
		m := mailtest.Start(t, mailtest.Options{Taken: func(mailtest.Message) error {
			<-over
			return nil
		}})
		id := h.mailed(m)
		c := mailServer(m)
		c.Patience = 100 * time.Millisecond
		h.restart(notify.Options{Mail: c})
		h.happen(purser.EventSyncFailed, id)
		h.deliver()
		sessions := m.Sessions()
		close(over)
		h.clock.pass(24 * time.Hour)
		h.deliver()
		if d := h.delivery("owner@example.com"); d.State != "unsure" || d.Tries != 1 || d.Hint == "" || m.Sessions() != sessions {
			t.Errorf("%+v, %d connections", d, m.Sessions())
		}
	})
}

func TestWithoutTLSNothingIsSent(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{Plain: true, Auth: []string{"PLAIN"}})
		id := h.mailed(m)
		c := mailServer(m)
		c.Security = notify.StartTLS
		h.restart(notify.Options{Mail: c})
		h.happen(purser.EventSyncFailed, id)
		h.deliver()
		if d := h.delivery("owner@example.com"); d.State != "waiting" || !strings.Contains(d.Error, "offers no TLS") || len(m.Messages()) != 0 {
			t.Errorf("%+v", d)
		}
	})
}

func TestACertificateOfSomebodyElseIsNotTrusted(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		for _, implicit := range []bool{false, true} {
			m := mailtest.Start(t, mailtest.Options{Implicit: implicit})
			id := h.instance(fmt.Sprint("Acme ", implicit), h.user(fmt.Sprint(implicit, "@example.com"), purser.RoleOperator))
			c := mailServer(m)
			c.Roots = nil
			h.restart(notify.Options{Mail: c})
			h.happen(purser.EventSyncFailed, id)
			h.deliver()
			if d := h.delivery(fmt.Sprint(implicit, "@example.com")); d.State != "waiting" || !strings.Contains(d.Error, "certificate") || len(m.Messages()) != 0 {
				t.Errorf("implicit %t: %+v", implicit, d)
			}
		}
	})
}

func TestAWrongPasswordIsToldWithoutIt(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{Auth: []string{"PLAIN"}})
		id := h.mailed(m)
		c := mailServer(m)
		c.Password = func() (string, error) { return "hunter2hunter2", nil }
		h.restart(notify.Options{Mail: c})
		h.happen(purser.EventSyncFailed, id)
		h.deliver()
		if d := h.delivery("owner@example.com"); d.State != "waiting" || !strings.Contains(d.Error, "535") || strings.Contains(d.Error+d.Hint, "hunter2") || !strings.Contains(d.Hint, "--smtp-password-file") {
			t.Errorf("%+v", d)
		}
		// The operator mends it: what waited goes out.
		h.restart(notify.Options{Mail: mailServer(m)})
		h.clock.pass(time.Minute)
		h.deliver()
		h.wantOutbox("mail owner@example.com owner sent")
	})
}

func TestWhatIsFrozenWaits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{})
		id := h.mailed(m)
		gate := egress.New(egress.Options{})
		c := mailServer(m)
		c.Dial = gate.DialOperator
		gate.Freeze(true)
		for _, frozen := range []func() bool{gate.Frozen, nil} { // the gate holds even who forgets to ask
			h.restart(notify.Options{Mail: c, Frozen: frozen})
			if frozen != nil {
				h.happen(purser.EventSyncFailed, id)
			}
			h.deliver()
			if d := h.delivery("owner@example.com"); d.State != "waiting" || d.Tries != 0 || m.Sessions() != 0 {
				t.Errorf("%+v", d)
			}
		}
		gate.Freeze(false)
		h.clock.pass(time.Hour)
		h.deliver()
		h.wantOutbox("mail owner@example.com owner sent")
	})
}

func TestMailWaitsForAServerToBeConfiguredAndIsLeftToPeopleAfterFourDays(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		h.happen(purser.EventSyncFailed, h.instance("Acme", h.user("owner@example.com", purser.RoleOperator)))
		for range 40 {
			h.deliver()
			h.clock.pass(4 * time.Hour)
		}
		if d := h.delivery("owner@example.com"); d.State != "failed" || !strings.Contains(d.Error, "no mail server") || !strings.Contains(d.Hint, "--smtp-url") {
			t.Errorf("%+v", d)
		}
	})
}

func TestWhatAKilledProcessWasSendingIsUnsureAndAPersonDecides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{})
		h.happen(purser.EventSyncFailed, h.mailed(m))
		d := h.delivery("owner@example.com")
		d.State, d.Holder, d.NextAt = store.DeliverySending, "elsewhere.alive", purser.MicrosOf(h.clock.now())
		h.write(func(ctx ctxT, tx txT) error {
			_, err := store.MoveDelivery(ctx, tx, d, store.DeliveryWaiting)
			return err
		})
		h.deliver()
		h.wantOutbox("mail owner@example.com owner sending") // somebody else is at it
		d.Holder = "here.dead"
		h.write(func(ctx ctxT, tx txT) error {
			_, err := store.MoveDelivery(ctx, tx, d, store.DeliverySending)
			return err
		})
		h.deliver()
		if d := h.delivery("owner@example.com"); d.State != "unsure" || d.Error == "" || d.Hint == "" || len(m.Messages()) != 0 {
			t.Errorf("%+v", d)
		}
	})
}
