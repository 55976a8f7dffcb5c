# SPDX-License-Identifier: Apache-2.0
"""Contradictions and counts: each is found where it is planted, and nowhere else."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import contradictions as acts
from antigone.records.actions.contradictions import (
    ContradictionChanged,
    ContradictionGone,
    NothingToReopen,
)
from antigone.records.actions.corrections import correct
from antigone.records.denials import NotAllowed
from antigone.records.errors import ReasonMissing
from antigone.records.models import (
    Grave,
    InvestigationCase,
    JournalEntry,
    KeptContradiction,
    Marker,
    Remains,
    Revision,
    Site,
)
from antigone.records.queries import contradictions, counts
from antigone.terms.tables import Row
from tests.records.invented import large_case
from tests.roles import somebody

Import = Callable[..., InvestigationCase]


def sound() -> dict[str, list[Row]]:
    """A case in which marker, journal, grave, remains and decision agree."""
    return {
        "site": [{"site": "S"}],
        "grave": [{"grave": "G1", "site": "S", "opened_on": "2022-09-16"}],
        "marker": [
            {"marker": "K1", "site": "S", "number": "101", "text": "Вигадко Марсіанин",
             "stated_burials": "1", "grave": "G1"}
        ],
        "journal": [
            {"entry": "J1", "marker": "K1", "number": "101", "name": "Марсіанин В.", "sex": "male",
             "died": "2022-04-03", "buried_on": "2022-04-05", "stated_burials": "1"}
        ],
        "remains": [
            {"remains": "R1", "grave": "G1", "kind": "body", "sex": "male",
             "recovered_on": "2022-09-16"}
        ],
        "person": [
            {"person": "P1", "name": "Марсіанин Вигадко", "sex": "male", "found_alive_on": "",
             "last_seen_on": "2022-04-01"}
        ],
        "decision": [
            {"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified"}
        ],
    }  # fmt: skip


def test_a_sound_case_has_no_contradiction(imported: Import) -> None:
    assert contradictions.contradictions(imported(sound())) == []


def changed(table: str, **cells: str) -> dict[str, list[Row]]:
    """The sound case with cells of one row changed."""
    tables = sound()
    tables[table] = [{**tables[table][0], **cells}]
    return tables


def added(table: str, **cells: str) -> dict[str, list[Row]]:
    """The sound case with one row more, like the first but for `cells`."""
    tables = sound()
    tables[table] = [*tables[table], {**tables[table][0], **cells}]
    return tables


def more(table: str, *rows: Row, **others: list[Row]) -> dict[str, list[Row]]:
    """The sound case with further tables, each row of the first with the same columns."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {**sound(), **others, table: [{**dict.fromkeys(names, ""), **row} for row in rows]}


def sent(event: str) -> Row:
    """One handing over of the remains of the sound case."""
    return {"event": event, "item_kind": "remains", "item": "R1", "action": "handed_over",
            "to_party": "TRUCK"}  # fmt: skip


