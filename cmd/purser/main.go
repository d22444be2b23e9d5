// Command purser is the server and its command line.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, system{args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv, version: version})
	stop()
	os.Exit(code)
}
