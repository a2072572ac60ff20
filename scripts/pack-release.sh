#!/usr/bin/env bash
# Tries a release binary and packs it: pack-release.sh VERSION TARGET FOLDER. The archive holds the
# binary, the licences, the shell completions and the man page.
set -euo pipefail
[ $# -eq 3 ] || { echo "usage: scripts/pack-release.sh VERSION TARGET FOLDER" >&2; exit 2; }
version=$1 target=$2 folder=$3
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
case $target in *windows*) file=assize.exe ;; *) file=assize ;; esac
built=${BUILT:-$here/target/$target/release/$file}
[ "$("$built" --version)" = "assize $version" ] || { echo "$built is not assize $version" >&2; exit 1; }
# It must find what is wrong, and nothing where nothing is.
code=0
"$built" check --quiet "$here/fixtures/booking-service/faulty" >/dev/null || code=$?
[ "$code" -eq 1 ] || { echo "exit code $code on the faulty fixture, 1 expected" >&2; exit 1; }
"$built" check --quiet "$here/fixtures/booking-service/conforming" >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=assize-$version-$target
mkdir -p "$work/$name/completions"
cp "$built" "$work/$name/$file"
cp "$here/LICENCE-MIT" "$here/LICENCE-APACHE" "$here/README.md" "$work/$name/"
chmod 755 "$work/$name/$file"
for shell in bash zsh fish elvish powershell; do "$built" completions "$shell" >"$work/$name/completions/assize.$shell"; done
"$built" man >"$work/$name/assize.1"
tar -czf "$folder/$name.tar.gz" -C "$work" "$name"