PARTIES = [{"party": "TRUCK"}, {"party": "MORGUE"}]
PLANTED = {
    "identified_but_found_alive": changed("person", found_alive_on="2023-01-01"),
    "identified_with_other_sex": changed("person", sex="female"),
    "signed_by_too_few": changed("decision", signed_by_roles="legal_authority;pathologist"),
    "last_seen_after_recovery": changed("person", last_seen_on="2022-12"),
    "journal_name_differs_from_decision": changed("person", name="Порожній Інший"),
    "journal_sex_differs_from_remains": changed("journal", sex="female"),
    "marker_burials_differ_from_found": changed("marker", stated_burials="17"),
    "journal_burials_differ_from_found": changed("journal", stated_burials="3"),
    "empty_grave": added("grave", grave="G2"),
    "number_painted_twice": added("marker", marker="K2", number=" 101"),
    "journal_number_differs_from_marker": changed("journal", number="110"),
    "marker_text_differs_from_journal_name": changed("marker", text="Порожній Інший"),
    "journal_burial_before_death": changed("journal", buried_on="2022-03"),
    "marker_without_journal_line": added("marker", marker="K2", number="102"),
    "journal_line_without_marker": added("journal", entry="J2", marker=""),
    "identified_as_several": added("decision", decision="D2", person="P2"),
    "buried_before_last_seen": changed("person", last_seen_on="2022-04-20"),
    "status_without_basis": changed("remains", status="civilian"),
    "status_differs_from_person": {
        **changed("remains", status="civilian", status_basis="Invented papers."),
        "person": changed("person", status="serviceman")["person"],
    },
    "status_differs_from_attribute": {
        **changed("person", status="civilian"),
        "attribute": [{"attribute": "A1", "person": "P1", "kind": "serviceman"}],
    },
    "status_contested": {
        **changed("remains", status="civilian", status_basis="Invented papers."),
        "claim": [{"claim": "C1", "measure": "bodies_servicemen", "qualifier": "all"}],
    },
    "sex_estimates_differ": more(
        "estimate", {"estimate": "T1", "remains": "R1", "of": "sex", "sex": "female",
                     "method": "amelogenin"},
    ),
    "autopsy_before_imaging": more(
        "examination",
        {"examination": "X1", "remains": "R1", "kind": "autopsy",
         "at": "2022-09-20T10:00:00+03:00"},
        {"examination": "X2", "remains": "R1", "kind": "imaging",
         "at": "2022-09-20T11:00:00+03:00"},
    ),
    "examination_without_order": more(
        "examination",
        {"examination": "X1", "remains": "R1", "kind": "dna", "at": "2022-09-20T10:00:00+03:00",
         "examination_order": "O1"},
        examination_order=[
            {"examination_order": "O1", "number": "17", "issued_by": "Invented prosecutor",
             "kinds": "dna", "withdrawn_on": "2022-09-18"},
        ],
    ),
    "sample_without_order": more(
        "sample",
        {"sample": "S1", "kind": "post_mortem", "remains": "R1", "taken_on": "2022-09-20"},
        examination_order=[
            {"examination_order": "O1", "number": "17", "issued_by": "Invented prosecutor",
             "kinds": "autopsy;odontology"},
        ],
    ),
    "conclusion_without_findings": more(
        "conclusion", {"conclusion": "N1", "remains": "R1", "of": "torture", "findings": "F9",
                       "words": "Invented.", "signed_by": "one; two"},
    ),
    "conclusion_signed_by_one": more(
        "conclusion", {"conclusion": "N1", "remains": "R1", "of": "torture", "findings": "F1",
                       "words": "Invented.", "signed_by": "one; One"},
        finding=[{"finding": "F1", "remains": "R1", "mechanism": "ligature"}],
    ),
    "recovery_without_clearance": more(
        "recovery", {"recovery": "V1", "grave": "G1", "remains": "R1", "ordnance_cleared": "no"}
    ),
    "photograph_under_another_code": more(
        "photograph", {"photograph": "H1", "item_kind": "remains", "item": "R1",
                       "code_visible": "R2"},
    ),
    "two_codes_in_one_bag": {
        **more(
            "custody",
            {"event": "1", "item_kind": "remains", "item": "R1", "action": "packed",
             "container": "B1"},
            {"event": "2", "item_kind": "remains", "item": "R2", "action": "packed",
             "container": "B1"},
            container=[{"container": "B1"}],
        ),
        "remains": [*sound()["remains"], {"remains": "R2", "kind": "body_part"}],
    },
    "sent_never_received": more("custody", sent("1"), party=PARTIES),
    "moved_before_receipt": more(
        "custody", sent("1"),
        {"event": "2", "item_kind": "remains", "item": "R1", "action": "stored"},
        {"event": "3", "item_kind": "remains", "item": "R1", "action": "received",
         "to_party": "TRUCK"},
        party=PARTIES,
    ),
    "received_by_another": more(
        "custody", sent("1"),
        {"event": "2", "item_kind": "remains", "item": "R1", "action": "received",
         "to_party": "MORGUE"},
        party=PARTIES,
    ),
    "moved_after_release": more(
        "custody",
        {"event": "1", "item_kind": "remains", "item": "R1", "action": "released"},
        {"event": "2", "item_kind": "remains", "item": "R1", "action": "stored"},
    ),
}  # fmt: skip


ALSO = {
    "number_painted_twice": {"marker_without_journal_line"},
    "journal_burial_before_death": {"buried_before_last_seen"},
    "last_seen_after_recovery": {"buried_before_last_seen"},
}
"""What cannot but follow from the same cells."""


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_a_planted_contradiction_is_found_and_no_other(imported: Import, kind: str) -> None:
    tables = PLANTED[kind]
    if kind == "identified_as_several":
        tables["person"] = [*tables["person"], {**tables["person"][0], "person": "P2"}]
    found = contradictions.contradictions(imported(tables))
    kinds = {one.kind for one in found}
    assert kinds == {kind} | ALSO.get(kind, set())
    case = InvestigationCase.objects.get(slug="wood")
    for grave in Grave.objects.filter(case=case):
        here = [one for one in found if grave.key in one.graves]
        assert contradictions.of_grave(case, grave) == here
    about = [one for one in found if "R1" in one.remains or "G1" in one.graves]
    assert contradictions.of_remains(case, Remains.objects.get(case=case, key="R1")) == about
    for one in found:
        assert str(one.remark).endswith(".")
        assert "Марсіанин" not in str(one.remark)


