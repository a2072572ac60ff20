#!/usr/bin/env bash
# Writes the repository that pre-commit clones: pre-commit-mirror.sh FOLDER. It holds the hooks and asks
# for the wheel of this version; a hook in the main repository would compile for minutes.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: scripts/pre-commit-mirror.sh FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml")
[ -n "$version" ] || { echo "Cargo.toml names no version" >&2; exit 2; }
mkdir -p "$1"
cp "$here/.pre-commit-hooks.yaml" "$here/LICENCE-MIT" "$here/LICENCE-APACHE" "$1/"
for file in pyproject.toml backend.py; do
  sed "s/@VERSION@/$version/g" "$here/pipelines/pre-commit-mirror/$file" >"$1/$file"
done
printf '%s\n' "$version"
