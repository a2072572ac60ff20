#!/usr/bin/env bash
# Validates every report format with the tool of those who read it: the golden files of tests/golden and the
# reports of the hostile trees. The validators come from npm, PyPI and Debian into a scratch folder
# (VALIDATORS keeps it from one run to the next). Needs node, python3 and cargo.
set -euo pipefail
cd "$(dirname "$0")/.."
home=${VALIDATORS:-$(mktemp -d)}
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -n "${VALIDATORS:-}" ] || rm -rf "$home"' EXIT
mkdir -p "$home" "$work/golden" "$work/hostile"

lacking=()
command -v xmllint >/dev/null 2>&1 || lacking+=(libxml2-utils)
command -v npm >/dev/null 2>&1 || lacking+=(npm)
python3 -c 'import ensurepip' 2>/dev/null || lacking+=(python3-venv)
if [ ${#lacking[@]} -gt 0 ]; then
  (apt-get update -qq && apt-get install -y -qq "${lacking[@]}") >/dev/null
fi
multitool=$home/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
if [ ! -f "$multitool" ]; then
  npm install --silent --no-audit --no-fund --prefix "$home" @microsoft/sarif-multitool@5.7.0 >/dev/null
fi
chmod u+x "$multitool"
if [ ! -x "$home/python/bin/trestle" ]; then
  python3 -m venv "$home/python"
  "$home/python/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0 \
    'cyclonedx-python-lib[json-validation]==11.12.0' compliance-trestle==5.2.0 in-toto-attestation==0.9.3 \
    prometheus_client==0.26.0 cmarkgfm==2025.10.22
fi
bin=$home/python/bin

# Golden files name no version of the program; readers want one.
for file in tests/golden/*.*; do
  cp "$file" "$work/golden/"
done
rm "$work/golden/profile.yaml"
ASSIZE_REPORTS=$work/hostile cargo test --quiet --locked --test reports reports_of_hostile_trees >/dev/null
[ "$(find "$work/hostile" -type f | wc -l)" -gt 200 ] || { echo "the hostile reports are not there"; exit 1; }
cd "$work"
failed=0
fail() { echo "FAILED: $1"; failed=1; }

echo "-- SARIF: sarif-multitool, rules Sarif and Ghas (its exit code says nothing; its log does)"
sarif() { # LOG FILE...: how many errors and warnings
  local log=$1
  shift
  "$multitool" validate "$@" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' --max-file-size-in-kb 200000 \
    --output "$log" --log ForceOverwrite >"$log.out" 2>&1 || true
  python3 - "$log" "$#" <<'PYTHON'
import json, re, sys
log = json.load(open(sys.argv[1]))
scanned = re.search(r"(\d+) files? scanned", open(sys.argv[1] + ".out").read())
if not scanned or scanned[1] != sys.argv[2]:
    sys.exit(f"{sys.argv[2]} files were given, the multitool scanned {scanned and scanned[1]}")
results = [result for run in log["runs"] for result in run["results"]]
# Of a log that it cannot read it says nothing at all; of any other it has at least a note.
told = {result["locations"][0]["physicalLocation"]["artifactLocation"].get("uri") or result["locations"][0]["physicalLocation"]["artifactLocation"]["index"] for result in results}
if len(told) != int(sys.argv[2]):
    sys.exit(f"of {sys.argv[2]} files the multitool read {len(told)}")
wrong = [f"{result['ruleId']} {json.dumps(result['message'])}" for result in results if result.get("level", "warning") != "note"]
wrong += [json.dumps(note) for run in log["runs"] for call in run.get("invocations", []) for note in call.get("toolExecutionNotifications", []) + call.get("toolConfigurationNotifications", [])]
print("\n".join(wrong[:10]))
sys.exit(1 if wrong else 0)
PYTHON
}
sarif "$work/log.sarif" golden/*.sarif hostile/*.sarif || fail SARIF
# A validator that finds nothing in what is wrong is none.
sed 's/"kind": "fail"/"kind": "fails"/' golden/sarif.sarif >broken.sarif
sarif "$work/broken-log.sarif" broken.sarif >/dev/null 2>&1 && fail "the multitool takes a log it cannot read"
sed 's/"fullDescription"/"description"/' golden/sarif.sarif >lacking.sarif
sarif "$work/lacking-log.sarif" lacking.sarif >/dev/null 2>&1 && fail "the multitool takes rules without descriptions"

echo "-- JUnit and Checkstyle: xmllint"
xmllint --noout --schema "$OLDPWD/scripts/schemas/junit.xsd" golden/junit.xml hostile/*.junit.xml 2>"$work/xml" || { grep -v validates "$work/xml" | head; fail JUnit; }
xmllint --noout golden/checkstyle.xml hostile/*.checkstyle.xml || fail Checkstyle
sed 's/ tests="[0-9]*"//' golden/junit.xml >broken.xml
xmllint --noout --schema "$OLDPWD/scripts/schemas/junit.xsd" broken.xml 2>/dev/null && fail "the schema of JUnit takes everything"

echo "-- GitLab, SonarQube, rdjson and our own JSON: check-jsonschema"
for format in gitlab sonarqube rdjson; do
  "$bin/check-jsonschema" --schemafile "$OLDPWD/scripts/schemas/$format.schema.json" "golden/$format.json" hostile/*."$format".json || fail "$format"
done
"$bin/check-jsonschema" --schemafile "$OLDPWD/docs/report.schema.json" golden/json.json hostile/*.json.json || fail json
python3 - golden/gitlab.json hostile/*.gitlab.json <<'PYTHON' || fail "fingerprints of GitLab"
import json, sys
for path in sys.argv[1:]:
    names = [issue["fingerprint"] for issue in json.load(open(path))]
    if len(set(names)) != len(names):
        sys.exit(f"{path}: a fingerprint stands twice")
PYTHON

echo "-- OSCAL: trestle"
for kind in ar:assessment-results catalog:catalog; do
  for file in golden/*.oscal-"${kind%%:*}".json hostile/*.oscal-"${kind%%:*}".json; do
    "$bin/trestle" partial-object-validate -f "$file" -e "${kind#*:}" >"$work/trestle" 2>&1 || { tail -n 3 "$work/trestle"; fail "OSCAL $file"; }
    grep -q '^VALID' "$work/trestle" || fail "OSCAL $file"
  done
done
sed 's/"uuid"/"uid"/' golden/statement.oscal-ar.json >broken.json
"$bin/trestle" partial-object-validate -f broken.json -e assessment-results >/dev/null 2>&1 && fail "trestle takes everything"

echo "-- CycloneDX, in-toto, OpenMetrics, CSV, Markdown and the commands of pipelines"
"$bin/python" "$OLDPWD/scripts/schemas/validate.py" golden hostile || fail "the rest"
exit $failed
