#!/usr/bin/env bash
# Brings all of it up: PostgreSQL, identity and portal, with demo data. See --help.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/.ci/needs.sh"

usage() {
    cat <<'TEXT'
./run.sh [--fresh] [--no-demo] [--large] [--detach] [--data DIR]
./run.sh --stop [--data DIR]

  --fresh     begins with an empty data folder; what was in it is deleted
  --no-demo   leaves the demo out
  --large     writes a large generated data set besides the demo
  --detach    returns when all is up; --stop ends it
  --stop      ends what was started on the data folder, its database included
  --data DIR  the data folder (.data)

Portal__Url and Identity__Url say where the two answer, ConnectionStrings__Portal and ConnectionStrings__Identity
name a database server of your own. Ctrl-C stops what this started.
TEXT
}

data=${Portal__DataFolder:-$root/.data}
fresh= demo=yes large= detach= stop=
while [ $# -gt 0 ]; do
    case $1 in
        --fresh) fresh=yes ;;
        --no-demo) demo= ;;
        --large) large=yes ;;
        --detach) detach=yes ;;
        --stop) stop=yes ;;
        --data) [ $# -gt 1 ] || fail "--data wants a folder after it."; data=$2; shift ;;
        --data=*) data=${1#--data=} ;;
        -h|--help) usage; exit 0 ;;
        *) complain "There is no option '$1'."; usage >&2; exit 2 ;;
    esac
    shift
done
case $data in /*) ;; *) data=$PWD/$data ;; esac

portal_url=${Portal__Url:-http://localhost:5080}
identity_url=${Identity__Url:-http://localhost:5081}
export Portal__Url=$portal_url Identity__Url=$identity_url Portal__DataFolder=$data
export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# The process of a service that this data folder remembers, if it is alive and still that service.
process_of() {
    local process; process=$(cat "$data/run/$1.pid" 2>/dev/null) && [ -r "/proc/${process:-none}/cmdline" ] &&
        tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline" | grep -qi "/$1.dll serve" && echo "$process"
}

# ends PROCESS SECONDS: waits for it to go.
ends() {
    local tenths=$(($2 * 10))
    while kill -0 "$1" 2>/dev/null && [ "$tenths" -gt 0 ]; do sleep 0.1; tenths=$((tenths - 1)); done
    ! kill -0 "$1" 2>/dev/null
}

stop_services() {
    local service process
    for service in portal identity; do
        process=$(process_of "$service") && kill -TERM "$process" 2>/dev/null
    done
    for service in portal identity; do
        process=$(process_of "$service") && { ends "$process" 20 || kill -KILL "$process" 2>/dev/null; }
        rm -f "$data/run/$service.pid" 2>/dev/null
    done
}

stop_database() {
    local process; process=$(head -n 1 "$data/postgres/postmaster.pid" 2>/dev/null) || return 0
    [ "$(cat "/proc/$process/comm" 2>/dev/null)" = postgres ] || return 0
    kill -INT "$process" 2>/dev/null || { complain "The database (process $process) belongs to another user; stop it as that user."; return 1; }
    ends "$process" 60 || { complain "The database (process $process) does not stop."; return 1; }
}

stop_all() { stop_services; stop_database; }

empty_data_folder() {
    [ -e "$data" ] || return 0
    if [ ! -e "$data/database.json" ] && [ ! -e "$data/run" ] && [ -n "$(ls -A "$data")" ]; then
        fail "$data does not look like a data folder of the portal: --fresh leaves it alone. Delete it yourself or name another with --data DIR."
    fi
    # Below /root the database itself stands elsewhere, and this is a link to it.
    [ -L "$data/postgres" ] && rm -rf "$(readlink -f "$data/postgres")"
    rm -rf "${data:?}"/* "${data:?}"/.[!.]* || fail "$data could not be emptied."
}

build() {
    local log; log=$(mktemp)
    for project in portal identity; do
        # A compiler that another checkout keeps warm has been seen to mix up the views of the two.
        if ! dotnet build -c Release -p:UseSharedCompilation=false "$root/$project" >"$log" 2>&1; then
            grep -E "error" "$log" | sort -u | head -n 20 >&2
            fail "The build of $project failed; its log is $log."
        fi
    done
    rm -f "$log"
}

program() { echo "$root/$1/bin/Release/net10.0/$2.dll"; }

# seed SERVICE DLL [ARGUMENT...]: writes the demo, or finds it there.
seed() {
    local service=$1 dll=$2; shift 2
    # The outer redirection keeps the shell from announcing a crash; the program's own words are in the file.
    { (cd "$root/$service" && dotnet "$(program "$service" "$dll")" seed "$@" --data "$data" >>"$data/run/$service.log" 2>"$data/run/$service.err"); } 2>/dev/null ||
        give_up "$service"
}

give_up() {
    local why; why=$(grep -m 1 '^Unhandled exception' "$data/run/$1.err" || grep -v '^[[:space:]]*$' "$data/run/$1.err" | tail -n 1)
    complain "$1 could not start: $why"
    complain "(all of it is in $data/run/$1.err and $1.log)"
    stop_all
    exit 1
}

start() {
    local service=$1 dll=$2
    # A session of its own: Ctrl-C reaches this script only, which then stops both in order.
    (
        cd "$root/$service" || exit 1
        setsid dotnet "$(program "$service" "$dll")" serve --data "$data" >>"$data/run/$service.log" 2>"$data/run/$service.err" </dev/null &
        echo $! >"$data/run/$service.pid"
    )
}

# connects URL: opens connection 3 to it, or says no.
connects() {
    [[ $1 =~ ^(https?)://([^/:]+)(:([0-9]+))?(/.*)?$ ]] || fail "'$1' is not an address such as http://localhost:5080."
    local usual=80; [ "${BASH_REMATCH[1]}" = http ] || usual=443
    { exec 3<>"/dev/tcp/${BASH_REMATCH[2]}/${BASH_REMATCH[4]:-$usual}"; } 2>/dev/null
}

# Whoever answers there already would be taken for what is started here. (With ASPNETCORE_URLS a proxy answers, rightly.)
must_be_free() {
    [ -n "${ASPNETCORE_URLS:-}" ] && return
    if connects "$1"; then
        exec 3>&-
        fail "$1 is taken by another program: end that one, or choose another address with $2."
    fi
}

answers() {
    local url=$1/health/ready
    if has curl; then
        [ "$(curl -sk --noproxy "*" --max-time 3 -o /dev/null -w "%{http_code}" "$url" 2>/dev/null)" = 200 ]
    else
        local status
        [[ $url == http://* ]] || fail "To ask $url whether it is ready, curl is needed."
        connects "$url" || return 1
        printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
        IFS= read -r -t 3 status <&3
        exec 3>&-
        [[ $status == *" 200 "* ]]
    fi
}

wait_until_ready() {
    local service=$1 url=$2 tenths=900
    until answers "$url"; do
        [ -n "$(process_of "$service")" ] || give_up "$service"
        tenths=$((tenths - 3)); [ "$tenths" -gt 0 ] || { echo "it did not answer on $url within 90 seconds" >>"$data/run/$service.err"; give_up "$service"; }
        sleep 0.3
    done
}

demo_accounts() {
    local list="$root/platform/Demo/DemoAccounts.cs"
    printf '\nDemo accounts, password %s:\n' "$(sed -n 's/.*Password = "\(.*\)".*/\1/p' "$list" | head -n 1)"
    sed -nE 's/^ *new\("([^"]+@[^"]+)", "([^"]+)", "([^"]+)", "([^"]+)", (.*)\),$/\1\t\2 \3\t\4: \5/p' "$list" | tr -d '"' |
        while IFS=$'\t' read -r email name roles; do printf '  %-30s %s (%s)\n' "$email" "$name" "$roles"; done
    printf 'API clients (client_credentials, scope portal.api), secret %s:\n' "$(sed -n 's/.*ApiClientSecret = "\(.*\)".*/\1/p' "$list")"
    sed -nE 's/^ *new\("(demo-[^"]+)".*/  \1/p' "$list"
}

