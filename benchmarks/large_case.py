# SPDX-License-Identifier: Apache-2.0
"""A case of any size as a folder: a simulated one, with invented rows of the tables it lacks."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ANTIGONE = [sys.executable, "-c", "from antigone.cli import main; main()"]
Row = dict[str, str]
_ZONE = "+03:00"
_FINDINGS = ("gunshot", "blunt force", "blast", "sharp force")
_REGIONS = ("skull", "thorax", "pelvis", "left femur", "right tibia")
_ITEMS = ("34", "35", "36", "42", "62")


def write(out: Path, *, remains: int, persons: int, seed: int) -> Path:
    """Simulate the case, add what happens to remains after recovery; the case folder."""
    words = [
        "simulate", "--preset", "demo", "--seed", str(seed), "--out", str(out),
        "--remains", str(remains), "--persons", str(persons),
        "--families", str(persons * 3 // 4), "--graves", str(remains * 95 // 100),
        "--set", f"site.highest_number={remains * 6 // 5}",
    ]  # fmt: skip
    subprocess.run([*ANTIGONE, *words], check=True, stderr=subprocess.DEVNULL)
    add_rows(out / "case", seed)
    return out / "case"


def add_rows(folder: Path, seed: int) -> None:
    """Add the tables that `simulate` does not write; everybody in them is invented."""
    rng = random.Random(seed)
    keys = {name: _keys(folder / f"{name}.csv") for name in ("remains", "person", "site")}
    graves = _column(folder / "remains.csv", "grave")
    tables = {
        "control_period": _controlled(keys["site"]),
        "event": _events(keys["site"]),
    }
    for name, row in _each(keys["remains"], graves, rng):
        tables.setdefault(name, []).append(row)
    tables["attribute"] = [
        {"attribute": f"A-{key}", "person": key, "kind": "veteran"} for key in keys["person"][::9]
    ]
    tables["notification"] = [
        {"notification": f"N-{key}", "person": key, "of": "search_opened", "told_on": "2022-10-01"}
        for key in keys["person"]
    ]
    for n, key in enumerate(keys["person"]):
        if n % 4 == 0:
            tables["dvi_item"] += _items("person", key, rng)
        if n % 8 == 0:
            tables["tooth"] += _teeth("person", key, rng)
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", rows)


def _keys(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [next(iter(row.values())) for row in csv.DictReader(stream)]


def _column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row.get(name, "") for row in csv.DictReader(stream)]


def _write(path: Path, rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("x", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, names, restval="")
        lines.writeheader()
        lines.writerows(rows)


def _controlled(sites: list[str]) -> list[Row]:
    return [
        {"control_period": f"CP-{n}", "site": key, "from_date": "2022-03", "to_date": "2022-09",
         "who_controlled": "an invented force"}
        for n, key in enumerate(sites)
    ]  # fmt: skip


def _events(sites: list[str]) -> list[Row]:
    return [
        {"event": f"EV-{n}-{day}", "site": key, "kind": "shelling", "from_date": f"2022-04-{day}"}
        for n, key in enumerate(sites)
        for day in range(10, 30)
    ]


def _each(remains: list[str], graves: list[str], rng: random.Random) -> Iterator[tuple[str, Row]]:
    """What happens to each set of remains, from the grave to the shelf."""
    for n, (key, grave) in enumerate(zip(remains, graves, strict=True)):
        day = f"2022-{9 + n % 3:02d}-{1 + n % 28:02d}"
        yield "recovery", {
            "recovery": f"REC-{key}", "grave": grave, "remains": key, "recovered_on": day,
            "ordnance_cleared": "yes", "silence_kept": "yes", "in_situ_sheet": "yes",
            "depth_cm": str(rng.randrange(40, 180)), "body_position": "supine",
            "dug_by": f"Invented Digger {n % 20}",
        }  # fmt: skip
        for shows in ("in_situ", "body"):
            yield "photograph", {
                "photograph": f"PH-{key}-{shows}", "item_kind": "remains", "item": key,
                "code_visible": key, "shows": shows, "at": f"{day}T11:00:00{_ZONE}",
            }  # fmt: skip
        yield from _examined(key, day, n, rng)
        if n % 4 == 0:
            for row in _items("remains", key, rng):
                yield "dvi_item", row
        if n % 8 == 0:
            for row in _teeth("remains", key, rng):
                yield "tooth", row


def _examined(key: str, day: str, n: int, rng: random.Random) -> Iterator[tuple[str, Row]]:
    yield "examination_order", {
        "examination_order": f"ORD-{key}", "number": f"{n}/2022", "remains": key,
        "kinds": "imaging;autopsy;dna", "issued_by": "Invented Investigator",
        "issued_on": "2022-09-01",
    }  # fmt: skip
    for hour, kind in (("08", "imaging"), ("09", "autopsy")):
        yield "examination", {
            "examination": f"EX-{key}-{kind}", "remains": key, "examination_order": f"ORD-{key}",
            "kind": kind, "at": f"2022-12-{1 + n % 28:02d}T{hour}:00:00+02:00",
            "place": "Invented morgue", "examiner": f"Invented Examiner {n % 9}",
        }  # fmt: skip
    low = rng.randrange(20, 70)
    yield "estimate", {
        "estimate": f"EST-{key}", "remains": key, "of": "age", "low": str(low),
        "high": str(low + 15), "unit": "years", "interval_percent": "95",
        "method": "an invented method",
    }  # fmt: skip
    if n % 2 == 0:
        yield "finding", {
            "finding": f"F-{key}", "remains": key, "mechanism": rng.choice(_FINDINGS),
            "region": rng.choice(_REGIONS), "timing": "perimortem", "certainty": "probable",
        }  # fmt: skip


def _items(kind: str, key: str, rng: random.Random) -> list[Row]:
    return [
        {"owner_kind": kind, "owner": key, "item": item, "recorded_on": "2022-12-24",
         "value": f"invented {rng.randrange(1000)}"}
        for item in _ITEMS
    ]  # fmt: skip


def _teeth(kind: str, key: str, rng: random.Random) -> list[Row]:
    return [
        {"owner_kind": kind, "owner": key, "tooth": f"{quadrant}{place}",
         "charted_on": "2022-12-24", "state": rng.choice(("present", "missing", "filled"))}
        for quadrant in (1, 2, 3, 4)
        for place in (1, 3, 6, 7)
    ]  # fmt: skip
