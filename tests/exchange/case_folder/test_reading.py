# SPDX-License-Identifier: Apache-2.0
"""Folders and archives as they come: what is read, what is noted, what is refused."""

from __future__ import annotations

import os
import stat
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from antigone.exchange.case_folder import CaseFolderFaults, Fault, Limits, read_case_folder
from antigone.terms.tables import TABLES
from tests.exchange.case_folder.folders import contents, csv_bytes, folder, zipped
from tests.exchange.case_folder.small_case import small_case
from tests.exchange.case_folder.test_checking import large_case


def faults_of(path: Path, limits: Limits | None = None) -> list[Fault]:
    with pytest.raises(CaseFolderFaults) as refusal:
        read_case_folder(path, **({"limits": limits} if limits else {}))
    return list(refusal.value.faults)


def only_fault_of(path: Path, limits: Limits | None = None) -> Fault:
    (fault,) = faults_of(path, limits)
    return fault


def codes(notes: tuple[object, ...]) -> list[str]:
    return [note.code for note in notes]  # type: ignore[attr-defined]


def test_a_sound_folder_is_read(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "case"))
    assert {name: list(rows) for name, rows in found.tables.items()} == small_case()
    assert list(found.tables) == [name for name in TABLES if name in small_case()]
    assert (found.name, found.invented) == ("Invented", True)
    assert found.policy_text is not None
    assert found.notes == ()


def test_a_zip_is_read_with_and_without_its_top_folder(tmp_path: Path) -> None:
    plain = read_case_folder(zipped(tmp_path / "plain.zip"))
    nested = {f"case/{name}": content for name, content in contents().items()}
    nested["__MACOSX/case/._site.csv"] = b"\0"
    assert read_case_folder(zipped(tmp_path / "nested.zip", nested)).tables == plain.tables
    assert list(plain.tables["site"]) == small_case()["site"]


def test_without_package_it_is_real_and_noted(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "north", datapackage_json=None))
    assert (found.name, found.invented) == ("north", False)
    assert codes(found.notes) == ["no-package"]


def test_without_policy_the_tables_are_read_and_noted(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "case", policy_toml=None))
    assert found.policy_text is None
    assert codes(found.notes) == ["no-policy"]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_kept(tmp_path: Path) -> None:
    site = b"weather,name,site\nrain,Invented forest,S1\n"
    found = read_case_folder(folder(tmp_path / "case", site_csv=site))
    assert found.tables["site"][0] == {"weather": "rain", "name": "Invented forest", "site": "S1"}
    (note,) = found.notes
    assert (note.code, note.table, note.column) == ("unknown-column", "site", "weather")


def test_a_table_with_a_header_and_no_rows_is_fine(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "case", effect_csv=b"effect,remains\r\n"))
    assert found.tables["effect"] == []
    assert codes(found.notes) == ["empty-table"]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    site = b"\xef\xbb\xbfsite,name\nS1,Invented forest\n"
    found = read_case_folder(folder(tmp_path / "case", site_csv=site))
    assert found.tables["site"] == [{"site": "S1", "name": "Invented forest"}]


def test_lines_and_quotes_in_cells_are_kept(tmp_path: Path) -> None:
    site = b'site,note\r\nS1,"first\nsecond, ""quoted"""\r\n'
    found = read_case_folder(folder(tmp_path / "case", site_csv=site))
    assert found.tables["site"][0]["note"] == 'first\nsecond, "quoted"'


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    site = b"site,latitude\n,\nS1,1\n\nS2,91\n,\n"
    (fault,) = faults_of(folder(tmp_path / "case", site_csv=site))
    assert (fault.code, fault.row) == ("out-of-range", 5)
    found = read_case_folder(folder(tmp_path / "case", site_csv=site.replace(b"91", b"9")))
    (note,) = found.notes
    assert (note.code, note.row) == ("empty-rows", 2)
    assert note.sentence.startswith("2 rows")


def test_look_alike_letters_in_codes_are_folded_and_noted(tmp_path: Path) -> None:
    tables = small_case()
    tables["person"][0]["sex"] = "fеmаle"
    found = read_case_folder(folder(tmp_path / "case", contents(tables)))
    assert found.tables["person"][0]["sex"] == "female"
    (note,) = found.notes
    assert (note.code, note.row, note.column) == ("folded-code", 2, "sex")


