#!/usr/bin/env bash
# Opens the pages that assize writes in a real Chromium: they load without network, console message or
# foreign element, pass axe-core (WCAG 2.2 AA, light, dark, narrow), filter, search, turn pages, print,
# read without script, and bear 25,000 findings and ten hostile trees. ASSIZE names the binary; HTML_HOME
# keeps the installed packages; HTML_OUT keeps pages, pictures and PDF.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
if [ -z "${ASSIZE:-}" ]; then
  cargo build --quiet --locked --bin assize
  ASSIZE=target/debug/assize
fi
ASSIZE=$(realpath "$ASSIZE")
home=${HTML_HOME:-$(mktemp -d)} out=${HTML_OUT:-$(mktemp -d)}
mkdir -p "$home" "$out"
lacking=()
for tool in chromium chromedriver:chromium-driver pdftotext:poppler-utils node:nodejs npm; do
  command -v "${tool%:*}" >/dev/null || lacking+=("${tool#*:}")
done
if [ ${#lacking[@]} -gt 0 ]; then
  [ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
  # What these recommend is some hundred packages that nothing here needs; a font it does.
  ($sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends fonts-dejavu-core "${lacking[@]}") >/dev/null
fi
# The last selenium-webdriver that runs on the node of Debian 12.
[ -d "$home/node_modules/axe-core" ] ||
  npm install --silent --no-audit --no-fund --prefix "$home" selenium-webdriver@4.27.0 axe-core@4.14.1 >/dev/null

page() { # name, arguments of assize
  local name=$1 code=0; shift
  "$ASSIZE" "$@" >/dev/null 2>"$out/$name.err" || code=$?
  [ "$code" -ne 2 ] || { echo "assize $*: $(cat "$out/$name.err")" >&2; exit 1; }
}
page check check fixtures/booking-service/faulty --quiet --report "html=$out/check.html"
page clean check fixtures/booking-service/conforming --quiet --report "html=$out/clean.html"
page statement statement fixtures/record-access/faulty --profile nhs-api-platform --clock 2026-11-22 --format html --output "$out/statement.html"

work=$(mktemp -d)
trap 'rm -rf "$work"; [ -n "${HTML_HOME:-}" ] || rm -rf "$home"; [ -n "${HTML_OUT:-}" ] || rm -rf "$out"' EXIT
node scripts/check-html.mjs trees "$work"
page hostile check "$work"/hostile/* --quiet --report "html=$out/hostile.html"
page many check "$work/many" --quiet --report "html=$out/many.html"
node scripts/check-html.mjs browse "$home" "$out" "$work/profile"
