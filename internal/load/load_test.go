package load_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/load"
	"purser/internal/store"
)

const roster = "Login;E-Mail;Status;Last login\n1;ada@example.com;active;2026-11-01\n2;bob@example.com;disabled;never\n3;cy@example.com;active;\n"

func TestAFileIsReadLikeAVendorsList(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "Planner users")
		if i.Status != purser.StatusLive || i.Application == "" {
			t.Fatalf("the instance is %s, its application %q", i.Status, i.Application)
		}
		l := h.handed(i, purser.KindAccount, "", "users.csv", roster)
		p, err := h.loads.Preview(t.Context(), l.ID, nil)
		if err != nil || p.Problem != "" || !p.Guessed || p.Facts.Delimiter != ";" || len(p.Rows) != 3 {
			t.Fatalf("preview %+v: %v", p, err)
		}
		if l, err = h.loads.Finish(t.Context(), l.ID, load.Settled{}); err != nil {
			t.Fatal(err)
		}
		if l = h.read(l); l.State != purser.LoadDone || l.Read != 3 || l.Rejected != 0 || l.RunID == "" || l.Form != "csv" {
			t.Fatalf("the load is %+v", l)
		}
		if got := h.emails(); got != "ada@example.com active, bob@example.com deactivated, cy@example.com active" {
			t.Fatal(got)
		}
		if got := h.column("SELECT CASE WHEN last_active_at IS NULL THEN 'unknown' WHEN last_active_at = 0 THEN 'never' ELSE 'known' END FROM account ORDER BY external_id"); got != "known, never, unknown" {
			t.Fatal(got)
		}
		rows, err := store.TaskRows(t.Context(), h.db.Read(), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Task == string(purser.TaskApplicationRoster) && !r.DataAsOf.Time().Equal(h.now()) || r.Task == string(purser.TaskHRRoster) && r.DataAsOf != 0 {
				t.Errorf("the data of %s is as of %v", r.Task, r.DataAsOf.Time())
			}
		}
	})
}

func TestWhatAFullLoadLeavesOutIsRemovedAfterASecondReadingAndAnIncrementalOneRemovesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "")
		all := "id,email\n"
		for n := range 30 {
			all += fmt.Sprintf("%02d,u%02d@example.com\n", n, n)
		}
		h.file(i, purser.KindAccount, purser.LoadSnapshot, "a.csv", all, nil)
		h.file(i, purser.KindAccount, purser.LoadDelta, "b.csv", "id,email\n30,u30@example.com\n", nil)
		if n := strings.Count(h.emails(), "@"); n != 31 {
			t.Fatalf("%d accounts after what changed", n)
		}
		without := strings.Replace(all, "05,u05@example.com\n", "", 1) + "30,u30@example.com\n"
		h.file(i, purser.KindAccount, purser.LoadSnapshot, "c.csv", without, nil)
		if n := strings.Count(h.emails(), "@"); n != 31 {
			t.Fatalf("%d accounts after one reading", n)
		}
		asOf := h.column("SELECT CAST(data_as_of AS TEXT) FROM instance_task WHERE task = 'application_roster'")
		h.pass(time.Hour)
		h.work()
		if got := h.emails(); strings.Count(got, "@") != 30 || strings.Contains(got, "u05@") {
			t.Fatalf("after the second reading: %s", got)
		}
		if again := h.column("SELECT CAST(data_as_of AS TEXT) FROM instance_task WHERE task = 'application_roster'"); again != asOf {
			t.Errorf("a second reading of the same file made its data younger: %s, then %s", asOf, again)
		}
		h.file(i, purser.KindAccount, purser.LoadSnapshot, "d.csv", "id,email\n00,u00@example.com\n", nil)
		h.pass(time.Hour)
		h.work()
		if got := h.emails(); strings.Count(got, "@") != 30 {
			t.Fatalf("a file with one row took the rest away: %s", got)
		}
	})
}

func TestRowsThatCannotBeReadAreToldByLineAndTheRestIsLoaded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "")
		text := "id,email,last login\n1,ada@example.com,2026-11-01\n,nobody@example.com,\n3,cy@example.com,31/31/2026\n3,again@example.com,\n4,=cmd(),\n"
		for n := 10; n < 100; n++ {
			text += fmt.Sprintf("%d,u%d@example.com,\n", n, n)
		}
		l := h.file(i, purser.KindAccount, purser.LoadSnapshot, "a.csv", text, nil)
		if l.State != purser.LoadDone || l.Rejected != 2 || l.Read != 95 {
			t.Fatalf("the load is %+v", l)
		}
		var out strings.Builder
		if err := h.loads.Rejects(t.Context(), l.ID, &out); err != nil {
			t.Fatal(err)
		}
		want := "line,reason,id,email,last login\n3,\"id: is empty, but must be there\",,nobody@example.com,\n4,last login: is a day that does not exist,3,cy@example.com,31/31/2026\n"
		if out.String() != want {
			t.Fatalf("rejects\n%s\nwant\n%s", out.String(), want)
		}
		reasons := h.column("SELECT reason FROM reject")
		if !strings.Contains(reasons, "line 3, column id") || strings.Contains(reasons, "nobody@") {
			t.Error(reasons)
		}
	})
}

