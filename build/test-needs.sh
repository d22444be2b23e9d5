#!/bin/sh
# Installs what the tests need beyond Go and Node.js: PostgreSQL, Chromium and OpenLDAP's slapd.
# Prints precisely what is missing where it may not install.
set -eu

missing=""
if [ -z "${PURSER_TEST_POSTGRES:-}" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 &&
	! command -v initdb >/dev/null 2>&1; then
	missing="$missing postgresql"
fi
if [ -z "${PURSER_TEST_CHROMIUM:-}" ] && ! command -v chromium >/dev/null 2>&1 &&
	! command -v google-chrome >/dev/null 2>&1 && ! command -v chromium-headless-shell >/dev/null 2>&1; then
	missing="$missing chromium-headless-shell"
fi
[ -x /usr/sbin/slapd ] || missing="$missing slapd"
# The race detector needs a C compiler.
command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need:$missing" >&2
	echo "Install them (Debian: sudo apt-get install$missing) and run 'make test' again." >&2
	exit 1
fi
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Older Debians have the whole browser alone.
apt-cache show chromium-headless-shell >/dev/null 2>&1 ||
	missing="$(echo "$missing" | sed 's/chromium-headless-shell/chromium/')"
# shellcheck disable=SC2086 # a list of package names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