def test_bidirectional_characters_are_kept_and_noted(tmp_path: Path) -> None:
    tables = small_case()
    tables["person"][0]["name"] = "abc\u202edef"
    found = read_case_folder(folder(tmp_path / "case", contents(tables)))
    assert found.tables["person"][0]["name"] == "abc\u202edef"
    (note,) = found.notes
    assert (note.code, note.value) == ("bidirectional-character", "abc\\u202edef")


def test_other_files_are_left_aside_and_noted(tmp_path: Path) -> None:
    case = folder(tmp_path / "case", **{"letter.pdf": b"x"})
    (case / "photographs").mkdir()
    noted = [(note.code, note.table) for note in read_case_folder(case).notes]
    assert noted == [("not-read", "letter.pdf"), ("not-read", "photographs")]


def test_a_package_without_version_is_read_and_noted(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "case", datapackage_json=b'{"name": "x"}'))
    assert codes(found.notes) == ["no-version"]
    assert not found.invented


def test_references_to_a_table_that_is_not_here_are_noted(tmp_path: Path) -> None:
    found = read_case_folder(folder(tmp_path / "case", family_csv=None))
    (note,) = found.notes
    assert (note.code, note.table, note.column) == ("unchecked-reference", "relative", "family")
    assert "its 2 keys" in note.sentence


def test_a_changed_table_is_noted(tmp_path: Path) -> None:
    package = b'{"case_folder_version": 1, "resources": [{"name": "site", "path": "site.csv",'
    found = read_case_folder(
        folder(tmp_path / "case", datapackage_json=package + b' "hash": "sha256:00"}]}')
    )
    assert codes(found.notes) == ["changed-since"]


WRONG_VERSION = b'{"case_folder_version": 2}'

Changes = dict[str, bytes | None]
BAD_FOLDERS: list[tuple[str, Changes, str, int | None]] = [
    # code, changed files, table, row
    ("not-utf8", {"site_csv": "site,name\nS1,Ізюмський ліс\n".encode("cp1251")}, "site", None),
    ("not-utf8", {"site_csv": "site,name\nS1,x\n".encode("utf-16")}, "site", None),
    ("not-utf8", {"site_csv": "site,name\nS1,x\n".encode("utf-16-le")}, "site", None),
    ("not-utf8", {"policy_toml": b"\xff"}, "policy.toml", None),
    ("control-character", {"site_csv": b"site,name\nS1,\0\n"}, "site", 2),
    ("control-character", {"site_csv": b"site,name\nS1,a\x1bb\n"}, "site", 2),
    ("unknown-table", {"graves_csv": b"grave\nG1\n"}, "graves", None),
    ("empty-file", {"site_csv": b""}, "site", 1),
    ("empty-file", {"site_csv": b"\n\n"}, "site", 1),
    ("nameless-column", {"site_csv": b"site,,name\nS1,lost,x\n"}, "site", 1),
    ("duplicate-column", {"site_csv": b"site,name,name\nS1,a,b\n"}, "site", 1),
    ("missing-column", {"effect_csv": b"kind,remains\n"}, "effect", 1),
    ("wrong-delimiter", {"site_csv": b"site;name\nS1;x\n"}, "site", 1),
    ("wrong-cell-count", {"site_csv": b"site,name\nS1,x,y\n"}, "site", 2),
    ("wrong-cell-count", {"site_csv": b"site,name\nS1,x\nS2\n"}, "site", 3),
    ("broken-csv", {"site_csv": b'site,name\nS1,"x\n'}, "site", 2),
    ("broken-csv", {"site_csv": b'site,name\nS1,"x"y\n'}, "site", 2),
    ("broken-package", {"datapackage_json": b"{"}, "datapackage.json", None),
    ("broken-package", {"datapackage_json": b"[" * 100_000}, "datapackage.json", None),
    ("broken-package", {"datapackage_json": b'{"resources": 3}'}, "datapackage.json", None),
    ("wrong-version", {"datapackage_json": WRONG_VERSION}, "datapackage.json", None),
    (
        "listed-but-absent",
        {"datapackage_json": b'{"resources": [{"name": "tooth", "path": "../tooth.csv"}]}'},
        "tooth",
        None,
    ),
    ("policy-fault", {"policy_toml": b"[case]\n"}, "policy.toml", None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "table", "row"), BAD_FOLDERS)
