package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"purser"
	"purser/internal/doctor"
)

// bundle writes what support needs into a file that appears once it is whole.
func (s *session) bundle(ctx context.Context, file string) (err error) {
	cl, err := s.client()
	if err != nil {
		return err
	}
	res, err := cl.send(ctx, http.MethodGet, "/doctor/bundle", nil, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	f, err := os.CreateTemp(filepath.Dir(file), ".bundle-*")
	if err != nil {
		return fmt.Errorf("making the file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, copied := io.Copy(f, res.Body)
	if err := errors.Join(copied, f.Close()); err != nil {
		return fmt.Errorf("writing the bundle: %w", err)
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return s.done(map[string]string{"file": file}, "%s: versions, states, numbers and templates; look into it before you send it\n", file)
}

// remote is what the running server finds; nothing where none runs.
func (s *session) remote(ctx context.Context) []finding {
	cl, err := s.client()
	if err != nil {
		return nil // checkServer says so
	}
	var found struct {
		Items []doctor.Finding `json:"items"`
	}
	if err := cl.do(ctx, http.MethodGet, "/doctor", nil, nil, &found); err != nil {
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemNotFound {
			return nil
		}
		told := words(err)
		return []finding{{Check: "server's own checks", Message: told.Detail, Hint: told.Hint}}
	}
	out := make([]finding, len(found.Items))
	for i, f := range found.Items {
		out[i] = finding{Check: f.Check, OK: f.OK, Message: f.Message, Hint: f.Hint}
	}
	return out
}
