#!/usr/bin/env bash
# What cannot run outside its forge is held against the forge's published schema and run dry: action,
# workflows, GitLab component, Azure template, hooks, wheel, container file, release archive. pre-commit
# itself installs and runs the hooks from a wheel. ASSIZE names a binary that is built already, or
# ASSIZE=static compiles the one of a release that needs no C library; the wheel is packed around it, or
# WHEEL names one, or WHEEL=maturin compiles it as a release does. PIPELINES_HOME keeps the installed
# packages.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
static=$(uname -m)-unknown-linux-musl
if [ "${ASSIZE:-}" = static ]; then
  [ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
  command -v musl-gcc >/dev/null || ($sudo apt-get update -qq && $sudo apt-get install -y -qq musl-tools) >/dev/null
  if [ -d "$(rustc --print target-libdir --target "$static")" ] || rustup target add "$static"; then
    cargo build --release --quiet --locked --target "$static" --bin assize
    ASSIZE=target/$static/release/assize
  else
    echo "this machine cannot have the toolchain's $static: the binary that is tried needs a C library" >&2
    cargo build --quiet --locked --bin assize
    ASSIZE=target/debug/assize
  fi
elif [ -z "${ASSIZE:-}" ]; then
  cargo build --release --quiet --locked --bin assize
  ASSIZE=target/release/assize
fi
ASSIZE=$(realpath "$ASSIZE")
is_static() { file -L "$ASSIZE" | grep -qE 'static(ally|-pie)'; }
home=${PIPELINES_HOME:-$(mktemp -d)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
step() { printf '\n== %s\n' "$1"; }
fail() { echo "FAIL $1" >&2; exit 1; }

lacking=()
for tool in git curl file shellcheck strip:binutils unshare:util-linux; do
  command -v "${tool%:*}" >/dev/null || lacking+=("${tool#*:}")
done
python3 -c 'import ensurepip' 2>/dev/null || lacking+=(python3-venv)
if [ ${#lacking[@]} -gt 0 ]; then
  [ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
  ($sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends "${lacking[@]}") >/dev/null
fi
packages=(check-jsonschema==0.39.0 pre-commit==4.7.0)
[ "${WHEEL:-}" != maturin ] || packages+=(maturin==1.16.0)
[ -x "$home/bin/python" ] || python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "${packages[@]}"
PATH=$home/bin:$PATH

step "Published schemas"
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
check-jsonschema --builtin-schema vendor.azure-pipelines templates/azure/assize.yml
# A component is two documents: its inputs, and a pipeline with the inputs filled in.
python3 scripts/fill-component.py templates/check/template.yml "$work/component.yml"
check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$work/component.yml"
pre-commit validate-manifest .pre-commit-hooks.yaml

step "Shell"
for script in pipelines/*.sh scripts/*.sh .ci/run; do bash -n "$script"; done
shellcheck pipelines/*.sh scripts/check-*.sh scripts/p*.sh
python3 scripts/fill-component.py --scripts templates/check/template.yml templates/azure/assize.yml action.yml |
  while IFS= read -r -d '' script; do bash -n <<<"$script" || exit 1; done || fail "a script in a template"

step "The action, run dry"
act() { # name, then NAME=VALUE...
  local name=$1; shift
  : >"$work/$name.out"; : >"$work/$name.md"
  env GITHUB_OUTPUT="$work/$name.out" GITHUB_STEP_SUMMARY="$work/$name.md" RUNNER_TEMP="$work/$name" "$@" \
    bash pipelines/github.sh >"$work/$name.log" 2>&1
}
expect() { grep -qxF -- "$2" "$work/$1" || { cat "$work/$1"; fail "$1 has no line: $2"; }; }
code=0; act faulty ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS=fixtures/booking-service/faulty || code=$?
[ "$code" -eq 1 ] || fail "exit code $code on the faulty fixture, 1 expected"
expect faulty.out exit-code=1
expect faulty.md "## Assize: findings"
grep -q '^errors=[1-9]' "$work/faulty.out" || fail "no count of errors"
for report in sarif json html; do
  path=$(sed -n "s/^$report=//p" "$work/faulty.out")
  [ -s "$path" ] || fail "no $report report"
done
act tolerated ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS=fixtures/booking-service/faulty ASSIZE_FAIL=false
expect tolerated.out exit-code=1
# A baseline passes what was there before, and the summary says so.
"$ASSIZE" baseline write --file "$work/baseline.json" fixtures/booking-service/faulty >/dev/null
act accepted ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS=fixtures/booking-service/faulty ASSIZE_ARGUMENTS="--baseline=$work/baseline.json"
expect accepted.out exit-code=0
grep -q '^Accepted beside these: [1-9][0-9]* there before, 0 waived, 0 explained' "$work/accepted.md" || { cat "$work/accepted.md"; fail "what was accepted is not told"; }
act clean ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS=fixtures/booking-service/conforming
expect clean.out exit-code=0
expect clean.out errors=0
for wrong in ASSIZE_FAIL_ON=fatal ASSIZE_GATE=old ASSIZE_GATE=new ASSIZE_FAIL=perhaps; do
  code=0; act wrong ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS=fixtures/booking-service/conforming "$wrong" || code=$?
  [ "$code" -eq 2 ] || fail "$wrong: exit code $code, 2 expected"
done
# What a file is called is no command to the runner, and nothing that an input holds runs.
mkdir -p "$work/hostile"
printf 'openapi: 3.0.3\ninfo: {title: x, version: 1}\npaths: {}\n' >"$work/hostile/::set-output name=a::b.yaml"
cp "$work/hostile/::set-output name=a::b.yaml" "$work/hostile/"$'x\n::add-mask::y.yaml'
code=0; act hostile ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS="$work/hostile"$'\n'"\$(touch $work/ran)" || code=$?
if [ "$code" -ne 2 ] || [ -e "$work/ran" ]; then fail "an input was run as a command"; fi
code=0; act hostile ASSIZE_BINARY="$ASSIZE" ASSIZE_PATHS="$work/hostile" || code=$?
[ "$code" -eq 1 ] || fail "exit code $code on the hostile tree, 1 expected"
awk '/^::stop-commands::/ { stop = substr($0, 18); next } stop != "" && $0 == "::" stop "::" { stop = ""; next } stop == "" && /::/ { bad = 1 } END { exit bad || stop != "" }' "$work/hostile.log" ||
  fail "a line outside of what the runner is told to ignore"
grep -vE '^(#|\||    |The first findings:$|$)' "$work/hostile.md" && fail "the summary holds a line that is not its own"

step "A release, packed, fetched and checked"
version=$("$ASSIZE" --version | cut -d' ' -f2)
target=$static
BUILT=$ASSIZE bash scripts/pack-release.sh "$version" "$target" "$work/releases/v$version"
(cd "$work/releases/v$version" && sha256sum -- *.tar.gz >SHA256SUMS)
got=$(ASSIZE_RELEASES="file://$work/releases" bash pipelines/get.sh "$version" "$work/got")
[ "$("$got" --version)" = "assize $version" ] || fail "the fetched binary is another one"
tar -tzf "$work/releases/v$version/assize-$version-$target.tar.gz" | grep 'completions/assize.zsh$' >/dev/null || fail "no completions"
code=0; ASSIZE_RELEASES="file://$work/releases" bash pipelines/get.sh "$version" "$work/got" "$(printf '%064d' 0)" 2>/dev/null || code=$?
[ "$code" -eq 2 ] || fail "a wrong checksum was accepted"
printf 'x' >>"$work/releases/v$version/assize-$version-$target.tar.gz"
code=0; ASSIZE_RELEASES="file://$work/releases" bash pipelines/get.sh "$version" "$work/got" 2>/dev/null || code=$?
[ "$code" -eq 2 ] || fail "a changed archive was accepted"

step "The wheel under pre-commit"
case ${WHEEL:-} in
  "")
    # A release strips its binary; a debug build is three times as large with its symbols.
    strip -o "$work/assize" "$ASSIZE"
    wheel=$(python3 scripts/wheel.py "$work/assize" "$work/wheels")
    ;;
  maturin)
    maturin build --release --locked --quiet --out "$work/wheels"
    wheel=$(ls "$work"/wheels/assize_cli-*.whl)
    ;;
  *) wheel=$WHEEL ;;
esac
mkdir -p "$work/links"
cp "$wheel" "$work/links/"
bash scripts/pre-commit-mirror.sh "$work/mirror"
save() { git -C "$1" init -q && git -C "$1" add -A && git -C "$1" -c user.name=test -c user.email=test@example.org commit -qm "$2" --no-verify; }
save "$work/mirror" "Hooks"
export PIP_FIND_LINKS=$work/links PRE_COMMIT_HOME=$work/pre-commit
cp -r fixtures/booking-service/faulty "$work/system"
printf 'repos:\n  - repo: file://%s\n    rev: %s\n    hooks:\n      - id: assize\n      - id: assize-all\n      - id: assize-changed\n' \
  "$work/mirror" "$(git -C "$work/mirror" rev-parse HEAD)" >"$work/system/.pre-commit-config.yaml"
save "$work/system" "A system"
started=$(date +%s%N)
git clone -q "$work/system" "$work/clone"
# The index is left out: a wheel of that version there would be judged instead of this one.
export PIP_NO_INDEX=1
code=0
(cd "$work/clone" && pre-commit run --all-files) >"$work/hook.log" 2>&1 || code=$?
echo "from git clone to a verdict: $((($(date +%s%N) - started) / 1000000)) ms"
[ "$code" -eq 1 ] || { cat "$work/hook.log"; fail "exit code $code of pre-commit, 1 expected"; }
for hook in 'changed files' 'whole tree'; do
  grep -q "assize ($hook).*Failed" "$work/hook.log" || { cat "$work/hook.log"; fail "the hook for the $hook did not judge"; }
done
grep -q 'uk/nhs-number\|uk/snomed-ct' "$work/hook.log" || { cat "$work/hook.log"; fail "no finding is shown"; }
echo >>"$work/clone/examples/Appointment-1.json"
git -C "$work/clone" add examples
code=0
(cd "$work/clone" && pre-commit run assize-changed) >"$work/hook.log" 2>&1 || code=$?
if [ "$code" -ne 1 ] || ! grep -q 'Appointment-1.json' "$work/hook.log" || grep -q 'bookings.yaml' "$work/hook.log"; then
  cat "$work/hook.log"; fail "the hook for what changed judged something else"
fi
binary=$(find "$PRE_COMMIT_HOME" -path '*/bin/assize' -print -quit)
started=$(date +%s%N)
for _ in 1 2 3 4 5 6 7 8 9 10; do
  (cd "$work/clone" && "$binary" check --quiet --format concise --display-only-failures specification/bookings.yaml) >/dev/null || true
done
echo "each commit afterwards, the hook's own share: $((($(date +%s%N) - started) / 10000000)) ms"
cp -r fixtures/booking-service/conforming "$work/good"
cp "$work/system/.pre-commit-config.yaml" "$work/good/"
save "$work/good" "A good system"
(cd "$work/good" && pre-commit run --all-files) >"$work/hook.log" 2>&1 || { cat "$work/hook.log"; fail "the conforming fixture does not pass"; }

step "GitLab's and Azure's scripts, with the wheel"
export ASSIZE_VERSION=$version ASSIZE_FAIL_ON=error ASSIZE_PATHS=.
for name in faulty conforming; do
  case $name in faulty) wanted=1 ;; *) wanted=0 ;; esac
  cp -r "fixtures/booking-service/$name" "$work/gitlab-$name"
  python3 scripts/fill-component.py --scripts "$work/component.yml" | tr -d '\000' >"$work/gitlab.sh"
  code=0; (cd "$work/gitlab-$name" && bash -e "$work/gitlab.sh") >"$work/gitlab.log" 2>&1 || code=$?
  [ "$code" -eq "$wanted" ] || { cat "$work/gitlab.log"; fail "GitLab: exit code $code on the $name fixture"; }
  for report in sarif json html; do [ -s "$work/gitlab-$name/assize-reports/assize.$report" ] || fail "GitLab: no $report report"; done
  python3 scripts/fill-component.py --scripts templates/azure/assize.yml | tr -d '\000' >"$work/azure.sh"
  mkdir -p "$work/agent-$name"
  cp -r "fixtures/booking-service/$name" "$work/azure-$name"
  [ $name = conforming ] || cp "$work/hostile/::set-output name=a::b.yaml" "$work/azure-$name/##vso[task.complete result=Succeeded].yaml"
  code=0; (cd "$work/azure-$name" && AGENT_TEMPDIRECTORY=$work/agent-$name bash "$work/azure.sh") >"$work/azure.log" 2>&1 || code=$?
  [ "$code" -eq "$wanted" ] || { cat "$work/azure.log"; fail "Azure: exit code $code on the $name fixture"; }
  for report in sarif json html; do [ -s "$work/agent-$name/assize-reports/assize.$report" ] || fail "Azure: no $report report"; done
  ! grep -F '##' "$work/azure.log" || fail "Azure: a file's name reaches the agent as a command"
done

step "The workflow examples of the documentation"
python3 scripts/fill-component.py --examples "$work/examples" docs/start/pipeline.md
check-jsonschema --builtin-schema vendor.github-workflows "$work/examples/assize.yml"
check-jsonschema --builtin-schema vendor.gitlab-ci "$work/examples/.gitlab-ci.yml"
check-jsonschema --builtin-schema vendor.azure-pipelines "$work/examples/azure-pipelines.yml"
pre-commit validate-config "$work/examples/.pre-commit-config.yaml"

step "The container"
# A build without a daemon mounts what it builds in.
if is_static && [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
  # The image that the release makes, built without a daemon, with what it judges as its one volume.
  command -v buildah >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends buildah) >/dev/null
  store=(--storage-driver vfs --root "$work/store" --runroot "$work/run")
  mkdir "$work/image"
  cp "$ASSIZE" "$work/image/assize"
  buildah "${store[@]}" bud --isolation chroot --quiet --file Containerfile --tag assize "$work/image" >/dev/null
  container=$(buildah "${store[@]}" from assize)
  for name in conforming faulty; do
    case $name in faulty) wanted=1 ;; *) wanted=0 ;; esac
    code=0
    buildah "${store[@]}" run --isolation chroot --volume "$here/fixtures/booking-service/$name:/judged:ro" "$container" -- \
      /assize check --quiet . >"$work/container.log" 2>&1 || code=$?
    [ "$code" -eq "$wanted" ] || { cat "$work/container.log"; fail "the container: exit code $code on the $name fixture"; }
  done
  buildah "${store[@]}" inspect --type image assize | python3 -c 'import json, sys
config = json.load(sys.stdin)["OCIv1"]["config"]
assert (config["User"], config["Entrypoint"], config["Cmd"]) == ("65532:65532", ["/assize"], ["check", "."]), config'
  buildah "${store[@]}" rm --all >/dev/null
  echo "the image is built from nothing but the binary, and its container judges both fixtures"
else
  # What is built for the C library of this machine needs that beside it.
  mkdir -p "$work/root/judged"
  cp "$ASSIZE" "$work/root/assize"
  cp -r fixtures/booking-service/conforming/. "$work/root/judged/"
  is_static || ldd "$ASSIZE" | grep -oE '/[^ ]+' | while IFS= read -r library; do
    mkdir -p "$work/root$(dirname "$library")" && cp -L "$library" "$work/root$library"
  done
  if unshare --map-root-user --net true 2>/dev/null; then
    unshare --map-root-user --net chroot "$work/root" /assize check --quiet /judged
    echo "no image was built; the binary runs in a root with nothing else, without network"
  elif [ "$(id -u)" -eq 0 ]; then
    chroot "$work/root" /assize check --quiet /judged
    echo "no image was built; the binary runs in a root with nothing else; this machine allows no namespaces, so there was a network"
  else
    fail "no user namespaces here: the container's root cannot be tried"
  fi
fi

step "Assize judges its own pipelines"
"$ASSIZE" check --quiet --format concise --fail-on hint --pack uk/github-actions .github action.yml
"$ASSIZE" check --quiet --format json --no-config --exclude /fixtures --exclude /tests --exclude /target . >"$work/own.json" || true
python3 - "$work/own.json" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
ours = ("action.yml", ".github/", ".pre-commit", "templates/", "pipelines/")
bad = [f for f in report["findings"] if f["outcome"] == "open" and f["file"].startswith(ours)]
for finding in bad:
    print(f'{finding["file"]}:{finding["start"]["line"]} {finding["level"]} {finding["rule"]} {finding["message"]}')
judged = [f["path"] for f in report["files"] if f["target"] in ("github-workflow", "github-action")]
print(f"{len(judged)} workflows and actions judged, {len(bad)} findings")
sys.exit(1 if bad or len(judged) < 3 else 0)
PYTHON
echo
echo "All steps passed."
