package main

import (
	"slices"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes commands and flags. Put it where the shell
// looks for such scripts: purser completion bash > ~/.local/share/bash-completion/completions/purser
func (c *completionCmd) Run(s *session) error {
	words := map[string][]string{}
	gather(s.parser.Model.Node, "", words)
	keys := make([]string, 0, len(words))
	for k := range words {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	if c.Shell == "fish" {
		return s.say("%s", fishCompletion(keys, words))
	}
	var b strings.Builder
	if c.Shell == "zsh" {
		b.WriteString("#compdef purser\nautoload -U +X bashcompinit && bashcompinit\n")
	}
	// A flag, its value and an argument lead to no other command: they are passed over.
	b.WriteString("_purser() {\n  local path=\"\" next word\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n" +
		"    next=\"${path:+$path }$word\"\n    case \"$next\" in\n      \"" + strings.Join(keys[1:], "\"|\"") + "\") path=\"$next\" ;;\n    esac\n  done\n" +
		"  case \"$path\" in\n")
	for _, k := range keys {
		b.WriteString("    \"" + k + "\") COMPREPLY=($(compgen -W \"" + strings.Join(words[k], " ") + "\" -- \"${COMP_WORDS[COMP_CWORD]}\")) ;;\n")
	}
	b.WriteString("  esac\n}\ncomplete -o default -F _purser purser\n")
	return s.say("%s", b.String())
}

// fishCompletion offers after each command what may follow it, and nothing else.
func fishCompletion(keys []string, words map[string][]string) string {
	var b strings.Builder
	for _, k := range keys {
		condition := "__fish_use_subcommand"
		if k != "" {
			condition = "__fish_seen_subcommand_from " + strings.Join(strings.Fields(k), "; and __fish_seen_subcommand_from ")
			if below := slices.DeleteFunc(slices.Clone(words[k]), func(w string) bool { return strings.HasPrefix(w, "-") }); len(below) > 0 {
				condition += "; and not __fish_seen_subcommand_from " + strings.Join(below, " ")
			}
		}
		b.WriteString("complete -c purser -f -n '" + condition + "' -a '" + strings.Join(words[k], " ") + "'\n")
	}
	return b.String()
}

// gather notes for each path of commands what may follow.
func gather(node *kong.Node, path string, words map[string][]string) {
	for _, child := range node.Children {
		if child.Hidden {
			continue
		}
		words[path] = append(words[path], child.Name)
		gather(child, strings.TrimSpace(path+" "+child.Name), words)
	}
	for _, flag := range node.Flags {
		if !flag.Hidden {
			words[path] = append(words[path], "--"+flag.Name)
		}
	}
	sort.Strings(words[path])
}
