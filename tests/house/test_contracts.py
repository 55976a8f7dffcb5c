# SPDX-License-Identifier: Apache-2.0
"""The house rules that a reader relies on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "antigone").rglob("*.py"))


def test_imports_point_down_only() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_names_its_licence_and_what_lives_in_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    if "migrations" in path.parts and path.name != "__init__.py":
        return
    assert lines[0] == "# SPDX-License-Identifier: Apache-2.0"
    assert lines[1].startswith('"""')


def test_no_registry_address_and_no_path_of_a_machine() -> None:
    for path in [*ROOT.glob("locks/*.txt"), ROOT / "pyproject.toml", ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|--index-url|--find-links", text), path.name
    for path in SOURCES:
        assert not re.search(r"/(root|work|home)/", path.read_text(encoding="utf-8")), path.name


def test_every_lock_line_carries_its_hash() -> None:
    for path in ROOT.glob("locks/*.txt"):
        blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        packages = [block for block in blocks if "==" in block]
        assert len(packages) > 10
        assert all("--hash=sha256:" in block for block in packages), path.name


def commands(group: click.Group, prefix: str) -> list[str]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        path = f"{prefix} {name}"
        found += commands(command, path) if isinstance(command, click.Group) else [path]
    return found


def test_every_command_has_its_place_in_the_documentation() -> None:
    from antigone.cli.front import front

    pages = "".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    )
    missing = [path for path in commands(front, "antigone") if path not in pages]
    assert not missing, missing


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; import antigone.cli.front as f\n"
        "try: f.front(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy','scipy','numba','django','openpyxl') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip().endswith("[]")
