# Archives of a release, byte for byte the same wherever the commit is built.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)

.PHONY: release
release: assets ## build signed release archives with SBOM and checksums into dist/ (RELEASE_KEY=file, or UNSIGNED=1)
	$(GO) run ./build/release -version '$(VERSION)' -out dist $(if $(ONLY),-only $(ONLY))

.PHONY: check-release
check-release: assets ## build a release twice for this system, see that the bytes are the same
	UNSIGNED=1 $(GO) run ./build/release -version '$(VERSION)' -out dist/one -only $$($(GO) env GOOS)/$$($(GO) env GOARCH)
	UNSIGNED=1 GOCACHE=$$(mktemp -d) $(GO) run ./build/release -version '$(VERSION)' -out dist/two -only $$($(GO) env GOOS)/$$($(GO) env GOARCH)
	cmp dist/one/SHA256SUMS dist/two/SHA256SUMS && echo "the same bytes twice"

# Known vulnerabilities of Go modules and npm packages. Where their databases cannot be
# reached, that is said; a finding fails.
.PHONY: scan
scan: ## look for known vulnerabilities of Go modules and npm packages
	@build/scan.sh
