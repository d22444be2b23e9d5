package own

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"purser/internal/manifest"
)

// read reads one folder, and says why it cannot be used.
func (s *Service) read(folder fs.FS, name string) found {
	var f found
	text, err := fs.ReadFile(folder, "manifest.yaml")
	if err != nil {
		return found{problems: []string{"the folder has no manifest.yaml"}}
	}
	f.text = string(text)
	if s.builtin[name] {
		f.problems = append(f.problems, "a connector of that name is built in: choose another one")
	}
	con, err := manifest.LoadConnector(folder)
	if problems, ok := errors.AsType[manifest.Problems](err); ok {
		for _, p := range problems {
			f.problems = append(f.problems, p.String())
		}
	} else if err != nil {
		f.problems = append(f.problems, err.Error())
	}
	if con != nil {
		if con.Manifest.Name != name {
			f.problems = append(f.problems, "its manifest says name: "+con.Manifest.Name+", the folder is called "+name)
		}
		if strings.Contains(f.text, "hook:") && slices.ContainsFunc(con.Tasks, hooked) {
			f.problems = append(f.problems, "a connector of one's own has no hooks")
		}
	}
	if con != nil && len(f.problems) == 0 {
		con.Custom = true
		f.con = con
	}
	return f
}

func hooked(t *manifest.CompiledTask) bool {
	return slices.ContainsFunc(t.Streams, func(st *manifest.CompiledStream) bool { return st.Hook != "" })
}
