package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"purser"
	"purser/connectors"
	"purser/internal/api"
	"purser/internal/app"
	"purser/internal/manifest"
)

type doctorCmd struct {
	KeyFile string `help:"Key file of the server." env:"PURSER_KEY_FILE" type:"path" placeholder:"FILE"`
	Bundle  string `help:"Write an archive for support instead, without secrets and personal data." type:"path" placeholder:"FILE"`
}

// finding is one thing that was looked at.
type finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Run looks at the installation and says what to mend; anything is exit code 1.
func (c *doctorCmd) Run(ctx context.Context, s *session) error {
	if c.Bundle != "" {
		return s.bundle(ctx, c.Bundle)
	}
	all := append([]finding{s.checkFolder(), c.checkKey(s), checkCatalog(), s.checkServer(ctx)}, s.remote(ctx)...)
	bad := false
	for _, f := range all {
		bad = bad || !f.OK
	}
	if s.json {
		if err := s.printJSON(all); err != nil {
			return err
		}
	} else {
		for _, f := range all {
			mark := "ok  "
			if !f.OK {
				mark = "MEND"
			}
			if err := s.say("%s  %s: %s\n", mark, f.Check, plain(f.Message)); err != nil {
				return err
			}
			if f.Hint != "" {
				if err := s.say("      %s\n", plain(f.Hint)); err != nil {
					return err
				}
			}
		}
	}
	if bad {
		return &exit{code: exitError}
	}
	return nil
}

func (s *session) checkFolder() finding {
	f := finding{Check: "data folder"}
	info, err := os.Stat(s.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.OK, f.Message = true, s.data+" is not there yet; `purser serve` makes it"
	case err != nil:
		f.Message, f.Hint = err.Error(), "Give Purser a folder that it may read and write: --data"
	case !info.IsDir():
		f.Message, f.Hint = s.data+" is no folder", "Name another one with --data"
	case info.Mode().Perm()&0o077 != 0:
		f.Message = fmt.Sprintf("%s is open to other users (mode %04o)", s.data, info.Mode().Perm())
		f.Hint = "chmod 700 " + s.data
	default:
		f.OK, f.Message = true, s.data
	}
	return f
}

func (c *doctorCmd) checkKey(s *session) finding {
	path := c.KeyFile
	if path == "" {
		path = filepath.Join(s.data, app.KeyName)
	}
	f := finding{Check: "key file"}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.OK, f.Message = true, path+" is not there yet; the first start makes it"
		if _, err := os.Stat(filepath.Join(s.data, "purser.db")); err == nil {
			f.OK, f.Message = false, path+" is missing, and the data folder has a database"
			f.Hint = "Put the key file back from its copy, or name it with PURSER_KEY_FILE"
		}
	case err != nil:
		f.Message, f.Hint = err.Error(), "The user that Purser runs as must be able to read it"
	case info.Mode().Perm()&0o077 != 0:
		f.Message, f.Hint = fmt.Sprintf("%s may be read by others (mode %04o)", path, info.Mode().Perm()), "chmod 600 "+path
	default:
		f.OK, f.Message = true, path
	}
	return f
}

func checkCatalog() finding {
	catalog, err := manifest.Load(connectors.Files())
	if err != nil {
		return finding{Check: "connectors", Message: err.Error(), Hint: "This binary is damaged; get it again"}
	}
	return finding{Check: "connectors", OK: true, Message: fmt.Sprintf("%d built in", len(catalog.All()))}
}

func (s *session) checkServer(ctx context.Context) finding {
	f := finding{Check: "server"}
	c, err := s.client()
	var about api.About
	if err == nil {
		err = c.do(ctx, http.MethodGet, "/about", nil, nil, &about)
	}
	if err != nil {
		told := words(err)
		f.Message, f.Hint = told.Detail, told.Hint
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemNotFound {
			f.OK = true // not running is no fault of the installation
		}
		return f
	}
	f.OK, f.Message = true, fmt.Sprintf("%s on %s, %s", about.Version, about.PublicURL, about.Database)
	if about.Frozen {
		f.OK, f.Hint = false, "Purser is frozen: it calls nobody"
	}
	if len(about.VendorMap) > 0 {
		f.Message += ", vendors played on this machine (--vendor-map)"
	}
	return f
}
