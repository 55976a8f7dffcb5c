# SPDX-License-Identifier: Apache-2.0
"""The case folder, Antigone's open exchange format: read, check, write, digest, compare."""

from antigone.exchange.case_folder.checking import Checked, check_tables
from antigone.exchange.case_folder.kinds import KINDS, RemarkKind, Severity
from antigone.exchange.case_folder.limits import LIMITS, Limits
from antigone.exchange.case_folder.reading import CaseFolder, read_case_folder
from antigone.exchange.case_folder.remarks import CaseFolderFaults, Fault, Note, Remark

__all__ = [
    "KINDS",
    "LIMITS",
    "CaseFolder",
    "CaseFolderFaults",
    "Checked",
    "Fault",
    "Limits",
    "Note",
    "Remark",
    "RemarkKind",
    "Severity",
    "check_tables",
    "read_case_folder",
]