def test_a_bad_folder_is_refused_where_it_is_bad(
    tmp_path: Path, code: str, changes: Changes, table: str, row: int | None
) -> None:
    faults = faults_of(folder(tmp_path / "case", **changes))
    assert (code, table, row) in [(f.code, f.table, f.row) for f in faults]


def test_an_encoding_is_recognised_in_the_sentence(tmp_path: Path) -> None:
    site = "site,name\nS1,x\nS2,Ізюмський ліс\n".encode("cp1251")
    fault = faults_of(folder(tmp_path / "case", site_csv=site))[0]
    assert "byte 18, in line 3" in fault.sentence
    assert "Windows-1251" in fault.sentence
    assert "UTF-8" in fault.remedy


def test_a_table_and_the_policy_are_refused_together(tmp_path: Path) -> None:
    tables = small_case()
    tables["site"][0]["latitude"] = "north"
    files = {**contents(tables), "policy.toml": b'[case]\ntime_zone = "Nowhere"\nx = 1\n'}
    faults = faults_of(folder(tmp_path / "case", files))
    assert {fault.table for fault in faults} == {"policy.toml", "site"}
    assert any("case.x" in fault.sentence for fault in faults)


def test_the_refusal_counts_all_faults_and_keeps_some(tmp_path: Path) -> None:
    tables = {"site": [{"site": f"S{i}", "latitude": "x"} for i in range(10_050)]}
    with pytest.raises(CaseFolderFaults) as refusal:
        read_case_folder(folder(tmp_path / "case", contents(tables)))
    assert refusal.value.count == 10_050
    assert len(refusal.value.faults) == 10_000
    assert "faults found: 10050 (of which 10000 are listed)" in str(refusal.value)
    assert "site, row 2, column latitude" in str(refusal.value)


def test_a_message_never_holds_a_cell(tmp_path: Path) -> None:
    tables = small_case()
    tables["person"][0].update(born="Secret Name", sex="Secret Name")
    with pytest.raises(CaseFolderFaults) as refusal:
        read_case_folder(folder(tmp_path / "case", contents(tables)))
    assert "Secret" not in str(refusal.value)
    assert {fault.value for fault in refusal.value.faults} == {"Secret Name"}


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as stream:
        stream.truncate(size)


@pytest.mark.parametrize("name", ["site.csv", "policy.toml", "datapackage.json"])
def test_a_file_of_2_gb_is_refused_unread(tmp_path: Path, name: str) -> None:
    case = folder(tmp_path / "case")
    sparse(case / name, 2_000_000_000)
    started = time.process_time()
    fault = next(f for f in faults_of(case) if f.code == "file-too-large")
    assert time.process_time() - started < 1
    assert fault.table == name
    assert "2000000000" in fault.sentence
    assert str(256 * 1024 * 1024) in fault.sentence or "1048576" in fault.sentence


@pytest.mark.parametrize("name", ["case.zip", "case.xlsx"])
def test_an_archive_of_2_gb_is_refused_unread(tmp_path: Path, name: str) -> None:
    sparse(tmp_path / name, 2_000_000_000)
    assert only_fault_of(tmp_path / name).code == "file-too-large"


def test_many_files_and_a_large_folder_are_refused(tmp_path: Path) -> None:
    case = folder(tmp_path / "case")
    assert "too-many-files" in {f.code for f in faults_of(case, Limits(files=3))}
    assert "too-much-unpacked" in {f.code for f in faults_of(case, Limits(total_bytes=100))}


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    faults = faults_of(folder(tmp_path / "case"), Limits(rows=3))
    assert {fault.code for fault in faults} >= {"too-many-rows"}


@pytest.mark.proof
def test_a_million_rows_are_read_and_more_are_refused(tmp_path: Path) -> None:
    begun, rows = time.process_time(), [b"S%d,x\n" % number for number in range(1_048_576)]
    whole = b"site,name\n" + b"".join(rows[:1_000_000])
    assert len(read_case_folder(folder(tmp_path / "a", site_csv=whole)).tables["site"]) == 10**6
    more = folder(tmp_path / "b", site_csv=b"site,name\n" + b"".join(rows))
    assert {one.code for one in faults_of(more)} == {"too-many-rows"}
    assert time.process_time() - begun < 60


