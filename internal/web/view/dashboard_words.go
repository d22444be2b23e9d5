package view

import (
	"fmt"
	"strings"
	"time"

	"purser"
	"purser/internal/dashboard"
	"purser/internal/finding"
	"purser/internal/web/ui"
)

// homeTiles are the numbers of the first page: those that cost first.
func homeTiles(d dashboard.Dashboard) []ui.TileData {
	icons := map[string]string{"Managed applications": "boxes", "Accounts": "user-round", "People": "users", "Need attention": "triangle-alert"}
	out := []ui.TileData{contractedTile(d)}
	for _, t := range d.Tiles {
		how := t.How + "."
		switch t.Label {
		case "Accounts":
			how += " " + sources(d.Freshness, purser.TaskApplicationRoster)
		case "People":
			how += " " + sources(d.Freshness, purser.TaskHRRoster)
		default:
			how += " Counted " + utc(d.At) + "."
		}
		tile := ui.TileData{Label: t.Label, Icon: icons[t.Label], Href: t.URL, How: strings.ToUpper(how[:1]) + how[1:], Missing: t.Hidden}
		if t.Hidden == "" {
			tile.Value = ui.Int(t.Value)
		}
		if out = append(out, tile); t.Label == "Managed applications" {
			out = append(out, worthTile(d))
		}
	}
	return out
}

func contractedTile(d dashboard.Dashboard) ui.TileData {
	c := d.Contracted
	t := ui.TileData{Label: "Contracted cost a year", Icon: "calendar-clock", Href: c.URL, Missing: c.Hidden,
		How: c.How + " From " + ui.Count(c.Contracts, "contract", "contracts") + ", as written down " + utc(d.At) + "."}
	if c.Over > 0 {
		t.How += " " + ui.Count(c.Over, "contract is", "contracts are") + " over and not in it."
	}
	switch {
	case c.Hidden != "":
	case len(c.Yearly) > 0:
		t.Value, t.Note = c.Yearly[0].String(), otherSums(c.Yearly)
		if c.Unknown > 0 {
			t.Note = joinWords(t.Note, ui.Count(c.Unknown, "plan", "plans")+" without a known cost")
		}
	case c.Contracts == 0:
		t.Missing = "no contract is written down"
	default:
		t.Missing = "no contract names a price"
	}
	return t
}

func worthTile(d dashboard.Dashboard) ui.TileData {
	w := d.Worth
	t := ui.TileData{Label: "Open findings, worth a year", Icon: "flag", Href: w.URL, Missing: w.Hidden, How: worthHow(d)}
	switch {
	case w.Hidden != "":
		if w.Open > 0 {
			t.Note = ui.Count(w.Open, "open finding", "open findings")
		}
	case len(w.Annual) > 0:
		t.Value, t.Note = w.Annual[0].String(), joinWords(otherSums(w.Annual), ui.Count(w.Open, "finding", "findings")+", "+ui.Int(w.Unvalued)+" without a value")
	case w.Open > 0:
		t.Value, t.Note = ui.Int(w.Open), "none of them has a known value"
	default:
		t.Value = "0"
	}
	return t
}

// otherSums are the sums of the other currencies: they stand beside the first, never in it.
func otherSums(sums []purser.Money) string {
	if len(sums) < 2 {
		return ""
	}
	return "and " + purser.SumsText(sums[1:])
}

func joinWords(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}

// sources says on which readings a number rests, and how old they are.
func sources(ages []dashboard.TaskAge, tasks ...purser.TaskName) string {
	var said []string
	for _, task := range tasks {
		for _, a := range ages {
			if a.Task != task {
				continue
			}
			text := fmt.Sprintf("%s of %s", a.Task.Title(), ui.Count(a.Instances, "instance", "instances"))
			if !a.Oldest.IsZero() {
				text += ", data of " + utc(a.Oldest)
				if !a.Newest.Equal(a.Oldest) {
					text += " to " + utc(a.Newest)
				}
			}
			said = append(said, text)
		}
	}
	if len(said) == 0 {
		return "No live instance reads it."
	}
	return "Sources: " + strings.Join(said, "; ") + "."
}

