#!/usr/bin/env python3
"""Writes crates/tree/src/document/xml/fhir-r4.txt: what of FHIR R4 (4.0.1) a reader of its XML has to
know to give the JSON that belongs to it. Argument: a folder with the published profiles-types.json
and profiles-resources.json. HL7 publishes FHIR under CC0.

A line is a type, or the path of an element with elements of its own, and then its elements:
name, `*` where it repeats, and what it is: nothing (a string in JSON), `?` (true or false), `#` (a
number), `=Type` or `=Path`, `=` alone (its own path has a line), `[x]` (the type is part of the
name). `id`, `extension`, `modifierExtension` and what every resource has are left out."""
import json
import pathlib
import sys

NUMBERS = {"integer", "positiveInt", "unsignedInt", "decimal"}
EVERYWHERE = {"id", "extension", "modifierExtension"}
RESOURCES = {"meta", "implicitRules", "language", "text", "contained"}


def kind(element):
    if "contentReference" in element:
        return "=" + element["contentReference"].lstrip("#")
    types = [each["code"] for each in element.get("type", [])]
    code = types[0] if types else "Element"
    if code == "boolean":
        return "?"
    if code in NUMBERS:
        return "#"
    if code in ("BackboneElement", "Element"):
        return "="
    if code[0].islower() or code.startswith("http"):
        return ""
    return "=" + code


def main(folder):
    lines = {}
    for name in ("profiles-types.json", "profiles-resources.json"):
        for entry in json.loads((folder / name).read_text("utf-8"))["entry"]:
            one = entry["resource"]
            if one["resourceType"] != "StructureDefinition" or one["kind"] not in ("complex-type", "resource"):
                continue
            if one.get("derivation") == "constraint":
                continue
            for element in one["snapshot"]["element"]:
                path, _, last = element["path"].rpartition(".")
                if not path or last in EVERYWHERE:
                    continue
                if one["kind"] == "resource" and path == one["type"] and last in RESOURCES:
                    continue
                star = "*" if element["max"] not in ("0", "1") else ""
                what = "" if last.endswith("[x]") else kind(element)
                lines.setdefault(path, []).append(f"{last}{star}{what}")
    out = pathlib.Path(__file__).parent.parent / "crates/tree/src/document/xml/fhir-r4.txt"
    out.write_text("".join(f"{path} {' '.join(lines[path])}\n" for path in sorted(lines)), "utf-8")


main(pathlib.Path(sys.argv[1]))