def test_what_cannot_be_known_is_no_contradiction(imported: Import) -> None:
    tables = sound()
    tables["remains"] = [
        {**tables["remains"][0], "sex": "undetermined"},
        {"remains": "R2", "grave": "G1", "kind": "body_part"},
    ]
    tables["journal"] = [{**tables["journal"][0], "sex": "female", "name": "Marsianyn"}]
    tables["person"] = [{**tables["person"][0], "last_seen_on": "2022-09-17~"}]
    assert contradictions.contradictions(imported(tables)) == []


def test_a_replaced_decision_contradicts_nothing(imported: Import) -> None:
    tables = changed("person", found_alive_on="2023-01-01")
    withdrawn = {"decision": "D2", "remains": "R1", "outcome": "withdrawn", "replaces": "D1"}
    tables["decision"] = [*tables["decision"], withdrawn]
    case = imported(tables)
    assert contradictions.contradictions(case) == []
    assert counts.five_counts(case).identified == 0


def test_contradictions_of_a_large_case_need_few_queries(imported: Import) -> None:
    case = imported(large_case(remains=60, persons=90, calls=0))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = contradictions.of_grave(case, Grave.objects.get(case=case, key="G1"))
    assert len(asked) <= 4
    assert found == []


def test_five_counts_are_five_different_things(imported: Import) -> None:
    tables = sound()
    tables["grave"].append({"grave": "G2", "site": "S"})
    tables["remains"] = [
        *tables["remains"],
        {"remains": "R2", "kind": "body"},
        {"remains": "R3", "kind": "body"},
        {"remains": "R4", "kind": "body_part"},
        {"remains": "R5", "kind": "commingled"},
        {"remains": "R6", "kind": ""},
    ]
    tables["relation"] = [
        {"remains_a": "R1", "remains_b": "R2", "relation": "different"},
        {"remains_a": "R2", "remains_b": "R4", "relation": "part_of"},
        {"remains_a": "R4", "remains_b": "R3", "relation": "same_individual"},
    ]
    tables["container"] = [{"container": "B1"}, {"container": "B2"}, {"container": "B3"}]
    tables["person"].append({**tables["person"][0], "person": "P2"})
    tables["same_person"] = [{"person_a": "P1", "person_b": "P2", "relation": "same"}]
    tables["decision"].append(
        {"decision": "D2", "remains": "R2", "person": "P2", "outcome": "identified"}
    )
    case = imported(tables)
    found = counts.five_counts(case)
    assert (found.graves, found.remains, found.containers) == (2, 6, 3)
    assert (found.minimum_individuals, found.identified) == (2, 1)
    assert found.minimum_individuals_rule.facts == {"left_out": 3}
    assert counts.remains_by(case, "kind").cells == {
        "body": 3, "body_part": 1, "commingled": 1, "": 1,
    }  # fmt: skip


def test_parts_alone_are_at_least_one_individual(imported: Import) -> None:
    tables = {"remains": [{"remains": "R1", "kind": "body_part"}]}
    assert counts.five_counts(imported(tables)).minimum_individuals == 1
    assert counts.five_counts(imported({}, slug="none")).minimum_individuals == 0


# Kept as things, with a state


@pytest.fixture
def odd(imported: Import) -> InvestigationCase:
    """A case with one contradiction: an opened grave without remains."""
    return imported(added("grave", grave="G2"))


def decided(case, amina, act="explain", reason="It was emptied in April, says the gravedigger."):
    (one,) = contradictions.contradictions(case)
    return getattr(acts, act)(
        case=case, rule=one.kind, which=one.which, seen=one.digest(""), reason=reason, by=amina
    )


def the_state(case) -> tuple[str, bool, bool]:
    (one,) = contradictions.standing(case)
    return one.state, one.changed, one.is_gone


def test_an_explained_one_stays_explained_while_its_facts_are_the_same(odd, amina) -> None:
    assert the_state(odd) == ("open", False, False)
    kept = decided(odd, amina)
    assert the_state(odd) == ("explained", False, False)
    grave = Grave.objects.get(case=odd, key="G2")
    correct(record=grave, base=1, changes={"note": "empty"}, reason="asked", by=amina)
    assert the_state(odd) == ("explained", False, False)
    assert "gravedigger" in kept.reason


