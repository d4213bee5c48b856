#!/usr/bin/env bash
# Writes characters.tsv beside it from the Unihan database in Debian's package unicode-data: code point, code point of the simplified form (empty where it is
# none's traditional form), readings in pinyin, the commonest first. Run it again when a newer Unicode is wanted, and raise MatchKey.Version with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q unicode-data >/dev/null
dpkg-deb -x unicode-data_*.deb .
# The licence goes with the data.
cp usr/share/doc/unicode-data/copyright "$here/unicode-licence.txt"
cd usr/share/unicode
{
    printf '# Unihan of Unicode %s: kSimplifiedVariant, kMandarin, kTGHZ2013, kHanyuPinlu. Copyright (c) 1991-present Unicode, Inc. Unicode License v3, https://www.unicode.org/license.txt\n' "$(sed -n '1s/^DerivedAge-\([0-9.]*\)\.txt.*/\1/p;1q' < <(sed 's/^# //' DerivedAge.txt))"
    # Of several simplified forms the first that is another character: names are compared folded on both sides, so that it is one is what matters.
    awk -F '\t' '
        !/^U\+[4-9][0-9A-F][0-9A-F][0-9A-F]\t/ { next }
        { code = substr($1, 3) }
        $2 == "kSimplifiedVariant" { n = split($3, all, " "); for (i = 1; i <= n; i++) if (all[i] != $1 && length(all[i]) == 6) { simple[code] = substr(all[i], 3); break } }
        # The first reading (kMandarin; the second is Taiwan's) and, where the standard table of characters (kTGHZ2013) has more, those: without what a common character hardly ever is in speech (kHanyuPinlu; 会 as kuai, 9 of 6875).
        $2 == "kMandarin" { split($3, all, " "); first[code] = all[1]; standard[code] = standard[code] " " all[2] }
        $2 == "kTGHZ2013" { n = split($3, all, " "); for (i = 1; i <= n; i++) { sub(/^.*:/, "", all[i]); standard[code] = standard[code] " " all[i] } }
        $2 == "kHanyuPinlu" { n = split($3, all, " "); for (i = 1; i <= n; i++) { split(all[i], heard, /[()]/); spoken[code, heard[1]] += heard[2]; total[code] += heard[2]; order[code] = order[code] " " heard[1] } }
        END {
            for (code in first) {
                reading[code] = first[code]
                n = split(order[code] " " standard[code], all, " ")
                for (i = 1; i <= n; i++)
                    if (index(" " reading[code] " ", " " all[i] " ") == 0 && (total[code] < 300 || spoken[code, all[i]] * 100 >= total[code]))
                        reading[code] = reading[code] " " all[i]
            }
            for (code in reading) seen[code]; for (code in simple) seen[code]; for (code in seen) if (code >= "4E00" && code <= "9FFF") print code "\t" simple[code] "\t" reading[code]
        }
    ' <(bzcat Unihan_Variants.txt.bz2) <(bzcat Unihan_Readings.txt.bz2) | LC_ALL=C sort
} > "$here/characters.tsv"
