package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// forgetEvery is how often pages of the program's file are given back. To get back
// those that are needed costs a millisecond of processor time.
const forgetEvery = 2 * time.Second

// forgetFile gives back the pages of the program's own file that nothing needs any
// more, now and every few seconds until ctx ends: a start reads manifests, the library
// and pages once, a sync walks through most of the tables that belong to functions,
// and some 30 MiB would count as in use for ever. What is needed again comes from the
// file. Only what cannot be written is given back (madvise(2), MADV_DONTNEED), and
// only of a program that stands in memory as in its file: one that is moved when it is
// loaded has pages which the loader changed and then protected.
func forgetFile(ctx context.Context) error {
	if !standsAsBuilt() {
		return nil
	}
	own, err := ownPages()
	if err != nil {
		return err
	}
	if err := forget(own); err != nil {
		return err
	}
	go func() {
		tick := time.NewTicker(forgetEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if forget(own) != nil { // it went well before: it is a matter of memory alone
					return
				}
			}
		}
	}()
	return nil
}

// ownPart are addresses of the program's memory.
type ownPart struct{ from, to uintptr }

func forget(all []ownPart) error {
	for _, p := range all {
		if _, _, no := unix.Syscall(unix.SYS_MADVISE, p.from, p.to-p.from, unix.MADV_DONTNEED); no != 0 {
			return fmt.Errorf("give back memory: %w", no)
		}
	}
	return nil
}

// ownPages are the parts of the program's file that stand in memory and cannot be written.
func ownPages() (own []ownPart, err error) {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("find the program's file: %w", err)
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil, fmt.Errorf("read how the program stands in memory: %w", err)
	}
	defer func() { _ = maps.Close() }()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var p ownPart
		var offset uintptr
		var rights, device, inode string
		line := lines.Text()
		n, _ := fmt.Sscanf(line, "%x-%x %s %x %s %s", &p.from, &p.to, &rights, &offset, &device, &inode)
		if n == 6 && strings.HasSuffix(line, " "+self) && !strings.Contains(rights, "w") {
			own = append(own, p)
		}
	}
	return own, lines.Err()
}

// standsAsBuilt reports whether the program was linked for one address (-buildmode=exe).
func standsAsBuilt() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-buildmode", Value: "exe"})
}
