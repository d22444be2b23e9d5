package hardness_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"purser"
	"purser/internal/notify"
	"purser/internal/notify/mailtest"
	"purser/internal/sandbox"
)

// mail lets the house send mail to a server that is at hand.
func (h *house) mail(m *mailtest.Server) {
	h.t.Helper()
	roots := filepath.Join(h.dir, "roots.pem")
	password := filepath.Join(h.dir, "password")
	for path, text := range map[string][]byte{roots: m.RootsPEM, password: []byte(mailtest.Password)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	h.env = []string{"SSL_CERT_FILE=" + roots, "PURSER_SMTP_URL=smtp://" + m.Host + ":" + m.Port, "PURSER_MAIL_FROM=Purser <purser@example.com>"}
	if len(m.Auth) > 0 {
		h.env = append(h.env, "PURSER_SMTP_USER="+mailtest.User, "PURSER_SMTP_PASSWORD_FILE="+password)
	}
}

func (h *house) deliveries() []notify.Delivery {
	return list[notify.Delivery](h, "/notifications/deliveries")
}

func TestKilledBetweenAChangeAndItsMailsEachIsSentOnce(t *testing.T) {
	each(t, sandbox.Options{}, func(t *testing.T, h *house) {
		var asked atomic.Int64
		reached, goOn := make(chan struct{}), make(chan struct{})
		m := mailtest.Start(t, mailtest.Options{Auth: []string{"PLAIN"}, Rcpt: func(string) error {
			if asked.Add(1) == 1 { // the change is committed by now, and nothing was handed over
				close(reached)
				<-goOn
			}
			return nil
		}})
		h.mail(m)
		h.serve()
		h.api("POST", "/notifications/recipients", map[string]string{"email": "ops@example.com, it@example.com, second@example.com"}, nil)
		h.okta(purser.TaskApplicationRoster)
		<-reached
		h.kill()
		close(goOn)
		if n := len(m.Messages()); n != 0 {
			t.Fatalf("%d mails were sent before the kill", n)
		}
		h.serve()
		h.until("all mails are sent", func() bool {
			all := h.deliveries()
			for _, d := range all {
				if d.State != "sent" {
					return false
				}
			}
			return len(all) == 3
		})
		h.kill()
		h.serve()
		h.runs()
		to := map[string]int{}
		for _, got := range m.Messages() {
			to[got.To]++
			if !got.TLS || got.User != mailtest.User || !strings.Contains(got.Header("Subject"), "first sync of Acme is complete") {
				t.Errorf("%+v", got)
			}
		}
		if len(to) != 3 || to["ops@example.com"] != 1 || to["it@example.com"] != 1 || to["second@example.com"] != 1 {
			t.Errorf("mails by recipient: %v", to)
		}
	})
}

func TestKilledWhileTheMailServerTakesAMailItIsNotSentTwice(t *testing.T) {
	each(t, sandbox.Options{}, func(t *testing.T, h *house) {
		reached, goOn := make(chan struct{}), make(chan struct{})
		var once atomic.Bool
		m := mailtest.Start(t, mailtest.Options{Taken: func(mailtest.Message) error {
			if once.CompareAndSwap(false, true) { // the whole mail is there, and its answer is not
				close(reached)
				<-goOn
			}
			return nil
		}})
		h.mail(m)
		h.serve()
		h.api("POST", "/notifications/recipients", map[string]string{"email": "ops@example.com"}, nil)
		h.okta(purser.TaskApplicationRoster)
		<-reached
		h.kill()
		close(goOn)
		h.serve()
		h.until("it is shown that nobody knows", func() bool { all := h.deliveries(); return len(all) == 1 && all[0].State == "unsure" })
		if n := len(m.Messages()); n != 1 {
			t.Errorf("%d mails were taken", n)
		}
		var home struct {
			Needs []struct{ Sentence, URL string }
		}
		h.api("GET", "/home", nil, &home)
		shown := false
		for _, n := range home.Needs {
			shown = shown || strings.HasPrefix(n.URL, "/settings/notifications")
		}
		if !shown {
			t.Errorf("the first page does not say so: %+v", home.Needs)
		}
		h.api("POST", "/notifications/deliveries/"+h.deliveries()[0].ID+"/retry", nil, nil)
		h.until("a person sent it again", func() bool { return h.deliveries()[0].State == "sent" })
	})
}
