package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// Sources returns the instances that speak of people, and whose word counts first
// as an admin said it.
func (d *Deriver) Sources(ctx context.Context) ([]purser.Source, purser.SourceOrder, error) {
	rows, err := store.SourcesOfPeople(ctx, d.db.Read())
	if err != nil {
		return nil, purser.SourceOrder{}, fmt.Errorf("look for sources of people: %w", err)
	}
	out := make([]purser.Source, len(rows))
	for i, r := range rows {
		out[i] = purser.Source{No: r.No, InstanceID: r.ID, InstanceName: r.Name, Connector: r.Connector, Class: purser.SourceDirect}
		switch {
		case r.HR:
			out[i].Class = purser.SourceHR
		case r.Roster || d.Directory != nil && d.Directory(r.Connector):
			out[i].Class = purser.SourceDirectory
		}
	}
	order, err := store.SourceOrder(ctx, d.db.Read())
	return out, order, err
}

// judge decides fields of people by the order of sources.
type judge struct {
	sources map[int64]purser.Source
	place   map[string]map[int64]int // by field and instance
}

func (d *Deriver) judge(ctx context.Context) (judge, error) {
	all, order, err := d.Sources(ctx)
	if err != nil {
		return judge{}, err
	}
	j := judge{sources: map[int64]purser.Source{}, place: map[string]map[int64]int{}}
	for _, s := range all {
		j.sources[s.No] = s
	}
	for _, f := range purser.TruthFields() {
		j.place[f] = map[int64]int{}
		for i, s := range order.Of(f, all) {
			j.place[f][s.No] = i
		}
	}
	return j, nil
}

// decide says what counts of one person of the rows that speak of it. Rows that a
// roster no longer lists speak only of who is gone altogether.
func (j judge) decide(lead int64, rows []store.TruthRow, managers map[managerRef]manager) []purser.FieldTruth {
	gone := slices.ContainsFunc(rows, func(r store.TruthRow) bool { return !r.Account && r.ID == lead && r.Gone })
	rows = slices.DeleteFunc(slices.Clone(rows), func(r store.TruthRow) bool {
		_, known := j.sources[r.InstanceNo]
		return !known || r.Gone && !gone
	})
	words := make([][]string, len(rows))
	at := make([]int, len(rows))
	for i, r := range rows {
		words[i], at[i] = r.All(), i
	}
	out := make([]purser.FieldTruth, 0, 13)
	for n, field := range purser.TruthFields() {
		place := j.place[field]
		slices.SortFunc(at, func(x, y int) int {
			a, b := rows[x], rows[y]
			return cmp.Or(cmp.Compare(place[a.InstanceNo], place[b.InstanceNo]), compareBool(a.Account, b.Account), compareBool(a.Gone, b.Gone),
				cmp.Compare(a.Behind, b.Behind), cmp.Compare(a.ID, b.ID))
		})
		values := make([]purser.SourceValue, 0, len(rows))
		for _, i := range at {
			if words[i][n] != "" {
				values = append(values, j.value(field, words[i][n], rows[i], managers))
			}
		}
		out = append(out, purser.Decide(field, values))
	}
	return out
}

func (j judge) value(field, word string, r store.TruthRow, managers map[managerRef]manager) purser.SourceValue {
	s := j.sources[r.InstanceNo]
	v := purser.SourceValue{Value: word, InstanceID: s.InstanceID, InstanceName: s.InstanceName, Class: s.Class, RowID: rowID(r),
		RowName: cmp.Or(r.DisplayName, r.Email), Since: r.FirstSeenAt.Time(), AtLeast: true}
	if (field == "employment" && word == "ended" || field == "ended_on") && s.Class != purser.SourceHR {
		v.NoEffect = "no admin marked it as an HR source"
	}
	if m, ok := managers[managerRef{r.InstanceNo, word}]; ok && field == "manager" {
		v.Value, v.PersonID = cmp.Or(m.name, word), store.RowID("per_", m.lead)
	}
	return v
}

func rowID(r store.TruthRow) string {
	if r.Account {
		return store.RowID("acc_", r.ID)
	}
	return store.RowID("per_", r.ID)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Truth says of people what counts field by field, since when its source says so,
// and what the others say. It only looks up.
func (d *Deriver) Truth(ctx context.Context, person int64) ([]purser.FieldTruth, error) {
	j, err := d.judge(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.truths(ctx, j, []int64{person})
	if err != nil {
		return nil, err
	}
	ids := map[purser.Kind][]int64{}
	for _, t := range all[person] {
		for _, v := range append(slices.Clone(t.Others), said(t)...) {
			kind, no := rowOf(v)
			ids[kind] = append(ids[kind], no)
		}
	}
	since := map[purser.Kind]map[int64]map[string]purser.Micros{}
	for kind, nos := range ids {
		if since[kind], err = store.SaidSince(ctx, d.db.Read(), kind, nos); err != nil {
			return nil, fmt.Errorf("look up since when sources say it: %w", err)
		}
	}
	for i, t := range all[person] {
		date := func(v *purser.SourceValue) {
			kind, no := rowOf(*v)
			field := t.Field
			if kind == purser.KindAccount {
				field = purser.AccountWord(field)
			}
			if at, ok := since[kind][no][field]; ok {
				v.Since, v.AtLeast = at.Time(), false
			}
		}
		if t.Source != nil {
			date(all[person][i].Source)
		}
		for n := range t.Others {
			date(&all[person][i].Others[n])
		}
	}
	return all[person], nil
}

func said(t purser.FieldTruth) []purser.SourceValue {
	if t.Source == nil {
		return nil
	}
	return []purser.SourceValue{*t.Source}
}

func rowOf(v purser.SourceValue) (purser.Kind, int64) {
	if strings.HasPrefix(v.RowID, "acc_") {
		return purser.KindAccount, store.KeyOf("acc_", v.RowID)
	}
	return purser.KindPerson, store.KeyOf("per_", v.RowID)
}

// truths decides all fields of people who stand for themselves.
func (d *Deriver) truths(ctx context.Context, j judge, people []int64) (map[int64][]purser.FieldTruth, error) {
	rows, err := store.TruthRows(ctx, d.db.Read(), people)
	if err != nil {
		return nil, fmt.Errorf("read what sources say of people: %w", err)
	}
	refs := make([]managerRef, len(rows))
	for i, r := range rows {
		refs[i] = managerRef{r.InstanceNo, r.Manager}
	}
	managers, err := d.managers(ctx, refs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b store.TruthRow) int { return cmp.Compare(a.Lead, b.Lead) })
	out := make(map[int64][]purser.FieldTruth, len(people))
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].Lead == rows[from].Lead {
			to++
		}
		out[rows[from].Lead] = j.decide(rows[from].Lead, rows[from:to], managers)
		from = to
	}
	return out, nil
}
