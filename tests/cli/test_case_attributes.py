# SPDX-License-Identifier: Apache-2.0
"""`antigone case export`: what may have made people targets stays, unless somebody says why."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from antigone.cli.case_records import AttributesWantReason, export_case, import_case
from antigone.exchange import age_files
from antigone.exchange.case_folder import read_case_folder, tables_equal, write_case_folder
from antigone.ledger.events import read_event
from antigone.records.models import Event
from tests.records.invented import POLICY

pytestmark = pytest.mark.django_db

CANARY = "zq-invented-veteran-zq"
TABLES = {
    "person": [{"person": "P1", "name": "Вигаданко Остап"}],
    "attribute": [
        {"attribute": "A1", "person": "P1", "kind": "veteran", "basis": CANARY, "source": ""},
        {"attribute": "A2", "person": "P1", "kind": "relative_of_serviceman", "basis": CANARY},
    ],
}


@pytest.fixture
def export(tmp_path):
    """Export the case with these options; the result, and what the file holds."""
    folder = tmp_path / "folder"
    write_case_folder(TABLES, POLICY, folder, name="Invented Wood", invented=True)
    runner = CliRunner()
    runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)

    def done(out: str, *options: str):
        return runner.invoke(export_case, ["wood", str(tmp_path / out), *options])

    return done


@pytest.mark.parametrize("out", ["out.zip", "out.xlsx", "out"])
def test_attributes_stay_out_of_what_leaves_in_plain_text(export, tmp_path, out):
    given = export(out, "--plain", "--reason", "The court takes no other form.")
    assert given.exit_code == 0, given.output
    assert "attributes that stay here: 2" in given.stderr
    back = read_case_folder(tmp_path / out).tables
    assert "attribute" not in back
    assert CANARY not in repr(back)
    assert [row["person"] for row in back["person"]] == ["P1"]


def test_attributes_stay_out_of_what_leaves_encrypted(export, tmp_path):
    identity = tmp_path / "identity"
    key = age_files.new_identity(identity)
    assert export("out.zip.age", "--recipient", key).exit_code == 0
    inside = age_files.opened(
        tmp_path / "out.zip.age", limit_bytes=10**9, identity_files=[identity]
    )
    (tmp_path / "inside.zip").write_bytes(inside)
    assert "attribute" not in read_case_folder(tmp_path / "inside.zip").tables


def test_attributes_leave_for_a_reason_that_stands_in_the_ledger(export, tmp_path):
    why = "Asked for by the invented court, order 7."
    given = export("out.zip", "--plain", "--attributes", "--reason", why)
    assert given.exit_code == 0, given.output
    assert tables_equal(read_case_folder(tmp_path / "out.zip").tables, TABLES)
    last = read_event(Event.objects.order_by("sequence").last().body.encode())
    assert last.verb == "exports.export_case"
    assert "reason" in last.commitments  # sealed, like every reason


def test_attributes_do_not_leave_without_a_reason(export, tmp_path):
    identity = tmp_path / "identity"
    key = age_files.new_identity(identity)
    given = export("out.zip.age", "--attributes", "--recipient", key)
    assert isinstance(given.exception, AttributesWantReason)
    assert not (tmp_path / "out.zip.age").exists()
