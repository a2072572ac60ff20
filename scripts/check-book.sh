#!/usr/bin/env bash
# Builds the book of docs/ with mdBook, which may warn of nothing, and follows every link within it: to files
# and to places in them. MDBOOK names a binary; otherwise mdBook's own source is compiled, once, into
# target/mdbook. BOOK keeps what is built.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=0.5.4
if [ -z "${MDBOOK:-}" ]; then
  MDBOOK=target/mdbook/bin/mdbook
  if [ "$("$MDBOOK" --version 2>/dev/null)" != "mdbook v$version" ]; then
    # Without what only its server needs; nothing here takes long enough for optimised code to pay.
    CARGO_PROFILE_DEV_DEBUG=0 cargo install mdbook --version "$version" --locked --no-default-features --debug \
      --force --quiet --root target/mdbook
  fi
fi
book=$(realpath -m "${BOOK:-$work/book}")
"$MDBOOK" build --dest-dir "$book" 2>&1 | tee "$work/log"
if grep -qE '(WARN|ERROR)' "$work/log"; then
  echo "mdBook warns of something" >&2
  exit 1
fi
python3 - "$book" <<'PYTHON'
import os, re, sys
from urllib.parse import unquote, urlsplit

root, wrong, links, names = sys.argv[1], [], 0, {}
read = lambda path: open(path, encoding="utf-8").read()
for folder, _, files in os.walk(root):
    for file in files:
        # These three stand for all pages at once.
        if not file.endswith(".html") or file in ("print.html", "toc.html", "404.html"):
            continue
        page = os.path.join(folder, file)
        for link in re.findall(r'(?:href|src)="([^"]+)"', read(page)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            links += 1
            target = os.path.normpath(os.path.join(folder, unquote(parts.path))) if parts.path else page
            if not os.path.exists(target):
                wrong.append(f"{os.path.relpath(page, root)}: {link} is not there")
            elif parts.fragment and target.endswith(".html"):
                if target not in names:
                    names[target] = set(re.findall(r'id="([^"]+)"', read(target)))
                if unquote(parts.fragment) not in names[target]:
                    wrong.append(f"{os.path.relpath(page, root)}: {link} leads to no place in that page")
print("\n".join(wrong + [f"{links} links, {len(wrong)} of them lead nowhere"]))
sys.exit(1 if wrong or links < 1000 else 0)
PYTHON
