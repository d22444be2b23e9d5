package view

import (
	"strings"

	"purser/internal/own"
	"purser/internal/web/ui"
)

// shortestManifest is what an own connector needs at least; a test reads it as one.
const shortestManifest = `manifest: 1
name: planner                     # the folder's name
title: Planner
category: other
hosts: [planner.example.com]      # the only ones that it may call
auth:
  key:
    title: API key
    grant: static
    fields: [token]
    send: {header: {Authorization: "Bearer ${secret.token}"}}
http: {base_url: "https://planner.example.com", page: {kind: none}}
tasks:
  application_roster:
    reads: names and e-mail addresses of users
    streams:
      users:
        emits: account
        mode: snapshot
        get: /users
        fields: {external_id: id, email: lower(email), display_name: name}`

// ShortestManifest is the manifest that the page of own connectors shows.
func ShortestManifest() string { return shortestManifest }

type ownWords struct {
	tone           ui.Tone
	word, sentence string
}

// ownState says how a connector of one's own stands.
func ownState(c own.Connector) ownWords {
	paused := int64(0)
	for _, i := range c.Instances {
		if i.Paused {
			paused++
		}
	}
	pausing := ""
	if paused > 0 {
		pausing = " " + ui.Count(paused, "instance is", "instances are") + " paused until then."
	}
	switch {
	case c.Missing:
		return ownWords{ui.ToneStale, "folder gone", "An admin has trusted it, and its folder is no longer there. Put it back as it was, and it works on." + pausing}
	case c.Digest == "":
		return ownWords{ui.ToneFailing, "cannot be used", "Its manifest must be mended before anybody can trust it." + pausing}
	case c.Trusted:
		return ownWords{ui.ToneLive, "trusted", "It works exactly as " + c.TrustedBy + " has seen it. Any change makes it wait again."}
	case c.Changed:
		return ownWords{ui.ToneStale, "changed", "It is no longer what " + c.TrustedBy + " trusted. It does nothing until an admin trusts the change." + pausing}
	}
	return ownWords{ui.ToneUnknown, "waits for trust", "It does nothing until an admin has looked at it and trusts exactly this." + pausing}
}

func ownCounts(d OwnData) []string {
	if d.Folder == "" {
		return []string{"no folder is configured"}
	}
	waiting := int64(0)
	for _, c := range d.Connectors {
		if !c.Trusted {
			waiting++
		}
	}
	return []string{ui.Count(int64(len(d.Connectors)), "connector", "connectors"), ui.Count(waiting, "needs", "need") + " a look", "in " + d.Folder}
}

func ownEmpty(folder string) ui.EmptyState {
	if folder == "" {
		return ui.EmptyState{Kind: ui.NothingConnected, Title: "No folder for connectors of your own",
			Text: "Connectors that you write stand in a folder on the server. This Purser was started without one."}
	}
	return ui.EmptyState{Kind: ui.NothingYet, Title: "No connector of your own yet",
		Text: "Each folder in " + folder + " stands here with what it calls, asks for and could change, before anything of it works."}
}

// ownList is a list on one line.
func ownList(all []string) string { return strings.Join(all, ", ") }

// ownDifference is the difference as text: lines with - went, lines with + came.
func ownDifference(lines []string) string { return strings.Join(lines, "\n") }

// ownTrusted says when it was trusted last.
func ownTrusted(c own.Connector) ui.KV {
	if c.TrustedAt.IsZero() {
		return ui.KV{Key: "Trusted last", Missing: "never"}
	}
	return ui.KV{Key: "Trusted last", Node: ui.RelativeTime(c.TrustedAt)}
}

// ownSteps are the way to a connector of one's own.
func ownSteps(folder string) []string {
	where, steps := folder, []string{}
	if folder == "" {
		where = "that folder"
		steps = append(steps, "Choose a folder on the server and name it when Purser starts: purser serve --connector-folder DIR.")
	}
	return append(steps,
		"Begin with “purser connector new”: it asks a few questions, or takes the vendor's OpenAPI document and proposes what to read.",
		"Let “purser connector lint FOLDER” say what is missing or doubtful, with the line.",
		"Try it with a key of your own: “purser connector try FOLDER” shows the requests and the first records and stores nothing.",
		"Put the folder into "+where+" on the server. It appears here within half a minute and does nothing until an admin trusts it.")
}