func utc(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

func classShares(all []dashboard.UseOfClass) []ui.Share {
	words := map[string]string{"active": "Active", "inactive": "Inactive", "never": "Never active", "unknown": "Unknown: no source says"}
	out := make([]ui.Share, 0, len(all))
	for _, u := range all {
		out = append(out, ui.Share{Label: words[u.Class], Value: u.Accounts, Href: u.URL, Unknown: u.Class == "unknown"})
	}
	return out
}

func useHow(d dashboard.Dashboard) string {
	return "Each account of the lists that applications themselves give is in one of the four classes: active if it was used within the threshold of its application; " +
		"inactive or never active only where a source covers all of that time; else unknown, which is never added to the others. " + sources(d.Freshness, purser.TaskApplicationRoster, purser.TaskApplicationAccess)
}

func worthHow(d dashboard.Dashboard) string {
	return d.Worth.How + " " + sources(d.Freshness, purser.TaskLicenseInformation) + " Prices: as entered or told by the vendor. Added up " + utc(d.At) + "."
}

func openSentence(w dashboard.FindingWorth, sum purser.Money) string {
	kinds := int64(0)
	for _, v := range w.Valued {
		if v.Annual.Currency == sum.Currency {
			kinds++
		}
	}
	return "Open findings in " + sum.Currency + ": " + sum.String() + " a year in " + ui.Count(kinds, "kind", "kinds") + "."
}

func openBars(w dashboard.FindingWorth, currency string) (out []ui.Bar) {
	for _, v := range w.Valued {
		if v.Annual.Currency == currency {
			out = append(out, ui.Bar{Label: finding.Words(v.Kind), Value: v.Annual.Minor, Money: &v.Annual, Href: v.URL})
		}
	}
	return out
}

func anyRenewal(r dashboard.Renewals) bool {
	n := r.Past.Contracts + r.Later.Contracts + r.NoDay.Contracts
	for _, m := range r.Months {
		n += m.Contracts
	}
	return n > 0
}

func renewalSentence(r dashboard.Renewals) string {
	n := int64(0)
	for _, m := range r.Months {
		n += m.Contracts
	}
	return ui.Count(n, "contract wants", "contracts want") + " a decision within twelve months; the day is past for " + ui.Int(r.Past.Contracts) + "."
}

func renewalBars(r dashboard.Renewals) []ui.Bar {
	bar := func(label string, m dashboard.RenewalMonth) ui.Bar {
		b := ui.Bar{Label: label, Value: m.Contracts, Href: m.URL, Note: purser.SumsText(m.Yearly)}
		if b.Note != "" {
			b.Note += " a year"
		}
		return b
	}
	var out []ui.Bar
	if r.Past.Contracts > 0 {
		out = append(out, bar("The day is past", r.Past))
	}
	for _, m := range r.Months {
		if day, ok := purser.ParseDay(m.From); ok {
			out = append(out, bar(day.Format("January 2006"), m))
		}
	}
	if r.Later.Contracts > 0 {
		out = append(out, bar("Later", r.Later))
	}
	if r.NoDay.Contracts > 0 {
		out = append(out, bar("No day is known", r.NoDay))
	}
	return out
}

func ageWord(f purser.Freshness) string {
	if f == purser.NeverExecuted {
		return "not read yet"
	}
	return string(f)
}

func ageTone(f purser.Freshness) ui.Tone {
	switch f {
	case purser.Fresh:
		return ui.ToneLive
	case purser.NeverExecuted:
		return ui.ToneUnknown
	}
	return ui.ToneStale
}

// TaskOptions are the choices of a filter by what instances read.
func TaskOptions() (out []ui.FilterOption) {
	for _, task := range purser.TaskNames() {
		out = append(out, ui.FilterOption{Value: string(task), Label: task.Title()})
	}
	return out
}

// FreshnessOptions are the choices of a filter by how old data is.
func FreshnessOptions() (out []ui.FilterOption) {
	for _, f := range []purser.Freshness{purser.Fresh, purser.Late, purser.Stale, purser.NeverExecuted} {
		out = append(out, ui.FilterOption{Value: string(f), Label: ageWord(f)})
	}
	return out
}
