package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// forgetStart gives back the pages of the program's own file that nothing but its
// start needed: manifests, the library and pages are read there once, and some
// 20 MiB would count as in use for ever. What is needed again comes from the file.
// Only what cannot be written is given back (madvise(2), MADV_DONTNEED), and only of
// a program that stands in memory as in its file: one that is moved when it is loaded
// has pages which the loader changed and then protected.
func forgetStart() error {
	if !standsAsBuilt() {
		return nil
	}
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find the program's file: %w", err)
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("read how the program stands in memory: %w", err)
	}
	defer func() { _ = maps.Close() }()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to, offset uintptr
		var rights, device, inode string
		line := lines.Text()
		n, _ := fmt.Sscanf(line, "%x-%x %s %x %s %s", &from, &to, &rights, &offset, &device, &inode)
		if n != 6 || !strings.HasSuffix(line, " "+self) || strings.Contains(rights, "w") {
			continue
		}
		if _, _, no := unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED); no != 0 {
			return fmt.Errorf("give back memory: %w", no)
		}
	}
	return lines.Err()
}

// standsAsBuilt reports whether the program was linked for one address (-buildmode=exe).
func standsAsBuilt() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-buildmode", Value: "exe"})
}
