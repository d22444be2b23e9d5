package connect_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

func TestInstancesStandMostUrgentFirstAndSaySinceWhen(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		l := born(h)
		_, err := h.Create(h.ctx, connect.CreateInput{Connector: sandbox.Slack, Name: "A draft"})
		h.must(err)
		l.read()
		read, err := h.Tasks(h.ctx, l.id)
		h.must(err)
		if len(read) < 2 || read[1].LastRun == nil || len(read[1].Streams) == 0 || read[0].LastRun != nil {
			h.t.Errorf("after a reading of its second task the tasks are %+v", read)
		}
		l.fault(sandbox.Fault{Kind: sandbox.StatusFault, Status: 500})
		l.pass(time.Hour)
		l.read()
		all, err := h.Standings(h.ctx, connect.InstanceFilter{})
		h.must(err)
		if len(all) != 2 || all[0].ID != l.id || !all[0].Standing.Urgent() || all[1].Standing.Urgent() || all[1].Standing.URL != "/instances/"+all[1].ID+"/setup" {
			h.t.Fatalf("they stand as %+v", all)
		}
		// Read for all at once, it is what an instance's own page says.
		one, err := h.Stand(h.ctx, l.id)
		h.must(err)
		if !reflect.DeepEqual(one, all[0].Standing) {
			h.t.Errorf("alone it stands as %+v, among all as %+v", one, all[0].Standing)
		}
		tasks, err := h.Tasks(h.ctx, l.id)
		h.must(err)
		if len(tasks) != len(all[0].Tasks) || tasks[1].LastRun == nil || all[0].Tasks[1].LastRun == nil || tasks[1].LastRun.ID != all[0].Tasks[1].LastRun.ID {
			h.t.Errorf("its tasks are %+v", all[0].Tasks)
		}
	})
}

func TestWhatIsHeldIsPartOfHowAnInstanceStands(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		l := born(h)
		l.read()
		var leave []string
		h.vendors.Company(func(c *sandbox.Company) {
			for n, p := range c.People {
				if n%2 == 0 {
					leave = append(leave, p.Email)
				}
			}
		})
		for _, email := range leave {
			_ = h.vendors.RemovePerson(email) // a shared mailbox is nobody's
		}
		l.pass(24 * time.Hour)
		l.read()
		st := l.stands("everybody is missing", purser.StatusLive, purser.HealthOK, purser.Fresh)
		if st.Action != "holds" || !st.Urgent() || !strings.Contains(st.Sentence, "holds back") || strings.Contains(st.Sentence, " 0 ") {
			h.t.Errorf("held removals are told as %+v", st)
		}
	})
}

func TestAnInstanceSaysInItsRowWhatHomeSaysOfItsCredentialAndItsOwner(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 40}, Unlimited: true}, func(h *house) {
		l := born(h)
		l.read()
		h.user("usr_1", "ada@acme.example")
		h.write("UPDATE instance SET owner_id = 'usr_1' WHERE id = ?", l.id)
		h.must(h.SetExpiry(h.ctx, l.id, purser.DayText(h.now().AddDate(0, 0, 12))))
		h.write("DELETE FROM users WHERE id = 'usr_1'")
		said := func() (all string) {
			h.t.Helper()
			list, err := h.Standings(h.ctx, connect.InstanceFilter{})
			h.must(err)
			one, err := h.Stand(h.ctx, l.id)
			h.must(err)
			if !reflect.DeepEqual(one.Care, list[0].Standing.Care) {
				h.t.Errorf("alone %+v, in the list %+v", one.Care, list[0].Standing.Care)
			}
			for _, c := range one.Care {
				all += c.Sentence + " " + c.Button + " " + c.URL + "\n"
			}
			return all
		}
		name := h.instance(l.id).Name
		for _, want := range []string{"The credential of " + name + " ends in 12 days. Replace it /instances/" + l.id + "/credential",
			name + " has no owner any more: the user was removed. Choose an owner /instances/" + l.id + "/settings"} {
			if got := said(); !strings.Contains(got, want) {
				h.t.Errorf("its row says\n%swant\n%s", got, want)
			}
		}
		h.must(h.SetExpiry(h.ctx, l.id, ""))
		h.write("UPDATE instance SET owner_id = '' WHERE id = ?", l.id)
		if got := said(); got != "" {
			h.t.Errorf("nothing is to be cared for, but its row says\n%s", got)
		}
	})
}
