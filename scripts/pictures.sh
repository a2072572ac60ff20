#!/usr/bin/env bash
# Makes the pictures of docs/images anew: what a terminal shows in the first five minutes, and the page to
# read. `pictures.sh check` says instead which pictures show something else than the program prints. ASSIZE
# names the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
if [ -z "${ASSIZE:-}" ]; then
  cargo build --quiet --locked --bin assize
  ASSIZE=target/debug/assize
fi
real=$(realpath "$ASSIZE")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
images=$here/docs/images
[ "${1:-}" != check ] || images=$work/images
mkdir -p "$work/bin" "$images"
# Whatever depends on the day is shown as of one.
cat >"$work/bin/assize" <<WRAPPER
#!/bin/sh
case \$1 in check | waiver | baseline) exec '$real' "\$@" --clock 2026-11-25 ;; *) exec '$real' "\$@" ;; esac
WRAPPER
chmod +x "$work/bin/assize"
PATH=$work/bin:$PATH
cp -r fixtures/booking-service/faulty "$work/booking"
cd "$work/booking"
git init --quiet
draw() { # name, what it says to those who cannot see it, options and commands
  local name=$1 title=$2; shift 2
  python3 "$here/scripts/terminal.py" "$images/$name.svg" --title "$title" "$@"
}
draw check "assize check: findings, the most harmful first, and a summary by standard" \
  --keep=1..UK-CDDO-HTTPS --keep='By standard..found nothing to look at' --keep=-2..-1 'assize check'
draw explain "assize explain: what a rule looks at, the clause it rests on, how to mend it" \
  --keep=1..Accepted+8 'assize explain uk/api-linting/contact-reachable'
draw mend "The finding is gone after the server's address was changed" \
  "sed -i 's|http://api.bookings|https://api.bookings|' specification/bookings.yaml" \
  'assize check specification/bookings.yaml --quiet --format concise'
draw waive "A waiver is asked for, and the report says so; a should is explained in a comment" \
  "assize waiver request uk/api-linting/operation-id-given --reason 'The gateway names operations; it is replaced in March.' --until 2027-03-31" \
  'assize waiver check' \
  "sed -i '1s|\$| # assize-ignore: uk/github-actions/actions-are-updated reason=\"Renovate does.\" until=2027-03-31|' .github/dependabot.yml" \
  'assize check .github/dependabot.yml | tail -n 2'
draw baseline "Today's findings are accepted; a new fault fails" \
  'assize baseline write' \
  'assize check --baseline assize-baseline.json | tail -n 3' \
  "printf 'openapi: 3.1.0\ninfo: {title: Rooms, version: \"1\"}\npaths: {}\n' > specification/rooms.yaml" \
  'assize check --baseline assize-baseline.json --quiet --format concise; echo "exit code $?"'
cd "$here"
if command -v chromium >/dev/null && [ "${1:-}" != check ]; then
  "$real" check fixtures/booking-service/faulty --quiet --report "html=$work/page.html" >/dev/null || [ $? -eq 1 ]
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync "--user-data-dir=$work/profile" --hide-scrollbars --window-size=960,720 \
    "--screenshot=$images/page.png" "file://$work/page.html" 2>/dev/null
fi
if [ "${1:-}" = check ]; then
  wrong=0
  for picture in "$images"/*.svg; do
    cmp -s "$picture" "docs/images/$(basename "$picture")" || { echo "docs/images/$(basename "$picture") shows something else: run scripts/pictures.sh" >&2; wrong=1; }
  done
  exit $wrong
fi
