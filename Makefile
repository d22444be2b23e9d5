# Purser. 'make help' lists what can be made.
SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

include mk/assets.mk
include mk/release.mk
include mk/test.mk

.PHONY: build
build: assets ## build bin/purser, with pages
	$(GO) build $(foreach p,$(unpolished),'-gcflags=$(p)=-l') -ldflags '$(LDFLAGS)' -o bin/purser ./cmd/purser

.PHONY: demo
demo: build ## build and run the demo: a made-up company's five vendors, connected and synced
	bin/purser demo

.PHONY: test
test: assets test-needs ## install what the tests need, then run them all (race detector, both databases, browser)
	@# The command that tests run as a process is built once for all of them.
	$(roomy) $(GO) build $(compiled) -o bin/tested ./cmd/purser
	@# What is copied for each test is made once for all, too.
	templates="$$(mktemp -d)" && trap 'rm -rf "$$templates"' EXIT && \
	$(roomy) $(brisk) PURSER_TEST_TEMPLATES="$$templates" PURSER_TEST_BINARY=$(CURDIR)/bin/tested PURSER_TEST_BROWSER_REQUIRED=1 PURSER_TEST_POSTGRES_REQUIRED=1 PURSER_TEST_OIDC_REQUIRED=1 PURSER_TEST_SCIM_REQUIRED=1 PURSER_TEST_LDAP_REQUIRED=1 $(GO) test $(TESTFLAGS) $(longest) ./...

.PHONY: test-needs
test-needs:
	@build/test-needs.sh

.PHONY: check
check: ## format, vet, staticcheck, generated files, manifests, dependency rules
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted (run 'gofmt -w'):"; echo "$$out"; exit 1; fi
	@# Compiled as the tests are: both together compile once.
	$(roomy) $(GO) vet $(compiled) ./...
	staticcheck="$$($(GO) tool -n staticcheck)" && $(roomy) GOFLAGS="$(GOFLAGS) $(compiled)" "$$staticcheck" ./...
	$(MAKE) --no-print-directory check-generated
	$(roomy) $(GO) build $(compiled) -o bin/tested ./cmd/purser
	bin/tested connector lint
	$(GO) test $(TESTFLAGS) ./internal/archtest
	$(MAKE) --no-print-directory scan

.PHONY: check-generated
check-generated:
	@cp -r internal/web .generated-before && $(GO) tool templ generate -path internal/web >/dev/null 2>&1; \
	if diff -rq --exclude=node_modules --exclude=dist .generated-before internal/web; then rm -rf .generated-before; \
	else rm -rf .generated-before; echo "generated pages are out of date: run 'make generate' and commit"; exit 1; fi

.PHONY: generate
generate: ## write the generated Go of the pages
	$(GO) tool templ generate -path internal/web

.PHONY: bench
bench: ## benchmarks at a tenth of full size, under ten minutes
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 20m ./bench/...

.PHONY: bench-full
bench-full: ## benchmarks at full size
	PURSER_BENCH=full $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 120m ./bench/...
	PURSER_BENCH=full $(GO) test -run TestInstancesThatAreDue -count=1 -timeout 30m ./internal/run

.PHONY: clean
clean: ## remove what was built
	rm -rf bin node_modules internal/web/assets/node_modules
	find internal/web/assets/dist -type f ! -name .keep -delete
