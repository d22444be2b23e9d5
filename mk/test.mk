# How the product and its tests are compiled, and in which order tests run.

# The race detector watches everything but SQLite's engine with its memory, a machine
# translation of C behind the driver's locks, the parser of YAML and the arithmetic
# of keys, which work for one goroutine each: watching them costs eight times their
# own CPU.
unwatched := modernc.org/sqlite/lib modernc.org/libc modernc.org/memory gopkg.in/yaml.v3 crypto/internal/fips140/bigmod
# Generated pages, and one large function a hundred times over: see build/compiler.
unpolished := $(file <build/compiler/unpolished.txt)
# A debugger's tables are thrown away when a test is linked. (Of the flags for a
# package, the last that name it hold.)
compiled := -race '-gcflags=all=-dwarf=false' $(foreach p,$(unwatched),'-gcflags=$(p)=-race=false -dwarf=false') \
	$(foreach p,$(unpolished),'-gcflags=$(p)=-l -dwarf=false')

# The detector reports a race when it sees it; the second that a process would wait
# at its end for others that it might still see is as long as most commands take.
brisk := GORACE=atexit_sleep_ms=0

# Memory is cheaper than cores here: the compiler, the linters and the tests collect
# garbage half as often.
roomy := GOGC=200

# What takes longest begins first, beside everything else; four packages at once,
# for those that wait for a browser or a database. 'make check' has vetted them all.
longest := ./internal/web ./connectors ./internal/hardness ./internal/run ./internal/web/ui ./internal/app ./internal/backup ./internal/inventory ./internal/connect
TESTFLAGS ?= $(compiled) -vet=off -p 4 -timeout 30m
