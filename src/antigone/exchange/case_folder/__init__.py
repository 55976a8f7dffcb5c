# SPDX-License-Identifier: Apache-2.0
"""The case folder, Antigone's open exchange format: read, check, write, digest, compare."""

from antigone.exchange.case_folder.canonical import (
    Difference,
    differences,
    digests,
    tables_equal,
)
from antigone.exchange.case_folder.checking import Checked, check_tables
from antigone.exchange.case_folder.forms import CellCannotBeWritten
from antigone.exchange.case_folder.kinds import KINDS, RemarkKind, Severity
from antigone.exchange.case_folder.limits import LIMITS, Limits
from antigone.exchange.case_folder.policies import (
    check_policy_file,
    example_policy_text,
    write_policy,
)
from antigone.exchange.case_folder.reading import CaseFolder, read_case_folder
from antigone.exchange.case_folder.remarks import (
    CaseFolderFaults,
    Fault,
    Note,
    Remark,
    with_visible_characters,
)
from antigone.exchange.case_folder.writing import (
    ONE_FILE,
    FileInTheWay,
    SealedStatements,
    UnknownTable,
    case_file,
    without_attributes,
    write_case_folder,
)

__all__ = [
    "KINDS",
    "LIMITS",
    "ONE_FILE",
    "CaseFolder",
    "CaseFolderFaults",
    "CellCannotBeWritten",
    "Checked",
    "Difference",
    "Fault",
    "FileInTheWay",
    "Limits",
    "Note",
    "Remark",
    "RemarkKind",
    "SealedStatements",
    "Severity",
    "UnknownTable",
    "case_file",
    "check_policy_file",
    "check_tables",
    "differences",
    "digests",
    "example_policy_text",
    "read_case_folder",
    "tables_equal",
    "with_visible_characters",
    "without_attributes",
    "write_case_folder",
    "write_policy",
]
