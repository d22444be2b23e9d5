package notify

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	"text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"purser"
	"purser/internal/store"
)

// formats holds the texts of mails and the messages of chats: one JSON file a chat.
//
//go:embed formats
var formats embed.FS

// testKind is a test message: no event, and nobody chooses it.
const testKind purser.EventKind = "test"

// message is an event in words, for any way on which it goes out.
type message struct {
	Subject string
	What    string
	Why     string
	Hint    string
	Fields  []string
	Button  string
	URL     string // absolute
	Reason  string // why this reader gets it
	Manage  string // where that is changed
}

// write puts an event into words. What came from others stands on one line each.
func (s *Service) write(d store.DeliveryRow) (message, purser.Event, error) {
	var e purser.Event
	if err := json.Unmarshal([]byte(d.Event), &e); err != nil {
		return message{}, e, fmt.Errorf("read the event of delivery %s: %w", d.ID, err)
	}
	m := message{Subject: oneLine(e.What, 140), What: sentence(oneLine(e.What, 1000)), Why: sentence(oneLine(e.Why, 2000)),
		Hint: sentence(oneLine(e.Hint, 1000)), Button: "Open it in Purser", URL: s.url(e.Path), Reason: because(d, e), Manage: s.url("/settings/notifications")}
	for _, f := range e.Fields {
		if f = oneLine(f, 500); sentence(f) != m.Why {
			m.Fields = append(m.Fields, f)
		}
	}
	switch e.Kind {
	case purser.EventRemovalsHeld:
		m.Button = "Look at them and decide"
	case purser.EventInstanceRevoked, purser.EventCredentialExpiring:
		m.Button = "Open its credential"
	case purser.EventInitialFailed, purser.EventSyncFailed:
		m.Button = "See what happened"
	case purser.EventContractDue:
		m.Button = "Open the contract"
	case purser.EventFindingsWeekly:
		m.Button = "Open the findings"
	case purser.EventLeaverAssigned:
		m.Button = "Open the checklist"
	case purser.EventReport:
		m.Button, m.Manage = "Open the list", s.url("/views")
	case testKind:
		m.Button = "Open Purser"
	}
	return m, e, nil
}

// url is the address of a page as people reach it.
func (s *Service) url(path string) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return strings.TrimSuffix(s.PublicURL, "/") + path
}

func because(d store.DeliveryRow, e purser.Event) string {
	why := map[string]string{
		"list":     "You get this mail because your address is on Purser's list of recipients.",
		"instance": "You get this mail because your address is on the list of recipients of " + e.InstanceName + ".",
		"owner":    "You get this mail because you own " + e.InstanceName + ".",
		"admin":    "You get this mail because you are an admin of Purser.",
		"report":   "You get this mail because you asked for this view by mail.",
		"assigned": "You get this mail because somebody gave you this task in Purser.",
		"contract": "You get this mail because you look after this contract.",
		"findings": "You get this mail because you own what it is about: contracts, applications or instances.",
		"test":     "You get this mail because somebody tried out Purser's notifications.",
	}[d.Reason]
	if d.Reason == "admin" && d.Warning != "" {
		why = "You get this mail because you are an admin of Purser, and " + d.Warning + "."
	}
	return why
}

// sentence ends a text with a full stop, if it does not end by itself.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// mail makes the whole message as it goes over the line. The same delivery always
// has the same Message-ID, by which receivers know it.
func (s *Service) mail(ctx context.Context, d store.DeliveryRow, from *mail.Address) ([]byte, error) {
	m, e, err := s.write(d)
	if err != nil {
		return nil, err
	}
	var file File
	if e.Report != "" && s.Attach != nil {
		if file, err = s.Attach(ctx, e.Report, d.Target); err != nil {
			return nil, err
		}
		m.Fields = append(m.Fields, file.Note)
	}
	plain, err := template.ParseFS(formats, "formats/mail.txt")
	if err != nil {
		return nil, fmt.Errorf("read the text of mails: %w", err)
	}
	html, err := htmltemplate.ParseFS(formats, "formats/mail.html")
	if err != nil {
		return nil, fmt.Errorf("read the page of mails: %w", err)
	}
	msg := gomail.NewMsg()
	msg.FromMailAddress(from)
	if err := msg.To(d.Target); err != nil {
		return nil, fmt.Errorf("the address %q: %w", d.Target, err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(dateOf(e, d))
	msg.SetMessageIDWithValue(d.ID + "@" + domain(from.Address))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers of machines
	if err := msg.SetBodyTextTemplate(plain, m); err != nil {
		return nil, fmt.Errorf("write the text: %w", err)
	}
	if err := msg.AddAlternativeHTMLTemplate(html, m); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	if file.Name != "" {
		if err := msg.AttachReader(file.Name, bytes.NewReader(file.Content)); err != nil {
			return nil, fmt.Errorf("attach %s: %w", file.Name, err)
		}
	}
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return out.Bytes(), nil
}

func dateOf(e purser.Event, d store.DeliveryRow) time.Time {
	if e.At.IsZero() {
		return d.CreatedAt.Time()
	}
	return e.At
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