func TestPagesThatAProgramSends(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("push", "")
		send := func(id string, page int64, records ...string) error {
			raw := make([]json.RawMessage, len(records))
			for n, r := range records {
				raw[n] = json.RawMessage(r)
			}
			_, err := h.loads.PutPage(t.Context(), id, page, raw)
			return err
		}
		l, err := h.loads.Open(t.Context(), load.Input{Instance: i.Name, Kind: purser.KindAccount, Origin: "api"})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{send(l.ID, 1, `{"external_id":"1","email":"old@example.com"}`), send(l.ID, 2, `{"external_id":"2","email":"bob@example.com","status":"suspended","admin":true,"last_active_at":"never"}`),
			send(l.ID, 1, `{"external_id":"1","email":"ada@example.com","status":"active"}`)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := send(l.ID, 3, `{"external_id":"3","e_mail":"x"}`); err == nil || !strings.Contains(err.Error(), `"e_mail"`) {
			t.Errorf("a member that is mistyped: %v", err)
		}
		if _, err := h.loads.Finish(t.Context(), l.ID, load.Settled{Pages: 3}); err == nil {
			t.Error("a load of which a page is missing was finished")
		}
		if l, err = h.loads.Finish(t.Context(), l.ID, load.Settled{Pages: 2}); err != nil {
			t.Fatal(err)
		}
		if l = h.read(l); l.State != purser.LoadDone || l.Read != 2 {
			t.Fatalf("%+v", l)
		}
		if got := h.emails(); got != "ada@example.com active, bob@example.com suspended" {
			t.Fatal(got)
		}
		if err := send(l.ID, 3); err == nil {
			t.Error("a page was added to a load that is over")
		}
		d, err := h.loads.Open(t.Context(), load.Input{Instance: i.ID, Kind: purser.KindAccount, Mode: purser.LoadDelta, Origin: "api"})
		if err != nil {
			t.Fatal(err)
		}
		if err := send(d.ID, 1, `{"external_id":"2","removed":true}`, `{"external_id":"3","email":"cy@example.com","status":"active"}`); err != nil {
			t.Fatal(err)
		}
		if d, err = h.loads.Finish(t.Context(), d.ID, load.Settled{}); err != nil {
			t.Fatal(err)
		}
		h.read(d)
		if got := h.emails(); got != "ada@example.com active, cy@example.com active" {
			t.Fatal(got)
		}
	})
}

func TestALoadThatWaitsIsReadByARunOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "")
		a := h.handed(i, purser.KindAccount, purser.LoadSnapshot, "a.csv", "id,email\n1,a@example.com\n")
		b := h.handed(i, purser.KindAccount, purser.LoadDelta, "b.csv", "id,email\n2,b@example.com\n")
		for _, l := range []purser.Load{a, b} {
			if _, err := h.loads.Finish(t.Context(), l.ID, load.Settled{}); err != nil {
				t.Fatal(err)
			}
		}
		a, b = h.read(a), h.read(b)
		if a.State != purser.LoadDone || b.State != purser.LoadDone || a.RunID == b.RunID {
			t.Fatalf("%+v\n%+v", a, b)
		}
		if got := h.emails(); strings.Count(got, "@") != 2 {
			t.Fatal(got)
		}
	})
}

func TestTheWatchedFolderTakesCompleteFilesOnceAndFollowsNoLinks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "Planner")
		dir := filepath.Join(h.folder, i.Name, "account")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		outside := filepath.Join(t.TempDir(), "secret.csv")
		put := func(path, text string, age time.Duration) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			at := h.now().Add(-age)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		put(outside, "id,email\n9,secret@example.com\n", time.Hour)
		if err := os.Symlink(outside, filepath.Join(dir, "link.csv")); err != nil {
			t.Fatal(err)
		}
		put(filepath.Join(dir, "a.csv"), "id,email\n1,ada@example.com\n", time.Second)
		look := func() {
			t.Helper()
			if err := h.loads.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.work()
		}
		look()
		if got := h.emails(); got != "" {
			t.Fatalf("a file that is still being written was read: %s", got)
		}
		h.pass(time.Minute)
		look()
		look()
		if got := h.emails(); !strings.HasPrefix(got, "ada@example.com") || strings.Contains(got, "secret") {
			t.Fatal(got)
		}
		if n := h.column("SELECT CAST(count(*) AS TEXT) FROM load"); n != "1" {
			t.Fatalf("%s loads of one file", n)
		}
	})
}

func TestWhatIsNoLongerNeededIsRemoved(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.instance("file", "")
		for n := range 5 {
			h.file(i, purser.KindAccount, purser.LoadDelta, "a.csv", fmt.Sprintf("id,email\n%d,u@example.com\n", n), nil)
		}
		left := h.handed(i, purser.KindAccount, purser.LoadDelta, "open.csv", "id\n1\n")
		if err := h.loads.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.column("SELECT CAST(count(*) AS TEXT) FROM load_part"); n != "4" {
			t.Errorf("the content of %s loads is kept", n)
		}
		h.pass(25 * time.Hour)
		if err := h.loads.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l, err := h.loads.Load(t.Context(), left.ID); err != nil || l.State != purser.LoadCanceled || l.Kept {
			t.Errorf("a load that was left open: %+v, %v", l, err)
		}
	})
}