def test_it_opens_again_when_its_facts_change(imported, amina) -> None:
    case = imported(changed("journal", stated_burials="3"))
    decided(case, amina)
    line = JournalEntry.objects.get(case=case)
    correct(record=line, base=1, changes={"stated_burials": "4"}, reason="misread", by=amina)
    assert the_state(case) == ("open", True, False)
    stock = acts.take_stock(case=case, by=amina)
    assert (stock.found, stock.new, stock.gone, stock.opened_again) == (1, 0, 0, 1)
    assert the_state(case) == ("open", False, False)


def test_names_are_facts_too_and_are_not_to_be_read_from_the_digest(imported, amina) -> None:
    case = imported(changed("marker", text="Порожній Інший"))
    kept = decided(case, amina)
    marker = Marker.objects.get(case=case)
    correct(record=marker, base=1, changes={"text": "Порожній Третій"}, reason="cleaned", by=amina)
    assert the_state(case)[:2] == ("open", True)
    (one,) = contradictions.contradictions(case)
    assert one.digest("") != one.digest(str(kept.pk)) != one.digest("another")


def test_one_that_vanishes_is_told_as_gone_and_its_history_shows_it(odd, amina) -> None:
    kept = decided(odd, amina, "call_wrong_entry", "G2 was never opened; G12 was meant.")
    assert the_state(odd) == ("wrong_entry", False, False)
    grave = Grave.objects.get(case=odd, key="G2")
    correct(record=grave, base=1, changes={"opened_on": ""}, reason="as decided", by=amina)
    assert contradictions.contradictions(odd) == []
    assert the_state(odd) == ("wrong_entry", False, True)
    assert acts.take_stock(case=odd, by=amina).gone == 1
    gone = KeptContradiction.objects.get(pk=kept.pk)
    assert gone.gone_at is not None
    assert [number for number in Revision.objects.filter(record=kept.pk).values_list("number")] == [
        (1,),
        (2,),
    ]
    correct(record=grave, base=2, changes={"opened_on": "2022-09-16"}, reason="no", by=amina)
    assert the_state(odd) == ("wrong_entry", False, False)
    assert acts.take_stock(case=odd, by=amina).opened_again == 1
    assert KeptContradiction.objects.get(pk=kept.pk).gone_at is None


def test_taking_stock_keeps_every_one_once(odd, amina) -> None:
    assert acts.take_stock(case=odd, by=amina).new == 1
    assert acts.take_stock(case=odd, by=amina).new == 0
    (one,) = KeptContradiction.objects.filter(case=odd)
    assert (one.rule, one.state) == ("empty_grave", "open")
    grave = Grave.objects.get(case=odd, key="G2")
    assert contradictions.records_of(one.about) == [("grave", grave.pk)]
    assert one.site == grave.site


def test_what_is_decided_needs_a_reason_and_the_facts_that_were_read(odd, amina) -> None:
    with pytest.raises(ReasonMissing):
        decided(odd, amina, reason=" ")
    (one,) = contradictions.contradictions(odd)
    given = {"case": odd, "rule": one.kind, "reason": "Said.", "by": amina}
    with pytest.raises(ContradictionChanged):
        acts.explain(which=one.which, seen="0" * 64, **given)
    with pytest.raises(ContradictionGone):
        acts.explain(which=f"grave:{odd.pk}", seen=one.digest(""), **given)
    with pytest.raises(NothingToReopen):
        decided(odd, amina, "reopen")
    assert not KeptContradiction.objects.filter(case=odd)
    decided(odd, amina)
    decided(odd, amina, "reopen", "The gravedigger was not there.")
    assert the_state(odd) == ("open", False, False)


def test_only_what_is_seen_is_decided(odd) -> None:
    chidi = somebody("field_recorder", odd, site=Site.objects.get(case=odd))
    (one,) = contradictions.contradictions(odd)
    given = {"case": odd, "rule": one.kind, "which": one.which, "seen": one.digest("")}
    with access.looking_as(chidi, odd, timezone.now()):
        kept = acts.explain(**given, reason="Emptied.", by=chidi)
        assert the_state(odd) == ("explained", False, False)
    assert kept.decided_by == chidi
    auditor = somebody("auditor", odd)
    with access.looking_as(auditor, odd, timezone.now()), pytest.raises(NotAllowed):
        acts.reopen(**given, reason="No.", by=auditor)
