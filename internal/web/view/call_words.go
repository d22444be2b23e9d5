package view

import (
	"purser"
	"purser/internal/web/ui"
)

// callsSum says in one line what was asked altogether.
func callsSum(calls []purser.Call) string {
	var sum purser.Call
	hosts := map[string]bool{}
	for _, c := range calls {
		hosts[c.Host] = true
		if sum.Calls == 0 {
			sum = c
		} else {
			sum = sum.Add(c)
		}
	}
	if len(calls) == 0 {
		return ""
	}
	return ui.Count(sum.Calls, "request", "requests") + " to " + ui.Count(int64(len(hosts)), "host", "hosts") + ", " +
		ui.Bytes(sum.Bytes) + " received, since " + sum.FirstAt.UTC().Format("2 January 2006") + ". Paths stand as templates."
}

// accessWords says what a permission lets its holder do.
func accessWords(access string) string {
	switch access {
	case "read":
		return "read"
	case "write":
		return "change things"
	}
	return "not known: this connector never asks for it"
}
