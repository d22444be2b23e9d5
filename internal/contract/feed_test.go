package contract_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
)

func TestACalendarTellsDeadlinesWithoutPricesUntilItIsRevoked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.create(chat("Chat, calls; and more", "2026-12-31"))
		h.create(chat("Open", ""))
		h.insertUser("fin@example.com", "Fin")
		user := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance})
		f, err := h.CreateFeed(user, "Fin's phone", false)
		if err != nil || !strings.HasPrefix(f.Path, contract.FeedPath) || !strings.HasSuffix(f.Path, ".ics") {
			t.Fatalf("%+v %v", f, err)
		}
		secret := strings.TrimPrefix(f.Path, contract.FeedPath)
		text, err := h.Calendar(t.Context(), secret, "https://purser.example.com/")
		if err != nil || strings.Count(text, "BEGIN:VEVENT") != 1 || !strings.Contains(text, "UID:"+c.ID+"-1@purser\r\n") ||
			!strings.Contains(text, "DTSTART;VALUE=DATE:20261201\r\n") || !strings.Contains(text, `Chat\, calls\; and more`) {
			t.Errorf("%v\n%s", err, text)
		}
		if strings.Contains(text, "EUR") {
			t.Errorf("a price is told: %s", text)
		}
		var kept string
		if err := h.db.Read().NewRaw(`SELECT hash || name || id FROM contract_feed`).Scan(t.Context(), &kept); err != nil || strings.Contains(kept, strings.TrimSuffix(secret, ".ics")) {
			t.Errorf("the secret is kept: %s %v", kept, err)
		}
		if list, err := h.Feeds(user); err != nil || len(list) != 1 || list[0].Path != "" || list[0].UsedAt.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		other := h.as("Op", purser.RoleOperator)
		if err := h.RevokeFeed(other, f.ID); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("another one's calendar: %v", err)
		}
		if _, err := h.CreateFeed(other, "Prices", true); kindOf(err) != purser.ProblemForbidden {
			t.Errorf("an operator asks for prices: %v", err)
		}
		if err := h.RevokeFeed(user, f.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Calendar(t.Context(), secret, ""); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("a revoked calendar: %v", err)
		}
	})
}

func TestACalendarTellsTheEndOfAContractWithoutAKnownNoticePeriod(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		terms := chat("Chat", "2026-12-31")
		terms.Terms.Notice = purser.Notice{}
		h.create(terms)
		h.insertUser("fin@example.com", "Fin")
		f, err := h.CreateFeed(purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance}), "Phone", false)
		if err != nil {
			t.Fatal(err)
		}
		text, err := h.Calendar(t.Context(), strings.TrimPrefix(f.Path, contract.FeedPath), "")
		if err != nil || !strings.Contains(text, "DTSTART;VALUE=DATE:20261231\r\n") || !strings.Contains(text, `SUMMARY:Ends\, notice period not known: Chat`) || strings.Contains(text, "Last day for notice") {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

// A calendar that a token makes is that of the token's maker: what is told follows the
// maker's role, and a token that nobody made has none.
func TestACalendarOfATokenIsThatOfItsMaker(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(chat("Chat", "2026-12-31"))
		h.insertUser("fin@example.com", "Fin")
		token := func(maker string) context.Context {
			return purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorToken, ID: "tok_1", Name: "sync", Role: purser.RoleFinance, Maker: maker})
		}
		f, err := h.CreateFeed(token("usr_fin"), "Calendar of the office", false)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := h.Calendar(t.Context(), strings.TrimPrefix(f.Path, contract.FeedPath), ""); err != nil || !strings.Contains(text, "BEGIN:VEVENT") {
			t.Errorf("%v %s", err, text)
		}
		user := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance})
		for name, ctx := range map[string]context.Context{"its maker": user, "the token": token("usr_fin")} {
			if list, err := h.Feeds(ctx); err != nil || len(list) != 1 || list[0].ID != f.ID {
				t.Errorf("%s has %+v %v", name, list, err)
			}
		}
		// It outlives the token, and an admin sees it and ends it.
		admin := h.as("Root", purser.RoleAdmin)
		if list, err := h.Feeds(admin); err != nil || len(list) != 1 || list[0].ID != f.ID || list[0].MadeBy != "sync" {
			t.Errorf("an admin sees %+v %v", list, err)
		}
		if err := h.RevokeFeed(admin, f.ID); err != nil {
			t.Error(err)
		}
		if _, err := h.Calendar(t.Context(), strings.TrimPrefix(f.Path, contract.FeedPath), ""); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("after an admin ended it: %v", err)
		}
		for name, ctx := range map[string]context.Context{"nobody's token": token(""), "the host": purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorHost, Role: purser.RoleAdmin})} {
			if _, err := h.CreateFeed(ctx, "Whose?", false); kindOf(err) != purser.ProblemInvalid {
				t.Errorf("%s makes a calendar: %v", name, err)
			}
		}
	})
}

