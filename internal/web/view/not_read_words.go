package view

import (
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
)

// blockedGroup is streams that one remedy helps.
type blockedGroup struct {
	State, Hint string
	Scopes      []string
	streams     []purser.StreamState
}

// blockedGroups puts together the streams that are not read completely, so that
// each remedy stands once.
func blockedGroups(tasks []purser.InstanceTask) []blockedGroup {
	var out []blockedGroup
	for _, s := range blockedStreams(tasks) {
		at := slices.IndexFunc(out, func(g blockedGroup) bool { return g.State == s.State && g.Hint == s.Hint })
		if at < 0 {
			at, out = len(out), append(out, blockedGroup{State: s.State, Hint: s.Hint})
		}
		g := &out[at]
		g.streams = append(g.streams, s)
		if s.Scope != "" && !slices.Contains(g.Scopes, s.Scope) {
			g.Scopes = append(g.Scopes, s.Scope)
		}
	}
	return out
}

func (g blockedGroup) names() string {
	var names []string
	for _, s := range g.streams {
		if !slices.Contains(names, s.Stream) {
			names = append(names, s.Stream)
		}
	}
	return strings.Join(names, ", ")
}

// whys are the reasons, each once; which stream each concerns is said where they differ.
func (g blockedGroup) whys() []string {
	var reasons []string
	of := map[string][]string{}
	for _, s := range g.streams {
		if s.Message == "" {
			continue
		}
		if of[s.Message] == nil {
			reasons = append(reasons, s.Message)
		}
		if !slices.Contains(of[s.Message], s.Stream) {
			of[s.Message] = append(of[s.Message], s.Stream)
		}
	}
	if len(reasons) < 2 {
		return reasons
	}
	for i, r := range reasons {
		reasons[i] = strings.Join(of[r], ", ") + ": " + r
	}
	return reasons
}

// notReadGroup is what is not read for one reason.
type notReadGroup struct {
	Why, Hint string
	What      []string
}

// notReadGroups puts together what is not read for the same reason.
func notReadGroups(all []connect.NotRead) []notReadGroup {
	var out []notReadGroup
	for _, n := range all {
		why := strings.ToUpper(n.Why[:min(len(n.Why), 1)]) + n.Why[min(len(n.Why), 1):]
		at := slices.IndexFunc(out, func(g notReadGroup) bool { return g.Why == why && g.Hint == n.Hint })
		if at < 0 {
			at, out = len(out), append(out, notReadGroup{Why: why, Hint: n.Hint})
		}
		out[at].What = append(out[at].What, strings.TrimSuffix(n.What, "."))
	}
	return out
}
