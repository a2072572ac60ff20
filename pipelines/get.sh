#!/usr/bin/env bash
# Downloads a release of Assize for this machine, checks it and unpacks it: get.sh VERSION FOLDER [SHA256].
# The archive must agree with the release's own SHA256SUMS, and with SHA256 where that is given. Prints
# the path of the binary. ASSIZE_RELEASES names another place that holds the same files (a mirror).
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: get.sh VERSION FOLDER [SHA256]" >&2; exit 2; }
version=$1 folder=$2 wanted=${3:-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.-]+)?$ ]] || { echo "\"$version\" is no version, such as 0.1.0" >&2; exit 2; }
[[ $wanted =~ ^([0-9a-f]{64})?$ ]] || { echo "the SHA-256 is not 64 digits from 0 to f" >&2; exit 2; }
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
  *) echo "there is no release for $(uname -s) on $(uname -m)" >&2; exit 2 ;;
esac
name=assize-$version-$target
from=${ASSIZE_RELEASES:-https://github.com/assize/assize/releases/download}/v$version
mkdir -p "$folder"
fetch() { curl --fail --silent --show-error --location --retry 3 --proto '=https,file' --tlsv1.2 --output "$folder/$1" "$from/$1"; }
fetch "$name.tar.gz"
fetch SHA256SUMS
sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }
published=$(awk -v name="$name.tar.gz" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
got=$(sum "$folder/$name.tar.gz")
for expected in "$published" ${wanted:+"$wanted"}; do
  [ "$got" = "$expected" ] || { echo "$name.tar.gz has the SHA-256 $got, not ${expected:-any that is published}" >&2; exit 2; }
done
tar -xzf "$folder/$name.tar.gz" -C "$folder"
case $target in *windows*) binary=$folder/$name/assize.exe ;; *) binary=$folder/$name/assize ;; esac
[ -x "$binary" ] || { echo "$name.tar.gz holds no binary" >&2; exit 2; }
printf '%s\n' "$binary"
