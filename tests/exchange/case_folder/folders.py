# SPDX-License-Identifier: Apache-2.0
"""Case folders put on disk by hand, without the writer that is under test."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.exchange.case_folder.small_case import Spoilt, policy_text, small_case


def csv_bytes(rows: Sequence[Mapping[str, str]]) -> bytes:
    """UTF-8 CSV of rows that may lack cells."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def contents(tables: Spoilt | None = None) -> dict[str, bytes]:
    """The files of a folder by name."""
    found = {f"{name}.csv": csv_bytes(rows) for name, rows in (tables or small_case()).items()}
    found["policy.toml"] = policy_text().encode()
    found["datapackage.json"] = b'{"title": "Invented", "case_folder_version": 1, "invented": true}'
    return found


def folder(path: Path, files: Mapping[str, bytes] | None = None, **changed: bytes | None) -> Path:
    """A case folder at `path`; `changed` files (``site_csv``) replace, add or (None) remove."""
    found = dict(files or contents())
    for name, content in changed.items():
        name = name.replace("_csv", ".csv").replace("_toml", ".toml").replace("_json", ".json")
        found.pop(name, None)
        if content is not None:
            found[name] = content
    path.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (path / name).write_bytes(content)
    return path


def zipped(path: Path, members: Mapping[str, bytes] | None = None) -> Path:
    """A .zip of a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members or contents()).items():
            archive.writestr(name, content)
    return path
