package purser_test

import (
	"slices"
	"testing"

	"purser"
)

func sources() []purser.Source {
	return []purser.Source{{No: 1, InstanceID: "ins_chat", Class: purser.SourceDirect}, {No: 2, InstanceID: "ins_okta", Class: purser.SourceDirectory},
		{No: 3, InstanceID: "ins_hr", Class: purser.SourceHR}, {No: 4, InstanceID: "ins_entra", Class: purser.SourceDirectory}}
}

func order(all []purser.Source) (out []string) {
	for _, s := range all {
		out = append(out, s.InstanceID)
	}
	return out
}

func TestHRCountsFirstThenDirectoriesAsConnectedThenApplications(t *testing.T) {
	if got := order(purser.SourceOrder{}.Of("department", sources())); !slices.Equal(got, []string{"ins_hr", "ins_okta", "ins_entra", "ins_chat"}) {
		t.Errorf("by default %q", got)
	}
}

func TestAnOrderForAFieldComesBeforeTheOneForAll(t *testing.T) {
	o := purser.SourceOrder{All: []string{"ins_entra", "ins_gone"}, Fields: map[string][]string{"title": {"ins_chat"}, "employment": {"ins_chat"}}}
	for field, want := range map[string][]string{"department": {"ins_entra", "ins_hr", "ins_okta", "ins_chat"}, "title": {"ins_chat", "ins_entra", "ins_hr", "ins_okta"},
		"employment": {"ins_hr", "ins_chat", "ins_entra", "ins_okta"}} {
		if got := order(o.Of(field, sources())); !slices.Equal(got, want) {
			t.Errorf("%s: %q instead of %q", field, got, want)
		}
	}
}

func TestUnknownNeverBeatsWhatIsKnownAndDisagreementIsKept(t *testing.T) {
	got := purser.Decide("department", []purser.SourceValue{{RowID: "per_1"}, {RowID: "acc_1", Value: "Sales"}, {RowID: "acc_2", Value: " sales "}, {RowID: "acc_3", Value: "Marketing"}})
	if got.Value != "Sales" || got.Source.RowID != "acc_1" || !got.Disputed || len(got.Others) != 2 || got.Others[0].Differs || !got.Others[1].Differs {
		t.Errorf("%+v", got)
	}
	if got := purser.Decide("employment", []purser.SourceValue{{Value: "unknown"}, {Value: "ended", NoEffect: "no HR source"}, {Value: "employed"}}); got.Value != "employed" || !got.Disputed || len(got.Others) != 1 {
		t.Errorf("employment: %+v", got)
	}
	if got := purser.Decide("title", nil); got.Source != nil || got.Disputed || got.Value != "" {
		t.Errorf("nobody says: %+v", got)
	}
	same := purser.Decide("manager", []purser.SourceValue{{Value: "E7", PersonID: "per_7"}, {Value: "grace@example.com", PersonID: "per_7"}})
	if same.Disputed {
		t.Errorf("one manager under two names: %+v", same)
	}
}
