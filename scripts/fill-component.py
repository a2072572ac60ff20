"""Fills the defaults of a GitLab component's inputs in, so that what comes out is an ordinary pipeline
that a schema can judge: fill-component.py TEMPLATE OUT. With --scripts TEMPLATE..., prints the shell
scripts that stand in templates, each ended by a zero byte, with every expression replaced by a word.
With --examples FOLDER PAGE, writes the YAML blocks of a page whose first line names a file."""

import os
import re
import sys

from ruamel.yaml import YAML


def documents(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def fill(template, out):
    text = documents(template)
    head, _, body = text.partition("\n---\n")
    inputs = YAML(typ="safe").load(head)["spec"]["inputs"]
    used = set()

    def default(match):
        name = match.group(1)
        used.add(name)
        value = inputs[name]["default"]
        return str(value).lower() if isinstance(value, bool) else str(value)

    filled = re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", default, body)
    unused = set(inputs) - used
    if unused or "$[[" in filled:
        sys.exit(f"{template}: inputs that nothing uses: {sorted(unused)}, or an expression left over")
    with open(out, "w", encoding="utf-8") as file:
        file.write(filled)


def scripts(path):
    text = re.sub(r"\$(\[\[|\{\{).*?(\]\]|\}\})", "word", documents(path))
    for document in YAML(typ="safe").load_all(text):
        yield from walk(document)


def walk(value):
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("run", "bash") and isinstance(one, str):
                yield one
            elif key == "script" and isinstance(one, list):
                yield "\n".join(one)
            else:
                yield from walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from walk(one)


def examples(folder, page):
    os.makedirs(folder, exist_ok=True)
    for name, block in re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", documents(page), re.M | re.S):
        with open(os.path.join(folder, os.path.basename(name)), "w", encoding="utf-8") as file:
            file.write(block)


if sys.argv[1] == "--examples":
    examples(sys.argv[2], sys.argv[3])
elif sys.argv[1] == "--scripts":
    for template in sys.argv[2:]:
        for script in scripts(template):
            sys.stdout.write(script + "\0")
else:
    fill(sys.argv[1], sys.argv[2])