def test_links_are_refused(tmp_path: Path) -> None:
    case = folder(tmp_path / "case", site_csv=None)
    (tmp_path / "elsewhere.csv").write_bytes(contents()["site.csv"])
    os.symlink(tmp_path / "elsewhere.csv", case / "site.csv")
    assert faults_of(case)[0].code == "link"


def test_nothing_and_no_case_folder(tmp_path: Path) -> None:
    assert only_fault_of(tmp_path / "nothing").code == "no-such-path"
    (tmp_path / "case.csv").write_bytes(b"site\nS1\n")
    assert only_fault_of(tmp_path / "case.csv").code == "not-a-case-folder"
    (tmp_path / "empty").mkdir()
    assert only_fault_of(tmp_path / "empty").code == "no-tables"


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    case = folder(tmp_path / "case")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "unreadable" in {fault.code for fault in faults_of(case)}


def link_member() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("site.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def encrypted_member(path: Path) -> None:
    content = path.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + offset
        content = content[:at] + b"\x01" + content[at + 1 :]
    path.write_bytes(content)


BAD_MEMBERS: list[tuple[str, Callable[[zipfile.ZipFile], None]]] = [
    ("unsafe-member", lambda z: z.writestr("../site.csv", b"site\n")),
    ("unsafe-member", lambda z: z.writestr("case/../../site.csv", b"site\n")),
    ("unsafe-member", lambda z: z.writestr("/etc/site.csv", b"site\n")),
    ("unsafe-member", lambda z: z.writestr("..\\site.csv", b"site\n")),
    ("unsafe-member", lambda z: z.writestr("C:\\site.csv", b"site\n")),
    ("link", lambda z: z.writestr(link_member(), b"/etc/passwd")),
    ("duplicate-member", lambda z: [z.writestr("site.csv", b"site\n") for _ in range(2)]),  # type: ignore[list-item,misc]
    ("duplicate-member", lambda z: [z.writestr(n, b"site\n") for n in ("site.csv", "SITE.csv")]),  # type: ignore[list-item,misc]
    ("packed-too-tight", lambda z: z.writestr("site.csv", b"0" * 20_000_000)),
    ("too-many-files", lambda z: [z.writestr(f"{i}.txt", b"") for i in range(400)]),  # type: ignore[list-item,misc]
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".zip", ".xlsx"])
@pytest.mark.parametrize(("code", "spoil"), BAD_MEMBERS)
def test_a_bad_archive_is_refused_unopened(
    tmp_path: Path, code: str, spoil: Callable[[zipfile.ZipFile], None], suffix: str
) -> None:
    path = tmp_path / f"case{suffix}"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        spoil(archive)
    assert code in {fault.code for fault in faults_of(path)}
    assert not (tmp_path.parent / "site.csv").exists()


def test_a_bomb_of_many_layers_is_refused_by_its_total(tmp_path: Path) -> None:
    path = zipped(tmp_path / "case.zip", {"site.csv": b"0" * 3_000_000})
    assert "too-much-unpacked" in {f.code for f in faults_of(path, Limits(total_bytes=1_000_000))}


def test_an_endless_member_list_is_not_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "case.zip")
    assert only_fault_of(path, Limits(directory_bytes=100)).code == "too-many-files"


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "case.zip", {"site.csv": b"site\nS1\n"})
    encrypted_member(path)
    assert "encrypted-member" in {fault.code for fault in faults_of(path)}


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "not.zip").write_bytes(b"not an archive")
    assert faults_of(tmp_path / "not.zip")[0].code == "broken-archive"
    path = zipped(tmp_path / "case.zip", {"site.csv": csv_bytes(small_case()["site"]) * 50})
    content = bytearray(path.read_bytes())
    content[50] ^= 0xFF
    path.write_bytes(content)
    assert faults_of(path)[0].code == "broken-archive"


def test_a_national_case_is_read_in_two_seconds(tmp_path: Path) -> None:
    case = folder(tmp_path / "case", contents(large_case()))
    started = time.process_time()
    found = read_case_folder(case)
    assert time.process_time() - started < 2
    assert 2 * len(found.tables["profile"]) > 40_000
