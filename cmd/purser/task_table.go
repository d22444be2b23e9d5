package main

import (
	"fmt"
	"strconv"
	"time"

	"purser"
)

// startHour reads an hour of a day, or "any".
func startHour(text string) (int, error) {
	if text == "any" {
		return -1, nil
	}
	hour, err := strconv.Atoi(text)
	if err != nil || hour < 0 || hour > 23 {
		return 0, &exit{code: exitUsage, err: purser.Invalid("start-hour", "%q is no hour between 0 and 23, nor any", text)}
	}
	return hour, nil
}

func taskHeads() []string {
	return []string{"TASK", "ENABLED", "SCHEDULE", "LAST RUN", "TOOK", "READ", "ADDED", "CHANGED", "REMOVED", "REJECTED", "DATA AS OF", "FRESHNESS", "NEXT RUN",
		"LOG", "NOT OFFERED"}
}

// taskRow is a line of the task table.
func taskRow(t purser.InstanceTask) []string {
	enabled := "off"
	if t.Enabled {
		enabled = "on"
	}
	row := []string{string(t.Task), enabled, scheduleOf(t)}
	log := "unavailable"
	if r := t.LastRun; r == nil {
		row = append(row, "never executed", "", "", "", "", "", "")
	} else {
		took := ""
		if !r.EndedAt.IsZero() && !r.StartedAt.IsZero() {
			took = r.EndedAt.Sub(r.StartedAt).Round(time.Millisecond).String()
		}
		c := r.Counts
		row = append(row, stateOf(*r), took, count(c.Read), count(c.Added), count(c.Changed), count(c.Removed), count(c.Rejected))
		if r.HasLog {
			log = r.ID
		}
	}
	offered := t.NotOffered
	if offered != "" {
		offered += "; asked again weekly"
	}
	return append(row, moment(t.DataAsOf), string(t.Freshness), moment(t.NextRunAt), log, offered)
}

func scheduleOf(t purser.InstanceTask) string {
	text := "every " + t.Every.String()
	if t.Every%(24*time.Hour) == 0 {
		text = fmt.Sprintf("every %dd", t.Every/(24*time.Hour))
	} else if t.Every%time.Hour == 0 {
		text = fmt.Sprintf("every %dh", t.Every/time.Hour)
	}
	if t.StartHour != nil {
		zone := t.Zone
		if zone == "" {
			zone = "UTC"
		}
		text += fmt.Sprintf(" from %02d:00 %s", *t.StartHour, zone)
	}
	return text
}
