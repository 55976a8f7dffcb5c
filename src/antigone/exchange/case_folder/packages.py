# SPDX-License-Identifier: Apache-2.0
"""datapackage.json: what it says of a case folder, and the one that an export writes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.tables import TABLES, Column, Kind, Table

FORMAT_VERSION = 1
PACKAGE = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Package:
    """What a folder says of itself; `hashes` are SHA-256 of tables as they were written."""

    name: str | None
    invented: bool
    paths: Mapping[str, str]
    hashes: Mapping[str, str]


NO_PACKAGE = Package(None, False, {}, {})


def read_package(text: str | None, remarks: Remarks) -> Package:
    """The package that `text` describes; its faults are noted, and what is sound is used."""
    if text is None:
        remarks.add(kinds.NO_PACKAGE, PACKAGE)
        return NO_PACKAGE
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as fault:
        remarks.add(kinds.BROKEN_PACKAGE, PACKAGE, reason=str(fault))
        return NO_PACKAGE
    return checked_package(document, remarks)


def checked_package(document: object, remarks: Remarks) -> Package:
    """The package of a parsed `document`; where its shape is wrong, a fault and no package."""
    try:
        if not isinstance(document, dict):
            raise ValueError("it is not a JSON object")
        return _package(document, remarks)
    except ValueError as fault:
        remarks.add(kinds.BROKEN_PACKAGE, PACKAGE, reason=str(fault))
        return NO_PACKAGE


def _package(document: Mapping[str, Any], remarks: Remarks) -> Package:
    version = document.get("case_folder_version")
    if version is None:
        remarks.add(kinds.NO_VERSION, PACKAGE)
    elif version != FORMAT_VERSION or isinstance(version, bool):
        remarks.add(kinds.WRONG_VERSION, PACKAGE, found=str(version)[:20], known=FORMAT_VERSION)
    name = document.get("title") or document.get("name")
    invented = document.get("invented", False)
    if not isinstance(invented, bool) or not isinstance(name, str | None):
        raise ValueError("title must be text, and invented true or false")
    resources = document.get("resources", [])
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        raise ValueError("resources must be a list of objects")
    return Package(
        name,
        invented,
        {str(one.get("name")): str(one.get("path")) for one in resources},
        {str(one.get("name")): str(one["hash"]) for one in resources if "hash" in one},
    )


def package_document(
    headers: Mapping[str, list[str]], contents: Mapping[str, bytes], name: str, invented: bool
) -> dict[str, Any]:
    """The datapackage.json of these tables (Frictionless Data Package 1.0)."""
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "case-folder",
        "title": name,
        "case_folder_version": FORMAT_VERSION,
        "invented": invented,
        "resources": [
            _resource(TABLES[table], header, contents[table], headers)
            for table, header in headers.items()
        ],
    }


def _resource(
    table: Table, header: list[str], content: bytes, present: Mapping[str, list[str]]
) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "schema": {
            "fields": [_field(table.column(name), name) for name in header],
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": _foreign_keys(table, header, present),
        },
    }


_TYPES = {Kind.NUMBER: "number", Kind.INTEGER: "integer"}


def _field(column: Column | None, name: str) -> dict[str, Any]:
    if column is None:
        return {"name": name, "type": "string"}
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.kind is Kind.CODE:
        constraints["enum"] = list(column.codes)
    if column.low is not None:
        constraints["minimum"] = column.low
    if column.high is not None:
        constraints["maximum"] = column.high
    field: dict[str, Any] = {"name": name, "type": _TYPES.get(column.kind, "string")}
    if constraints:
        field["constraints"] = constraints
    return field


def _foreign_keys(
    table: Table, header: list[str], present: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """References to tables that are present; a table's own is written as the empty string."""
    return [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.refers_to == table.name else column.refers_to,
                "fields": [TABLES[column.refers_to].key[0]],
            },
        }
        for column in table.columns
        if column.name in header
        and column.refers_to in present
        and column.kind is not Kind.TEXTS
        and not column.or_words
    ]
