package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// settledFor is how long a file must not have changed: it is complete then.
const settledFor = 30 * time.Second

// watcher looks for files in the folder that the operator has named. Below it
// stands a folder for each instance, named like it, and in that one for each kind of
// record, such as account, or account-delta for what changed:
//
//	files/Acme Planner/account/users-2026-11.csv
//
// A saved mapping of the name "<instance> <kind>" is used, else the proposed one.
type watcher struct {
	s    *Service
	seen map[string]looked // by path
}

type looked struct {
	size    int64
	changed time.Time
	since   time.Time
	done    bool
}

func (s *Service) watcher() *watcher {
	if s.Folder == "" {
		return nil
	}
	return &watcher{s: s, seen: map[string]looked{}}
}

// Look takes the files of the folder that are complete and not known yet. It is
// called again and again by Serve.
func (s *Service) Look(ctx context.Context) error {
	w := s.watcher()
	if w == nil {
		return nil
	}
	return w.look(ctx)
}

func (w *watcher) look(ctx context.Context) error {
	// What is opened through the root cannot lead out of it, whatever links there are.
	root, err := os.OpenRoot(w.s.Folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "folder", Name: "watched folder", Role: purser.RoleAdmin, Origin: "system"})
	var failed []error
	walk := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if d.IsDir() && name != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
			return nil // links and devices are no files
		}
		if err := w.file(ctx, root, name, d); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", filepath.Dir(name), err))
		}
		return nil
	})
	return errors.Join(append(failed, walk)...)
}

// file takes one file, once it has not changed for a while.
func (w *watcher) file(ctx context.Context, root *os.Root, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	now := w.s.Now()
	was, ok := w.seen[name]
	if !ok || was.size != info.Size() || !was.changed.Equal(info.ModTime()) {
		w.seen[name] = looked{size: info.Size(), changed: info.ModTime(), since: now}
		was = w.seen[name]
	}
	if was.done || info.Size() == 0 || now.Sub(info.ModTime()) < settledFor {
		return nil
	}
	was.done = true // a file that cannot be taken is told once, and again when it has changed
	w.seen[name] = was
	return w.take(ctx, root, name)
}

func (w *watcher) take(ctx context.Context, root *os.Root, name string) error {
	parts := strings.Split(filepath.ToSlash(name), "/")
	if len(parts) != 3 {
		return purser.Invalid("folder", "a file must lie in a folder for its kind of record, in a folder named like its instance")
	}
	kind, mode := purser.Kind(parts[1]), purser.LoadSnapshot
	if bare, ok := strings.CutSuffix(parts[1], "-delta"); ok {
		kind, mode = purser.Kind(bare), purser.LoadDelta
	}
	i, err := store.Instance(ctx, w.s.DB.Read(), parts[0])
	if err != nil {
		return err
	}
	if source, err := w.s.takes(i); err != nil {
		return err
	} else if source != manifest.SourceFile {
		return purser.Invalid("folder", "%s takes no files", i.Name)
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	digest, err := digestOf(f)
	if err != nil {
		return err
	}
	if _, known, err := store.KnownFile(ctx, w.s.DB.Read(), i.No, baseName(name), digest); err != nil || known {
		return err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	l, err := w.s.Open(ctx, Input{Instance: i.ID, Kind: kind, Mode: mode, File: name, Origin: "folder"})
	if err != nil {
		return err
	}
	if _, err := w.s.Upload(ctx, l.ID, f); err != nil {
		return err
	}
	in := Settled{}
	saved, err := w.s.Mappings(ctx)
	if err != nil {
		return err
	}
	usual := i.Name + " " + string(kind)
	if slices.ContainsFunc(saved, func(m SavedMapping) bool { return m.Name == usual }) {
		in.Named = usual
	}
	_, err = w.s.Finish(ctx, l.ID, in)
	return err
}
