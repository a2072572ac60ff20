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
if ! command -v chromedriver >/dev/null || ! command -v pdftotext >/dev/null; then
  [ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
  ($sudo apt-get update -qq && $sudo apt-get install -y -qq chromium chromium-driver poppler-utils) >/dev/null
fi
[ -d "$home/node_modules/axe-core" ] ||
  npm install --silent --no-audit --no-fund --prefix "$home" selenium-webdriver@4.46.0 axe-core@4.14.1 >/dev/null

page() { # name, arguments of assize
  local name=$1 code=0; shift
  "$ASSIZE" "$@" >/dev/null 2>"$out/$name.err" || code=$?
  [ "$code" -ne 2 ] || { echo "assize $*: $(cat "$out/$name.err")" >&2; exit 1; }
}
page check check fixtures/booking-service/faulty --quiet --report "html=$out/check.html"
page clean check fixtures/booking-service/conforming --quiet --report "html=$out/clean.html"
page statement statement fixtures/record-access/faulty --profile nhs-api-platform --clock 2026-11-22 --format html --output "$out/statement.html"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node scripts/check-html.mjs trees "$work"
page hostile check "$work"/hostile/* --quiet --report "html=$out/hostile.html"
page many check "$work/many" --quiet --report "html=$out/many.html"
node scripts/check-html.mjs browse "$home" "$out"
