package audit_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type facts = map[string]any

func TestAnEntrySaysInWordsWhatHappened(t *testing.T) {
	cases := []struct {
		op            purser.Operation
		before, after facts
		want          string
	}{
		{purser.OpRunStart, nil, facts{"canceled": true}, "Canceled a run"},
		{purser.OpRunStart, nil, facts{"tasks": []string{"application_roster", "hr_roster"}, "trigger": "manual"}, "Started a run: Application roster, HR roster"},
		{purser.OpRunStart, nil, facts{"tasks": []string{"hr_roster"}, "trigger": "manual", "range": "everything again"}, "Had everything read again"},
		{purser.OpInstanceWrite, facts{"status": "live"}, facts{"status": "inactive"}, "Deactivated it"},
		{purser.OpInstanceWrite, facts{"enabled": true}, facts{"enabled": false, "task": "hr_roster"}, "Changed the task HR roster"},
		{purser.OpInstanceWrite, facts{"recipient": "ada@example.com"}, nil, "Removed who was told"},
		{purser.OpCredentialSet, nil, facts{"test": "does not work", "class": "auth_revoked"}, "Tested the credential: it does not work"},
		{purser.OpInstanceHR, facts{"hr_source": false}, facts{"hr_source": true}, "Marked it as an HR source"},
		{purser.OpTokenOwn, facts{"name": "ci"}, nil, "Revoked an API token"},
		{purser.OpSessionOwn, nil, facts{"event": "signed in"}, "Signed in"},
		{purser.OpContractWrite, nil, facts{"name": "CRM"}, "Added a contract"},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, c := range cases {
			write(t, db, audit.Entry{Operation: c.op, Object: "x_1", Before: c.before, After: c.after})
			list, err := audit.New(db, open{}).List(t.Context(), audit.Filter{}, purser.Page{Limit: 1})
			if err != nil || len(list.Items) != 1 || list.Items[0].What != c.want {
				t.Errorf("%s of %v to %v: got %v %v, want %q", c.op, c.before, c.after, list.Items, err, c.want)
			}
		}
	})
}

func TestEveryChangeHasWords(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t))
	for _, op := range purser.Operations() {
		if strings.HasSuffix(string(op), ".read") {
			continue // nothing is noted of it but of contracts, which have their words
		}
		write(t, db, audit.Entry{Operation: op, Object: "x_1", After: facts{"a": 1}})
	}
	list, err := audit.New(db, open{}).List(t.Context(), audit.Filter{}, purser.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list.Items {
		if l.What == "" || l.What == string(l.Operation) {
			t.Errorf("%s has no words", l.Operation)
		}
	}
}
