package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/store"
)

type serveCmd struct {
	config.Server
}

// Run serves until the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, s *session) error {
	c.Server.Data = s.data
	log := s.logger(c.LogFormat, c.LogLevel)
	if _, ok := s.lookup("GOGC"); !ok {
		// A sync makes much garbage over little that lives: three quarters of the
		// runtime's usual slack keep the peak under 100 MiB for a few percent of CPU time.
		debug.SetGCPercent(75)
	}
	if err := store.WholeCaches(); err != nil {
		log.WarnContext(ctx, "the database takes more memory than it needs", "error", err)
	}
	a, err := app.Build(ctx, app.Options{Server: c.Server, Version: s.version, Log: log, Now: time.Now})
	if err != nil {
		return err
	}
	if err := forgetFile(ctx); err != nil {
		log.WarnContext(ctx, "the program keeps more of its file in memory than it needs", "error", err)
	}
	path, err := a.Login.FirstAdminLink(ctx)
	if err != nil {
		return err
	}
	s.note("Purser %s listens on %s\n", s.version, a.PublicURL())
	if path != "" {
		s.note("\nMake the first admin within 30 minutes:\n\n  %s%s\n\n", a.PublicURL(), path)
	}
	return a.Serve(ctx)
}

func (s *session) logger(format, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(s.err, options))
	}
	return slog.New(slog.NewTextHandler(s.err, options))
}
