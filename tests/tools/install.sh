# shellcheck shell=bash
# For ./try and ./check: install what is missing, say so, and be quick where nothing is.
# Sourced by bash; needs set -euo pipefail.

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command and shows its output only where it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        cat "$log" >&2
        rm -f "$log"
        die "\`$*\` failed with exit status $status"
    fi
    rm -f "$log"
}

# The words that make a command run as root: none for root, sudo for others.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "to install packages I must be root or have sudo; or install them yourself: apt-get install $missing"
    fi
}

# need_packages NAME…: Debian packages.
need_packages() {
    command -v dpkg-query >/dev/null ||
        die "this script installs Debian packages, and there is no dpkg here; what it needs: $*"
    local name
    missing=
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=" $name"
    done
    missing=${missing# }
    [ -n "$missing" ] || return 0
    say "installing with apt-get: $missing"
    # shellcheck disable=SC2086
    if ! DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1; then
        say "updating the list of packages first"
        as_root apt-get update -qq >/dev/null || die "apt-get update failed: is the network there?"
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
            die "could not install: $missing"
    fi
}

# need_delve: Delve, built once by the go command into a directory of this user, and put on PATH.
# Without a network the tests that need it are skipped, by name.
need_delve() {
    local version=v1.27.2 cache
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/zonda-check/delve-$version
    export PATH=$cache:$PATH
    [ ! -x "$cache/dlv" ] || return 0
    say "building Delve $version into $cache"
    GOBIN=$cache go install "github.com/go-delve/delve/cmd/dlv@$version" >/dev/null 2>&1 ||
        say "Delve could not be built: the tests of the debugger are skipped"
}

# need_go: Go 1.25, or 1.21 and newer, which fetches the toolchain that a module asks for.
need_go() {
    if ! command -v go >/dev/null && [ -x /usr/local/go/bin/go ]; then
        export PATH=$PATH:/usr/local/go/bin
    fi
    command -v go >/dev/null ||
        die "Go is not installed, and Debian 12's golang-go (1.19) is too old. Install Go 1.25 or newer as https://go.dev/doc/install says, put its bin directory on PATH, and run me again."
    local version minor
    version=$(go env GOVERSION 2>/dev/null || go version | awk '{print $3}')
    minor=${version#go1.}
    minor=${minor%%[!0-9]*}
    [ -n "$minor" ] || return 0 # a development version
    if [ "$minor" -lt 21 ]; then
        die "$(command -v go) is $version; the example needs 1.25 or newer (1.21 and newer fetch it by themselves): see https://go.dev/doc/install"
    elif [ "$minor" -lt 25 ] && [ "$(go env GOTOOLCHAIN)" = local ]; then
        die "$version is older than 1.25, and GOTOOLCHAIN=local forbids it to fetch a newer one: go env -w GOTOOLCHAIN=auto"
    fi
}
