#!/usr/bin/env bash
# Every test: ./test.sh, or those whose full name contains a word: ./test.sh RegisteringADeal (an expression of
# 'dotnet test --filter' works too). The last line is 'N passed, N failed, N skipped'.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/.ci/needs.sh"
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Watching what runs often pays in a server that runs for days; tests that run for minutes are a sixth faster without it.
export DOTNET_TieredPGO=0

filter=${1:-}
case $filter in *[~=]*|"") ;; *) filter="FullyQualifiedName~$filter" ;; esac

# wants PROGRAM PACKAGE...: what only some tests use. Those tests say themselves that they are skipped without it.
wants() {
    local program=$1; shift
    has "$program" || install "$@" || complain "$program is not here and cannot be installed ($*): the tests that use it are skipped."
}

need_dotnet
need_icu
need_node
need_postgres
wants chromium chromium
# Screenshots of Chinese pages show boxes otherwise; no test fails for that.
{ has fc-list && fc-list :lang=zh | grep -q .; } || install fontconfig fonts-noto-cjk || complain "There is no Chinese font here; screenshots will show boxes."
wants soffice libreoffice-calc
wants qpdf qpdf
wants pdftotext poppler-utils
/usr/bin/python3 -c 'import openpyxl' 2>/dev/null || install python3-openpyxl || complain "python3-openpyxl is not here and cannot be installed: the tests that read workbooks with it are skipped."

results=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$results"' EXIT

if ! dotnet build -p:Analyze=true -p:UseSharedCompilation=false PartnerPortal.sln >"$results/build.log" 2>&1; then
    grep -E "error" "$results/build.log" | sort -u | head -n 40
    say "The build failed."
    say "0 passed, 1 failed, 0 skipped"
    exit 1
fi

passed=0 failed=0 skipped=0
# counter NAME FILE: a number of the summary that the test runner wrote.
counter() { grep -o '<Counters [^>]*' "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }

# run_tests PROJECT: its tests; what it prints, and how it ended, are kept in files of its name.
run_tests() {
    local name; name=$(basename "$1")
    dotnet test --no-build "$1" ${filter:+--filter "$filter"} --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal"
    echo $? >"$results/$name.ended"
}

# Those of the browser and of identity wait for a browser or a Node program half of the time: together they take hardly longer than one of them.
say "== Portal"
run_tests tests/Portal
run_tests tests/Identity >"$results/Identity.out" 2>&1 &
say "== Browser"
run_tests tests/Browser
wait
say "== Identity"
cat "$results/Identity.out"

for name in Portal Identity Browser; do
    ended=$(cat "$results/$name.ended")
    failed_here=0
    if [ -e "$results/$name.trx" ]; then
        failed_here=$(counter failed "$results/$name.trx")
        passed=$((passed + $(counter passed "$results/$name.trx")))
        skipped=$((skipped + $(counter total "$results/$name.trx") - $(counter executed "$results/$name.trx")))
    fi
    # A test run that broke off has failed, whatever it had counted until then.
    if [ "$ended" != 0 ] && [ "$failed_here" = 0 ]; then
        complain "The tests of $name broke off."
        failed_here=1
    fi
    failed=$((failed + failed_here))
done

say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
