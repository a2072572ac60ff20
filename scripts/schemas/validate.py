"""Validates reports with the libraries of those who read them. validate.py FOLDER...; prints what is wrong, and exits 1."""

import csv
import io
import json
import re
import sys
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from prometheus_client.openmetrics.parser import text_string_to_metric_families

TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "strong", "em", "code"}


def cyclonedx(text):
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def in_toto(text):
    for line in text.splitlines():
        statement = json.loads(line)
        json_format.Parse(json.dumps(statement), statement_pb2.Statement())
        result = json_format.Parse(json.dumps(statement["predicate"]), test_result_pb2.TestResult())
        if result.result not in ("PASSED", "WARNED", "FAILED"):
            return f"no such result: {result.result}"
    return None


def openmetrics(text):
    families = list(text_string_to_metric_families(text))
    return None if families else "no metrics"


def csv_rows(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    wrong = [row for row in rows if len(row) != len(rows[0])]
    return f"rows of another length: {wrong[:2]}" if wrong else None


def markdown(text):
    # As unsafe as can be: what a stranger wrote must be harmless by itself.
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", html))
    links = [link for link in re.findall(r'href="([^"]*)"', html) if not link.startswith("https://www.example.org/")]
    if tags - TAGS or links:
        return f"tags {tags - TAGS}, links {links[:3]}"
    return None


def teamcity(text):
    message = re.compile(r"##teamcity\[(inspectionType|inspection)( [A-Za-z]+='(?:[^|'\[\]\n]|\|['nr|\[\]])*')+\]")
    wrong = [line for line in text.splitlines() if not message.fullmatch(line)]
    return wrong[:1] or None


def azure(text):
    command = re.compile(r"##vso\[task\.logissue type=(error|warning)(;[a-z]+=[^;\]\n]*){4};\].*")
    wrong = [line for line in text.splitlines() if "##" in line and not command.fullmatch(line)]
    return wrong[:1] or None


def github(text):
    command = re.compile(r"::(error|warning|notice) (file|line|col|endLine|endColumn|title)=[^:,\n]*(,(line|col|endLine|endColumn|title)=[^:,\n]*)*::.*|::group::[0-9]+ more findings|::endgroup::")
    wrong = [line for line in text.splitlines() if line.startswith("::") and not command.fullmatch(line)]
    return wrong[:1] or None


KINDS = [
    (r"\.cdx\.json$", cyclonedx),
    (r"\.intoto\.jsonl$", in_toto),
    (r"openmetrics\.txt$", openmetrics),
    (r"\.csv$", csv_rows),
    (r"(markdown|github-summary|letter)\.md$", markdown),
    (r"teamcity\.txt$", teamcity),
    (r"azure\.txt$", azure),
    (r"github-actions\.txt$", github),
]

count = {}
failed = False
for path in sorted(file for folder in sys.argv[1:] for file in Path(folder).iterdir()):
    for pattern, check in KINDS:
        if not re.search(pattern, path.name):
            continue
        count[check.__name__] = count.get(check.__name__, 0) + 1
        try:
            wrong = check(path.read_bytes().decode())
        except Exception as error:  # Whatever a validator throws is what is wrong.
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            failed = True
            print(f"{path}: {wrong}")
missing = [check.__name__ for _, check in KINDS if check.__name__ not in count]
if missing:
    print(f"nothing to validate for {', '.join(missing)}")
print(", ".join(f"{name} {number}" for name, number in count.items()))
sys.exit(1 if failed or missing else 0)
