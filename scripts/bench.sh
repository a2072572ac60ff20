#!/usr/bin/env bash
# Times whole runs of the release binary, and a parse of the same bytes by serde_json::Value beside
# them. Needs hyperfine and ASSIZE_BENCH, the folder of the benchmark documents, with the
# repositories in a folder `repos` beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ASSIZE_BENCH:?set it to the folder of the benchmark documents}"
command -v hyperfine >/dev/null || { echo "hyperfine is needed (apt-get install hyperfine)"; exit 2; }
cargo build --release --quiet --bin assize --example parse_value
assize=target/release/assize
parse=target/release/examples/parse_value
check="$assize check --no-config --format concise --fail-on never"
uptime

github=$(find "$ASSIZE_BENCH" -name 'api.github.com*.json' -size +12M | head -n 1)
if [ -n "$github" ]; then
  hyperfine --shell=none --warmup 3 --runs 25 --output null \
    -n "13 MB JSON, uk/api-design" "$check --pack uk/api-design $github" \
    -n "13 MB JSON, all packs" "$check $github" \
    -n "serde_json::Value, same bytes" "$parse $github"
  /usr/bin/time -f "peak memory, 13 MB JSON, uk/api-design: %M KiB" \
    $check --pack uk/api-design "$github" >/dev/null
fi
yaml=$(find "$ASSIZE_BENCH/.." -path '*immunisation-fhir-api/specification/immunisation-fhir-api.yaml' | head -n 1)
[ -n "$yaml" ] && hyperfine --shell=none --warmup 3 --runs 25 --output null \
  -n "213 kB YAML, uk/api-design" "$check --pack uk/api-design $yaml" \
  -n "213 kB YAML, all packs" "$check $yaml"
repository=$(find "$ASSIZE_BENCH" -maxdepth 1 -name '*cloud-platform-environments' | head -n 1)
[ -n "$repository" ] && hyperfine --shell=none --warmup 2 --runs 15 --output null \
  -n "21,712 files, all packs, two threads" "$check --threads 2 $repository" \
  -n "21,712 files, all packs, one thread" "$check --threads 1 $repository"
# The largest repository: what a statement costs beyond a check of the same packs.
largest=$(du -s "$ASSIZE_BENCH"/../repos/* 2>/dev/null | sort -n | tail -n 1 | cut -f 2)
[ -n "$largest" ] && hyperfine --shell=none --warmup 2 --runs 10 --ignore-failure --output null \
  -n "largest repository, check" "$check $largest" \
  -n "largest repository, statement" "$assize statement $largest --profile nhs-api-platform --format json"
uptime
