package match

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// settingSettled names the setting of the sources by which what is kept was decided.
const settingSettled = "sources_settled"

// settleDue decides anew what counts of whom something was written, or given to:
// of everybody where sources count in another order than before.
func (d *Deriver) settleDue(ctx context.Context, due []store.DueDerivation) error {
	j, err := d.judge(ctx)
	if err != nil {
		return err
	}
	marks, err := store.DueTruths(ctx, d.db.Read())
	if err != nil {
		return fmt.Errorf("look for whom something changed: %w", err)
	}
	if len(j.sources) == 0 { // then nobody says anything
		return d.db.TruthsDone(ctx, marks)
	}
	class := make(map[int64]purser.SourceClass, len(j.sources))
	for no, s := range j.sources {
		class[no] = s.Class
	}
	by, err := json.Marshal([]any{class, j.place})
	if err != nil {
		return err
	}
	was, _, err := store.Setting(ctx, d.db.Read(), settingSettled)
	if err != nil {
		return err
	}
	everybody := was != string(by)
	var people []int64
	if !everybody {
		if people, everybody, err = d.unsettled(ctx, due, marks); err != nil {
			return err
		}
	}
	if everybody {
		err = d.settleEverybody(ctx, j)
	} else {
		err = d.settle(ctx, j, people)
	}
	if err != nil {
		return err
	}
	if was != string(by) {
		err := d.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.PutSetting(ctx, tx, settingSettled, string(by), purser.MicrosOf(d.now()))
		})
		if err != nil {
			return err
		}
	}
	return d.db.TruthsDone(ctx, marks)
}

// mostSettled is of how many people it is decided by name: of more, everybody is
// walked, which costs less for each.
const mostSettled = 20_000

// unsettled returns of whom it is to be decided anew what counts.
func (d *Deriver) unsettled(ctx context.Context, due []store.DueDerivation, marks []store.DueTruth) (people []int64, everybody bool, err error) {
	var stirred []int64 // of whom others may mean somebody else by their manager
	for _, m := range marks {
		stirred = append(stirred, m.PersonID)
	}
	for _, x := range due {
		var some []int64
		switch {
		case x.Kind == store.KindTruth, x.Kind == purser.KindPerson && x.Since == 0:
			return nil, true, nil
		case x.Kind == purser.KindPerson:
			some, err = store.WrittenPeople(ctx, d.db.Read(), x)
			stirred = append(stirred, some...)
		case x.Kind == purser.KindAccount:
			some, err = store.PeopleOfWritten(ctx, d.db.Read(), x)
			people = append(people, some...)
		}
		if err != nil {
			return nil, false, fmt.Errorf("look for people of whom something was written: %w", err)
		}
		if len(stirred)+len(people) > mostSettled {
			return nil, true, nil
		}
	}
	naming, err := store.NamingManagers(ctx, d.db.Read(), stirred)
	if err != nil {
		return nil, false, fmt.Errorf("look for people of whom managers may be others: %w", err)
	}
	people = append(append(people, stirred...), naming...)
	slices.Sort(people)
	people = slices.Compact(people)
	return people, len(people) > mostSettled, nil
}

func (d *Deriver) settle(ctx context.Context, j judge, people []int64) error {
	for part := range slices.Chunk(people, slice) {
		rows, err := store.SpokenOf(ctx, d.db.Read(), part, 0, 0)
		if err != nil {
			return fmt.Errorf("read what counts of people: %w", err)
		}
		if err := d.settleSlice(ctx, j, rows); err != nil {
			return err
		}
	}
	return nil
}

func (d *Deriver) settleEverybody(ctx context.Context, j judge) error {
	for after := int64(0); ; {
		rows, err := store.SpokenOf(ctx, d.db.Read(), nil, after, slice)
		if err != nil {
			return fmt.Errorf("read what counts of people: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := d.settleSlice(ctx, j, rows); err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

// settleSlice keeps what counts of people for the lists. Of most nobody says
// anything but their own row: then only the manager is looked up.
func (d *Deriver) settleSlice(ctx context.Context, j judge, rows []store.Spoken) error {
	var odd []int64
	var refs []managerRef
	for _, r := range rows {
		if r.Plain {
			refs = append(refs, managerRef{r.InstanceNo, r.Manager})
		} else {
			odd = append(odd, r.ID)
		}
	}
	managers, err := d.managers(ctx, refs)
	if err != nil {
		return err
	}
	var moved []store.Spoken
	for _, r := range rows {
		if no := managers[managerRef{r.InstanceNo, r.Manager}].lead; r.Plain && no != r.ManagerNo {
			r.ManagerNo = no
			moved = append(moved, r)
		}
	}
	if err := d.db.PutManagers(ctx, moved); err != nil {
		return fmt.Errorf("keep who people's managers are: %w", err)
	}
	return d.settleOdd(ctx, j, odd)
}

// settleOdd weighs every word that is said of people.
func (d *Deriver) settleOdd(ctx context.Context, j judge, people []int64) error {
	if len(people) == 0 {
		return nil
	}
	rows, err := store.TruthStates(ctx, d.db.Read(), people)
	if err != nil {
		return fmt.Errorf("read what is kept of people: %w", err)
	}
	var leads []int64
	for _, r := range rows {
		if r.Lead == r.ID {
			leads = append(leads, r.ID)
		}
	}
	truths, err := d.truths(ctx, j, leads)
	if err != nil {
		return err
	}
	var changed []store.TruthState
	for _, r := range rows {
		want := kept(r.ID, truths[r.ID])
		if want.Lead = r.Lead; want != r {
			changed = append(changed, want)
		}
	}
	return d.db.PutTruth(ctx, changed)
}

// kept is what is kept of what counts of a person: what another row says, where
// that is another word than the person's own row has.
func kept(id int64, all []purser.FieldTruth) store.TruthState {
	out := store.TruthState{ID: id}
	own := store.RowID("per_", id)
	words := map[string]string{}
	for _, t := range all {
		if t.Disputed {
			out.Disputed += t.Field + ","
		}
		if t.Source == nil {
			continue
		}
		if t.Field == "manager" {
			if out.ManagerNo = store.KeyOf("per_", t.Source.PersonID); out.ManagerNo != 0 {
				continue // lists show how that person is called now
			}
		}
		if t.Source.RowID != own && !slices.ContainsFunc(t.Others, func(v purser.SourceValue) bool { return v.RowID == own && v.Value == t.Value }) {
			words[t.Field] = t.Value
		}
	}
	if out.Disputed != "" {
		out.Disputed = "," + out.Disputed
	}
	out.PersonWords = store.PersonWords{DisplayName: words["display_name"], Email: words["email"], EmployeeNumber: words["employee_number"], Employment: words["employment"],
		Type: words["type"], Department: words["department"], Division: words["division"], Location: words["location"], CostCenter: words["cost_center"],
		Title: words["title"], Manager: words["manager"], StartedOn: words["started_on"], EndedOn: words["ended_on"]}
	return out
}
