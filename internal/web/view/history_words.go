package view

import (
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// HistoryData is a part of a timeline with its filter.
type HistoryData struct {
	Entries []purser.TimelineEntry
	Topics  []ui.Tab
	Pager   ui.PagerData
	Notes   []string
	Whose   bool // say at each entry of which instance's account it tells
	Names   bool // say at each entry of whose account it tells
}

// TopicLabel is what a topic is called on a screen.
func TopicLabel(t purser.Topic) string {
	switch t {
	case purser.TopicAccount:
		return "Coming and going"
	case purser.TopicStatus:
		return "Status"
	case purser.TopicGroup:
		return "Groups"
	case purser.TopicSeat:
		return "Seats"
	case purser.TopicApplication:
		return "Applications"
	case purser.TopicEmployment:
		return "Employment"
	case purser.TopicManager:
		return "Manager"
	case purser.TopicDepartment:
		return "Department"
	default:
		return "Details"
	}
}

// timeline writes entries for people.
func (d HistoryData) timeline() []ui.Event {
	out := make([]ui.Event, 0, len(d.Entries))
	for _, e := range d.Entries {
		x := ui.Event{At: e.At, What: happened(e), Before: e.Before, After: e.After, Icon: topicIcon(e.Topic)}
		switch e.What {
		case purser.WasRemoved:
			x.Tone = ui.ToneInactive
		case purser.WasKnown:
			x.Tone = ui.ToneUnknown
		}
		if e.What == purser.WasChanged && x.Before == "" {
			x.Before = "unknown"
		}
		if e.What == purser.WasChanged && x.After == "" {
			x.After = "unknown"
		}
		switch {
		case d.Names:
			x.Who, x.Href = first(e.AccountName), "/accounts/"+e.AccountID
		case d.Whose && e.AccountID != "":
			x.Who, x.Href = e.InstanceName, "/accounts/"+e.AccountID
		case e.RunID != "":
			x.Href = "/runs/" + e.RunID
		}
		out = append(out, x)
	}
	return out
}

// happened is an entry in words.
func happened(e purser.TimelineEntry) string {
	name := first(e.Name)
	if e.What == purser.WasChanged {
		field := strings.ReplaceAll(e.Field, "_", " ")
		switch e.Topic {
		case purser.TopicGroup:
			return "The " + field + " in the group " + name + " changed"
		case purser.TopicSeat:
			return "The seat of " + name + " changed: " + field
		case purser.TopicApplication:
			return "The assignment of " + name + " changed: " + field
		}
		if field == "mfa" {
			field = "second factor"
		}
		return strings.ToUpper(field[:1]) + field[1:] + " changed"
	}
	words := map[purser.Topic][4]string{ // known, added, removed, returned
		purser.TopicAccount:     {"The account was there when Purser first read the list", "The account appeared", "The account was gone", "The account was back"},
		purser.TopicGroup:       {"In the group {} when Purser first read it", "Came into the group {}", "Left the group {}", "Came back into the group {}"},
		purser.TopicSeat:        {"Had a seat of {} when Purser first read it", "Got a seat of {}", "No longer had a seat of {}", "Got a seat of {} again"},
		purser.TopicApplication: {"Was assigned {} when Purser first read it", "Was assigned {}", "Was no longer assigned {}", "Was assigned {} again"},
		purser.TopicEmployment:  {"In the roster when Purser first read it", "Came into the roster", "Gone from the roster", "Back in the roster"},
	}[e.Topic]
	place := map[string]int{purser.WasKnown: 0, purser.WasAdded: 1, purser.WasRemoved: 2, purser.WasBack: 3}[e.What]
	return strings.ReplaceAll(words[place], "{}", name)
}

func topicIcon(t purser.Topic) string {
	switch t {
	case purser.TopicAccount:
		return "user-round"
	case purser.TopicGroup:
		return "users"
	case purser.TopicSeat:
		return "id-card"
	case purser.TopicApplication:
		return "layout-grid"
	case purser.TopicEmployment, purser.TopicManager, purser.TopicDepartment:
		return "building-2"
	default:
		return "history"
	}
}

// joinedNotes is what is not known, in one line.
func joinedNotes(notes []string) string { return strings.Join(notes, " ") }
