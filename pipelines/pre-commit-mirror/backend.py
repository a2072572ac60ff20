"""Builds the wheel of the mirror: no file of its own, only the name of the one it asks for. A build
backend from an index would be fetched on every user's machine, for nothing."""

import base64
import hashlib
import os
import zipfile

NAME, VERSION = "assize_pre_commit", "@VERSION@"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    folder = f"{NAME}-{VERSION}.dist-info"
    files = {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: assize-pre-commit\nVersion: {VERSION}\n"
        f"Requires-Python: >=3.8\nRequires-Dist: assize-cli=={VERSION}\n",
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: assize\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n"
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
