package app_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"purser"
	"purser/internal/app"
	"purser/internal/egress"
	"purser/internal/notify"
	"purser/internal/notify/mailtest"
	"purser/internal/table"
)

// fileOf is the workbook of a mail as a mail program would open it.
func fileOf(t *testing.T, raw string) *excelize.File {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatalf("the mail has no workbook: %v\n%.500s", err, raw)
		}
		if !strings.HasSuffix(part.FileName(), ".xlsx") {
			continue
		}
		text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
}

// mailsTo starts a mail server that the app hands its mails to.
func mailsTo(t *testing.T, a *app.App, patience time.Duration) *mailtest.Server {
	t.Helper()
	server := mailtest.Start(t, mailtest.Options{})
	a.Notify.Mail = &notify.MailServer{Host: server.Host, Port: server.Port, Security: notify.StartTLS, From: "Purser <purser@example.com>", Roots: server.Roots,
		Dial: egress.New(egress.Options{}).DialOperator, Password: func() (string, error) { return "", nil }, Patience: patience}
	return server
}

// A report has the first 10,000 rows of a list that has more, says so, and links the list.
func TestAReportOfALongListSaysThatItHasTheFirstRows(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, _ http.Handler) {
		server := mailsTo(t, a, time.Minute)
		_, _, actor := session(t, a, purser.RoleAuditor)
		ctx := purser.WithActor(t.Context(), actor)
		exec(t, a.DB, `INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name, employment)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT 0, CAST(i AS TEXT), 0, 0, 1, 1, 1, 1, 1, 'Somebody', 'employed' FROM n`)
		v, err := a.Tables.Save(ctx, table.ViewInput{List: "people", Name: "Everybody", Query: "cols=person&employment=employed"})
		if err == nil {
			_, err = a.Tables.Subscribe(ctx, v.ID, "weekly")
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Tables.Now = func() time.Time { return time.Now().AddDate(0, 0, 8) }
		if err := a.Tables.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.Notify.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := server.Messages()
		if len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		text := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(got[0].Raw)
		for _, want := range []string{"Rows in the file: 10000, the first of the list. It has more: open it to see all", "Open the list:", "/views/" + v.ID} {
			if !strings.Contains(text, want) {
				t.Errorf("the mail does not say %q:\n%.2000s", want, text)
			}
		}
		if rows, err := fileOf(t, got[0].Raw).GetRows("People"); err != nil || len(rows) != 10_001 {
			t.Errorf("the file has %d lines (%v)", len(rows), err)
		}
	})
}

// A report goes over the line with what its reader's role may see at that moment, not
// when it was asked for or written to the outbox.
func TestAReportIsMailedWithWhatItsReaderMaySeeThen(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, _ http.Handler) {
		server := mailsTo(t, a, 10*time.Second)
		_, _, actor := session(t, a, purser.RoleFinance)
		fin := purser.WithActor(t.Context(), actor)
		seats := int64(3)
		_, err := a.Contracts.Create(host(t.Context()), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "=Chat()", Vendor: "Example"}, Applications: []string{"Chat"},
			Terms: purser.ContractTerms{Start: "2026-01-01", Plans: []purser.ContractPlan{{Name: "Pro", Per: "user", Quantity: &seats, Price: &purser.Money{Minor: 1234, Currency: "EUR"}, Billing: "monthly"}}}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := a.Tables.Save(fin, table.ViewInput{List: "contracts", Name: "Cost", Query: "cols=name,yearly"})
		if err == nil {
			_, err = a.Tables.Subscribe(fin, v.ID, "weekly")
		}
		if err != nil {
			t.Fatal(err)
		}
		mailed := func(week int) []string {
			t.Helper()
			a.Tables.Now = func() time.Time { return time.Now().AddDate(0, 0, 8*week) }
			if err := a.Tables.Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			if week == 2 { // another role since it was written to the outbox
				exec(t, a.DB, `UPDATE users SET role = 'operator' WHERE email = 'finance@example.com'`)
			}
			if err := a.Notify.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := server.Messages()
			if len(got) != week || got[week-1].To != "finance@example.com" || !strings.Contains(got[week-1].Raw, "Rows in the file: 1") {
				t.Fatalf("%d mails: %+v", len(got), got)
			}
			rows, err := fileOf(t, got[week-1].Raw).GetRows("Contracts")
			if err != nil || len(rows) != 2 {
				t.Fatal(rows, err)
			}
			return rows[1]
		}
		if got := strings.Join(mailed(1), "|"); got != "'=Chat()|444.24|EUR" {
			t.Errorf("finance gets %s", got)
		}
		if got := strings.Join(mailed(2), "|"); got != "'=Chat()" {
			t.Errorf("an operator gets %s", got)
		}
	})
}

// A list has no column that the reader's role may not see, on its page either.
func TestAPageLeavesOutTheColumnsThatARoleMayNotSee(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		if _, err := a.Contracts.Create(host(t.Context()), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Example"}}); err != nil {
			t.Fatal(err)
		}
		for role, sees := range map[purser.Role]bool{purser.RoleFinance: true, purser.RoleOperator: false} {
			cookie, _, _ := session(t, a, role)
			code, _, body := ask(t, a, h, request{path: "/contracts", header: map[string]string{"Cookie": "purser=" + cookie}})
			if has := strings.Contains(body, "A year"); code != http.StatusOK || has != sees {
				t.Errorf("%s (%d) has the column: %v", role, code, has)
			}
		}
	})
}
