# SPDX-License-Identifier: Apache-2.0
"""Invented tables: one in which every table and column of the format is filled."""

from importlib.resources import files

from antigone.terms.tables import TABLES, Column, Kind, Row, Table, Tables

POLICY = (files("antigone.exchange") / "shipped" / "policy-example.toml").read_text("utf-8")
ROWS = 3
NUMBERS = ("1", "0.250", " 1e-1 ")
DATES = ("2022-04-03", "1956~", "2022-03/2022-05", "../2022-09-10", "202X", " 2022-04 ")
TEXTS = ("Ёлка Вигадана", " spaced ", "=SUM(1)", "line\nline", "İzüm 'quoted'", "x")
RELATIONS = ("relation", "same_person")


def every_table() -> dict[str, list[Row]]:
    """Three rows of every table, every column filled, one unknown column in each."""
    return {table.name: [_row(table, n) for n in range(ROWS)] for table in TABLES.values()}


def _row(table: Table, n: int) -> dict[str, str]:
    row = {column.name: _cell(table, column, n) for column in table.columns}
    row["unknown column"] = f"kept {n}"
    return row | _sensible(table.name, n)


def _cell(table: Table, column: Column, n: int) -> str:
    if column.refers_by:
        kinds = table.targets(column)
        return f"{kinds[n % len(kinds)]}-{n}"
    if column.refers_to and column.kind is Kind.TEXT:
        return f"{column.refers_to}-{n}"
    if column.is_key and column.kind is Kind.TEXT:
        return f"{table.name}-{n}"
    if column.kind in (Kind.CODE, Kind.CODES):
        return column.codes[n % len(column.codes)]
    if column.kind is Kind.NUMBER:
        low = column.low or 0
        return NUMBERS[n % len(NUMBERS)] if low < 1 else f"{low + n}"
    if column.kind is Kind.INTEGER:
        return f" {n + 1}" if n == 1 else str(n + 1)
    if column.kind is Kind.DATE:
        return DATES[n % len(DATES)]
    if column.kind is Kind.TIME:
        return f"2022-09-1{n}T10:00:00+03:00"
    return TEXTS[n % len(TEXTS)]


def _sensible(table: str, n: int) -> dict[str, str]:
    """What one column alone cannot know."""
    if table in RELATIONS:
        noun = TABLES[table].columns[0].refers_to
        name = TABLES[table].columns[0].name[:-2]
        return {f"{name}_a": f"{noun}-{n}", f"{name}_b": f"{noun}-{(n + 1) % ROWS}"}
    if table == "relative":  # the last row's parents come before it and after it
        parents = {"father": "relative-2", "mother": "relative-1"} if n == 0 else {}
        return {"father": "", "mother": ""} | parents
    if table == "claim":
        return {"part_of": "claim-2" if n < 2 else "", "low": "1", "high": "40000000000"}
    if table == "decision":
        return {"replaces": "decision-1" if n == 0 else "", "basis": "dna;dental"}
    if table == "dvi_item":
        item = ("36", "12", "94")[n]
        says = {"value": "", "contact": TEXTS[n]} if n == 1 else {"value": TEXTS[n], "contact": ""}
        return {"item": item, "no_data": "no", **says}
    if table == "estimate":
        of = ("sex", "age", "stature")[n]
        interval = {"low": "20", "high": "25.50"} if n else {"low": "", "high": ""}
        return {"of": of, "sex": "" if n else "female"} | interval
    if table == "sample":
        kind = ("post_mortem", "reference", "direct_reference")[n]
        return {
            "kind": kind,
            "remains": f"remains-{n}" if n == 0 else "",
            "individual": f"relative-{n}" if n == 1 else "",
            "person": f"person-{n}" if n == 2 else "",
        }
    if table == "remains":
        return {"age_min": "20", "age_max": "25.50", "stature_max_cm": "180"}
    return {}


def small_case(**more: list[Row]) -> Tables:
    """The least that most tests need: two graves, three remains, two persons of one family."""
    return {
        "site": [{"site": "S", "name": "Invented Wood"}],
        "grave": [
            {"grave": "G1", "site": "S", "x_m": "1", "y_m": "2"},
            {"grave": "G2", "site": "S", "x_m": "3", "y_m": "4"},
        ],
        "remains": [
            {"remains": "R1", "grave": "G1", "sex": "male"},
            {"remains": "R2", "grave": "G1", "sex": "female"},
            {"remains": "R3", "grave": "G2", "sex": "undetermined"},
        ],
        "person": [
            {"person": "P1", "name": "Вигадко Марсіанин", "sex": "male"},
            {"person": "P2", "name": "Nemo Inventius", "sex": "female"},
        ],
        "family": [{"family": "F1", "kin_complete": "yes"}],
        "relative": [
            {"individual": "I1", "family": "F1", "father": "I2", "mother": "", "person": "P1"},
            {"individual": "I2", "family": "F1", "father": "", "mother": "", "person": ""},
        ],
        **more,
    }


def large_case(remains: int = 447, persons: int = 700, calls: int = 40_000) -> Tables:
    """A case of the model case's size; its profiles carry no meaning."""
    markers = [f"M{n:02d}" for n in range(24)]
    samples = calls // len(markers)
    return {
        "grave": [
            {"grave": f"G{n}", "x_m": f"{n % 25}", "y_m": f"{n // 25}"} for n in range(remains)
        ],
        "marker": [{"marker": f"K{n}", "grave": f"G{n}", "number": str(n)} for n in range(remains)],
        "journal": [
            {"entry": f"J{n}", "marker": f"K{n}", "number": str(n), "name": f"Invented {n}"}
            for n in range(remains)
        ],
        "remains": [
            {"remains": f"R{n}", "grave": f"G{n}", "sex": "female" if n % 2 else "male"}
            for n in range(remains)
        ],
        "person": [
            {"person": f"P{n}", "name": f"Person {n} Invented", "born": f"{1930 + n % 60}"}
            for n in range(persons)
        ],
        "family": [{"family": f"F{n}"} for n in range(persons)],
        "relative": [
            row
            for n in range(persons)
            for row in (
                {"individual": f"C{n}", "family": f"F{n}", "father": f"D{n}", "person": f"P{n}"},
                {"individual": f"D{n}", "family": f"F{n}", "father": "", "person": ""},
            )
        ],
        "sample": [
            {"sample": f"X{n}", "kind": "post_mortem", "remains": f"R{n}", "individual": ""}
            if n < remains
            else {"sample": f"X{n}", "kind": "reference", "individual": f"D{n % persons}"}
            for n in range(samples)
        ],
        "profile": [
            {"sample": f"X{n}", "run": "1", "marker": marker, "allele1": "14", "allele2": "15.3"}
            for n in range(samples)
            for marker in markers
        ],
    }
