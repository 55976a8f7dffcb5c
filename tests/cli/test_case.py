# SPDX-License-Identifier: Apache-2.0
"""The commands `case check`, `case convert`, `case from-dvi`, `policy new` and `policy check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antigone.cli.case import COLUMNS, KEPT_IN_RECORDS, case
from antigone.cli.policy import policy
from antigone.exchange.case_folder import (
    CaseFolderFaults,
    FileInTheWay,
    example_policy_text,
    read_case_folder,
    tables_equal,
)
from tests.exchange.case_folder.folders import contents, folder
from tests.exchange.case_folder.small_case import changed, small_case

DVI = Path(__file__).parents[1] / "published" / "genetics" / "dvi"


def invoke(group: Any, *arguments: Any) -> Any:
    return CliRunner().invoke(group, [str(one) for one in arguments])


def listed(output: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in output.splitlines()]
    assert tuple(head) == COLUMNS
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_a_sound_case_has_no_rows_and_status_0(tmp_path: Path) -> None:
    found = invoke(case, "check", folder(tmp_path / "case"))
    assert (found.exit_code, listed(found.stdout)) == (0, [])
    assert found.stderr.startswith("No faults.")


def test_faults_are_plain_columns_and_status_1(tmp_path: Path) -> None:
    tables = changed("person", 0, sex="fem\u202eale", weather="rain")
    found = invoke(case, "check", folder(tmp_path / "case", contents(tables)))
    assert found.exit_code == 1
    rows = {row["code"]: row for row in listed(found.stdout)}
    assert set(rows) == {"unknown-column", "bidirectional-character", "not-a-code"}
    fault = rows["not-a-code"]
    assert (fault["severity"], fault["table"], fault["row"]) == ("fault", "person", "2")
    assert fault["value"] == "fem\\u202eale"
    assert found.stderr == "Refused. Faults: 1.\n"


def test_a_path_to_nothing_is_refused_with_status_1(tmp_path: Path) -> None:
    found = invoke(case, "check", tmp_path / "nothing")
    assert found.exit_code == 1
    assert [row["code"] for row in listed(found.stdout)] == ["no-such-path"]


def test_without_a_path_it_is_misused() -> None:
    assert invoke(case, "check").exit_code == 2


@pytest.mark.parametrize("form", ["other", "other.zip", "other.xlsx"])
def test_convert(tmp_path: Path, form: str) -> None:
    done = invoke(case, "convert", folder(tmp_path / "case"), tmp_path / form)
    assert done.exit_code == 0, done.output
    found = read_case_folder(tmp_path / form)
    assert tables_equal(found.tables, small_case())
    assert (found.name, found.invented) == ("Invented", True)
    again = invoke(case, "convert", tmp_path / "case", tmp_path / form)
    assert isinstance(again.exception, FileInTheWay)


def test_convert_refuses_what_check_refuses(tmp_path: Path) -> None:
    bad = folder(tmp_path / "case", contents(changed("person", 0, sex="?")))
    found = invoke(case, "convert", bad, tmp_path / "other")
    assert isinstance(found.exception, CaseFolderFaults)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["example1", "example2", "planecrash", "icmp", "symmetricSibs"])
def test_published_data_sets_become_case_folders(tmp_path: Path, name: str) -> None:
    done = invoke(
        case, "from-dvi", DVI / f"{name}.input.json", "--out", tmp_path / "case", "--invented"
    )
    assert done.exit_code == 0, done.output or done.exception
    found = read_case_folder(tmp_path / "case")
    assert found.invented
    assert found.policy_text
    assert len(found.tables["remains"]) > 0
    assert "mutation" in found.tables


def test_the_overview_names_every_command_without_the_database() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from antigone.cli.case import case; "
        "from antigone.cli.policy import policy; "
        "print(CliRunner().invoke(case, ['--help']).output); "
        "print({m.split('.')[0] for m in sys.modules} & {'numpy', 'django', 'openpyxl', 'scipy'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    for command in ("check", "convert", "from-dvi", *KEPT_IN_RECORDS):
        assert f"  {command} " in done.stdout
    assert done.stdout.rstrip().endswith("set()")


def test_the_example_policy_is_printed_or_written_once(tmp_path: Path) -> None:
    assert invoke(policy, "new").stdout == example_policy_text()
    path = tmp_path / "policy.toml"
    assert invoke(policy, "new", "--out", path).exit_code == 0
    assert path.read_text("utf-8") == example_policy_text()
    path.write_text("mine")
    assert isinstance(invoke(policy, "new", "--out", path).exception, FileInTheWay)
    assert path.read_text() == "mine"


def test_a_policy_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    invoke(policy, "new", "--out", path)
    assert invoke(policy, "check", path).exit_code == 0
    path.write_text(example_policy_text().replace("dropin =", "drop_in ="), "utf-8")
    found = invoke(policy, "check", path)
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert len(lines) == 2
    assert "errors.dropin is missing" in lines[0]
    assert "errors.drop_in is unknown" in lines[1]
    path.write_bytes(b"\xff\xfe")
    assert "not-utf8" in invoke(policy, "check", path).stdout
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    assert "file-too-large" in invoke(policy, "check", path).stdout
