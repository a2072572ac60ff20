"""Packs a wheel around a binary that is built already: wheel.py BINARY FOLDER. It has the name, the tags
and the files that maturin gives the released wheel; nothing is compiled. Prints the wheel's path."""

import base64
import hashlib
import os
import re
import sys
import sysconfig
import zipfile


def main(binary, folder):
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    read = lambda name: open(os.path.join(here, name), encoding="utf-8").read()
    version = re.search(r'(?ms)^\[workspace\.package\].*?^version = "(.+?)"$', read("Cargo.toml"))[1]
    project = dict(re.findall(r'(?m)^([a-z-]+) = "(.*)"$', read("pyproject.toml").split("[project]")[1]))
    name = project["name"].replace("-", "_")
    # Good for this machine alone, as a binary for its own C library is.
    tag = "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}-{version}.data/scripts/assize": open(binary, "rb").read(),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {version}\n"
            f"Summary: {project['description']}\nLicense-Expression: {project['license']}\n"
            f"Requires-Python: {project['requires-python']}\n"
        ).encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: assize\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    }
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    os.makedirs(folder, exist_ok=True)
    out = os.path.join(folder, f"{name}-{version}-{tag}.whl")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as wheel:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            wheel.writestr(entry, data)
    print(out)


main(*sys.argv[1:])
