#!/usr/bin/env bash
# Times whole runs of the release binary, and a parse of the same bytes by serde_json::Value beside
# them. Needs hyperfine and ASSIZE_BENCH, a folder with the benchmark documents unpacked.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ASSIZE_BENCH:?set it to the folder of the benchmark documents}"
command -v hyperfine >/dev/null || { echo "hyperfine is needed (apt-get install hyperfine)"; exit 2; }
cargo build --release --quiet --bin assize
cargo build --release --quiet --example parse_value
assize=target/release/assize
github=$(find "$ASSIZE_BENCH" -name 'api.github.com*.json' -size +12M | head -n 1)
[ -n "$github" ] && hyperfine --warmup 2 --runs 15 -i \
  -n "13 MB JSON, uk/api-linting" "$assize check --no-config --pack uk/api-linting --format concise '$github' --fail-on never" \
  -n "serde_json::Value, same bytes" "target/release/examples/parse_value '$github'"
yaml=$(find "$ASSIZE_BENCH/.." -name 'immunisation-fhir-api.yaml' | head -n 1)
[ -n "$yaml" ] && hyperfine --warmup 2 --runs 15 -i -n "213 kB YAML" "$assize check --no-config --format concise '$yaml' --fail-on never"
repository=$(find "$ASSIZE_BENCH" -maxdepth 1 -name '*cloud-platform-environments' | head -n 1)
[ -n "$repository" ] && hyperfine --warmup 1 --runs 5 -i \
  -n "21,712 files" "$assize check --no-config --format concise '$repository' --fail-on never" \
  -n "21,712 files, one thread" "$assize check --threads 1 --no-config --format concise '$repository' --fail-on never"
[ -n "$github" ] && /usr/bin/time -f "peak memory, 13 MB JSON: %M KiB" "$assize" check --no-config --pack uk/api-linting --format concise "$github" --fail-on never >/dev/null