func TestACalendarWithPricesTellsThemAsLongAsItsMakerMaySeeThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(chat("Chat", "2026-12-31"))
		h.insertUser("fin@example.com", "Fin")
		role := func(r purser.Role) {
			err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(`UPDATE users SET role = ? WHERE id = 'usr_fin'`, string(r)).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		role(purser.RoleFinance)
		f, err := h.CreateFeed(purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance}), "Phone", true)
		if err != nil {
			t.Fatal(err)
		}
		secret := strings.TrimPrefix(f.Path, contract.FeedPath)
		for r, want := range map[purser.Role]bool{purser.RoleFinance: true, purser.RoleOperator: false} {
			role(r)
			if text, err := h.Calendar(t.Context(), secret, ""); err != nil || strings.Contains(text, "6\\,000.00 EUR") != want {
				t.Errorf("as %s: %v %s", r, err, text)
			}
		}
	})
}

// remindable notes what is told instead of telling it.
func (h *house) listen() *[]purser.Event {
	var told []purser.Event
	h.Tell = func(ctx context.Context, tx bun.Tx, e purser.Event) error {
		_, err := tx.NewRaw(`INSERT INTO notice (key, kind, instance_id, at, event, warning) VALUES (?, ?, '', 1, '{}', '')`, e.Key, string(e.Kind)).Exec(ctx)
		told = append(told, e)
		return err
	}
	return &told
}

func TestOwnersAreRemindedOncePerStepAndOnlyOfTheNearestAfterAPause(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		told := h.listen()
		h.insertUser("ada@example.com", "Ada")
		in := chat("Chat", "2027-04-30") // notice until 2027-03-31, in 129 days
		in.Owner = "ada@example.com"
		c := h.create(in)
		remind := func(pass, want int) {
			t.Helper()
			h.now = h.now.AddDate(0, 0, pass)
			for range 2 {
				if err := h.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(*told) != want {
				t.Fatalf("%d told after %d days more, want %d: %+v", len(*told), pass, want, *told)
			}
		}
		remind(38, 0) // 91 days left
		remind(1, 1)  // 90
		remind(20, 1)
		remind(41, 2) // 29: Purser was stopped at 60
		if e := (*told)[1]; !strings.HasSuffix(e.Key, "/30") || len(e.To) != 1 || e.To[0] != "ada@example.com" || strings.Contains(e.What+e.Why+e.Hint, "EUR") {
			t.Errorf("%+v", e)
		}
		if _, err := h.Decide(h.ctx, c.ID, 0, purser.DecisionRenew, "fine"); err != nil {
			t.Fatal(err)
		}
		remind(25, 2) // 4 left, but decided
		if _, err := h.Decide(h.ctx, c.ID, 0, purser.Undecided, ""); err != nil {
			t.Fatal(err)
		}
		remind(0, 3)
		remind(5, 3) // past
	})
}

func TestACalendarEndsWithItsOwnersEmployment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(chat("Chat", "2026-12-31"))
		h.insertUser("fin@example.com", "Fin")
		user := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance})
		f, err := h.CreateFeed(user, "Fin's phone", false)
		if err != nil {
			t.Fatal(err)
		}
		h.exec(`INSERT INTO instance (id, name, name_key, connector, status, application_id, hr, created_at, updated_at, version) VALUES ('ins_hr', 'HR', 'hr', 'hr', 'live', 1, TRUE, 1, 1, 1)`,
			`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name, email, employment)
				SELECT no, 'fin', 0, 0, 1, 1, 1, 1, 1, 'Fin', 'fin@example.com', 'employed' FROM instance WHERE id = 'ins_hr'`)
		secret := strings.TrimPrefix(f.Path, contract.FeedPath)
		if text, err := h.Calendar(t.Context(), secret, ""); err != nil || !strings.Contains(text, "VEVENT") {
			t.Fatalf("while employed: %v %s", err, text)
		}
		h.exec(`UPDATE "person" SET employment = 'ended', ended_on = '2026-01-31'`)
		if text, err := h.Calendar(t.Context(), secret, ""); kindOf(err) != purser.ProblemNotFound {
			t.Errorf("afterwards: %v %s", err, text)
		}
	})
}

func TestAUserHasAFewCalendarsAndMayEndEachOfThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.insertUser("fin@example.com", "Fin")
		user := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_fin", Name: "Fin", Role: purser.RoleFinance})
		first, err := h.CreateFeed(user, "First", false)
		for range 19 {
			if err == nil {
				_, err = h.CreateFeed(user, "Another", false)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.CreateFeed(user, "One more", false); kindOf(err) != purser.ProblemInvalid {
			t.Errorf("one more: %v", err)
		}
		for i := range 200 { // of others, and newer
			h.exec(`INSERT INTO contract_feed (id, hash, name, user_id, made_by, prices, created_at, used_at) VALUES ('cal_x` + strconv.Itoa(i) + `', '` + strconv.Itoa(i) + `', 'x', 'usr_x', 'x', 0, 9000000000000000, 0)`)
		}
		if err := h.RevokeFeed(h.as("Root", purser.RoleAdmin), first.ID); err != nil {
			t.Errorf("an admin ends an old one: %v", err)
		}
		if _, err := h.CreateFeed(user, "In its place", false); err != nil {
			t.Error(err)
		}
	})
}
