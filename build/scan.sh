#!/bin/sh
# Looks for known vulnerabilities. A finding is a failure; a database that cannot be
# reached, or a tool that is not there, is only said.
set -u

bad=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# Not a tool of go.mod: what it stands on is not wanted there.
scanner="go run golang.org/x/vuln/cmd/govulncheck@v1.1.4"
command -v govulncheck >/dev/null 2>&1 && scanner=govulncheck
# A network that swallows requests must not hold the check up.
limit=""
command -v timeout >/dev/null 2>&1 && limit="timeout 120"
if $limit $scanner ./... >"$out" 2>&1; then
	echo "scanned: Go modules, nothing known"
elif grep -q '^Vulnerability #' "$out"; then
	cat "$out"
	bad=1
else
	echo "not scanned: Go modules (no answer in time, or: $(grep -v '^$' "$out" | grep -v '^exit status' | tail -1 | cut -c1-120))"
fi

if ! command -v npm >/dev/null 2>&1; then
	echo "not scanned: npm packages (npm is not installed)"
elif $limit npm audit --omit=dev --audit-level=high --fetch-timeout=10000 --fetch-retries=0 >"$out" 2>&1; then
	echo "scanned: npm packages, nothing known"
elif grep -qi 'severity' "$out"; then
	cat "$out"
	bad=1
else
	echo "not scanned: npm packages ($(grep -v -e '^$' -e '^npm warn' "$out" | head -1))"
fi
exit $bad