# Without the demo nobody is there who could sign in.
first_administrator() {
    printf '\nThe first administrator gets an account that looks after identity, chooses a password by the link that is printed, and is linked to the brand with the subject that is printed:\n'
    printf '  dotnet %s add-administrator EMAIL NAME --data %s\n' "$(program identity Identity)" "$data"
    printf '  dotnet %s add-person NAME EMAIL %s SUBJECT brand brand_admin --data %s\n' "$(program portal Portal)" "$identity_url" "$data"
}

if [ -n "$stop" ]; then
    stop_all && say "Stopped."
    exit
fi

for service in portal identity; do
    if process=$(process_of "$service") && [ -z "$fresh" ]; then
        fail "$service already runs on $data (process $process): ./run.sh --stop ends it."
    fi
done

need_dotnet
need_icu
need_node
need_postgres
if [ -n "$fresh" ]; then
    [ -z "${ConnectionStrings__Portal:-}${ConnectionStrings__Identity:-}" ] || complain "--fresh empties the data folder; the database on a server of your own stays as it is."
    stop_all || exit 1
    empty_data_folder
fi
must_be_free "$portal_url" Portal__Url
must_be_free "$identity_url" Identity__Url
(umask 077 && mkdir -p "$data/run" && touch "$data/run/writable") 2>/dev/null ||
    fail "The data folder $data cannot be written: give it to this user, or name another with --data DIR."
build

[ -n "$detach" ] || trap 'trap - INT TERM; say; say "Stopping ..."; stop_all; exit 130' INT TERM
if [ -n "$demo" ]; then
    seed identity Identity
    seed portal Portal ${large:+--large}
fi
start identity Identity
start portal Portal
wait_until_ready identity "$identity_url"
wait_until_ready portal "$portal_url"

say "READY portal=$portal_url identity=$identity_url"
if [ -n "$demo" ]; then demo_accounts; else first_administrator; fi
if [ -n "$detach" ]; then
    say "Logs: $data/run. ./run.sh --stop$([ "$data" = "$root/.data" ] || echo " --data $data") ends it."
    exit 0
fi

say "Logs: $data/run. Ctrl-C stops it."
while [ -n "$(process_of portal)" ] && [ -n "$(process_of identity)" ]; do sleep 1; done
complain "$([ -n "$(process_of portal)" ] && echo identity || echo portal) has ended; the rest is stopped. Its log is in $data/run."
stop_all
exit 1
