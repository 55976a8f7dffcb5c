# SPDX-License-Identifier: Apache-2.0
"""The sight: rows that are not there, columns that come back blank, questions that are refused."""

from __future__ import annotations

import pytest
from django.db.models import Count, F
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import hypotheses
from antigone.records.denials import ChangedOutsideAnAction, ColumnWithheld, NobodyLooks
from antigone.records.models import (
    RECORD_OF,
    Decision,
    Effect,
    Family,
    Grave,
    InvestigationCase,
    JournalEntry,
    KeptRow,
    Lead,
    Marker,
    Person,
    ProfileRun,
    Relative,
    Remains,
    Sample,
    Site,
    Tooth,
    User,
)
from antigone.records.models.sight import within
from tests.records.invented import every_table, small_case
from tests.roles import account, grant, somebody

SECOND = {
    "site": [{"site": "S", "name": "Invented Wood"}, {"site": "T", "name": "Invented Field"}],
    "grave": [{"grave": "G1", "site": "S"}, {"grave": "G2", "site": "T"}],
    "marker": [
        {"marker": "M1", "site": "S", "grave": "G1", "number": "319", "text": "Nemo"},
        {"marker": "M2", "site": "T", "grave": "G2", "number": "320", "text": "Nulla"},
    ],
    "journal": [{"entry": "J1", "site": "S", "name": "Nemo Inventius", "marker": "M1"}],
    "effect": [{"effect": "E1", "remains": "R1", "kind": "document", "inscription": "Nemo"}],
    "family": [{"family": "F1", "contact_ref": "by the mill"}, {"family": "F2", "contact_ref": ""}],
    "relative": [
        {"individual": "I1", "family": "F1", "father": "I2", "mother": "", "person": "P1",
         "note": "a secret"},
        {"individual": "I2", "family": "F1", "father": "", "mother": "", "person": ""},
        {"individual": "I3", "family": "F2", "father": "", "mother": "", "person": "P2"},
    ],
    "sample": [
        {"sample": "X1", "kind": "post_mortem", "remains": "R1"},
        {"sample": "X2", "kind": "reference", "individual": "I2"},
        {"sample": "X3", "kind": "reference", "individual": "I3"},
    ],
    "profile": [
        {"sample": "X1", "run": "1", "marker": "FGA", "allele1": "20", "allele2": "21"},
    ],
    "decision": [
        {"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified",
         "reasons": "in words"},
        {"decision": "D2", "remains": "R3", "person": "P2", "outcome": "excluded", "reasons": "x"},
    ],
}  # fmt: skip


@pytest.fixture
def wood(imported):
    return imported(small_case(**SECOND))


def looking(user, case):
    return access.looking_as(user, case, timezone.now())


def keys(model) -> set[str]:
    return set(model.objects.values_list("key", flat=True))


def test_without_a_sight_nothing_is_answered(wood):
    with within(None):
        for model in (Remains, Person, InvestigationCase):
            with pytest.raises(NobodyLooks):
                model.objects.count()
            with pytest.raises(NobodyLooks):
                list(model._base_manager.all())
        assert User.objects.count()  # who signs in is not known before


def test_who_holds_no_role_sees_nothing(wood):
    with looking(account("nobody"), wood):
        for model in (Remains, Person, Grave, InvestigationCase, ProfileRun, KeptRow):
            assert not model.objects.exists(), model


def test_a_role_sees_its_own_case_only(wood, imported):
    other = imported(small_case(), "other")
    with looking(somebody("coordinator", wood), other):
        assert not Remains.objects.exists()
        assert not InvestigationCase.objects.exists()
    with looking(account("invented-coordinator"), wood):
        assert Remains.objects.count() == 3
        assert InvestigationCase.objects.get() == wood
    with looking(account("invented-coordinator"), None):
        assert InvestigationCase.objects.get() == wood
        assert not Remains.objects.exists()


def test_withheld_columns_come_back_blank_and_marked(wood):
    with looking(somebody("observer", wood), wood):
        one = Person.objects.get(key="P1")
        assert (one.name, one.sex) == ("", "male")
        assert "name" in one.withheld
        assert "sex" not in one.withheld
        assert Effect.objects.get().inscription == ""
        assert not Relative.objects.exists()
    with looking(somebody("coordinator", wood), wood):
        assert Person.objects.get(key="P1").name == "Вигадко Марсіанин"
        relative = Relative.objects.get(key="I1")
        assert relative.note == ""
        assert "note" in relative.withheld
        assert not Family.objects.get(key="F1").contact_ref


def test_questions_that_name_a_withheld_column_are_refused(wood):
    with looking(somebody("observer", wood), wood):
        for question in (
            lambda: Person.objects.filter(name__contains="в"),
            lambda: Person.objects.exclude(name=""),
            lambda: Person.objects.order_by("name"),
            lambda: Person.objects.values("name"),
            lambda: Person.objects.values_list("key", "name"),
            lambda: Person.objects.annotate(said=F("name")),
            lambda: Person.objects.aggregate(n=Count("name")),
            lambda: Person.objects.filter(as_written__name="x"),
            lambda: Person.objects.filter(extra__x="x"),
            lambda: Decision.objects.filter(person__name="x"),
            lambda: Decision.objects.values("person__name"),
            lambda: Decision.objects.order_by("person__name"),
            lambda: Person.objects.filter(relatives__key="I1"),
            lambda: Person.objects.annotate(n=Count("relatives")),
            lambda: Person.objects.raw("select 1"),
            lambda: Person.objects.extra(where=["1=1"]),
            lambda: Remains.objects.filter(grave__markers__text="x"),
            lambda: Person.objects.dates("born_earliest", "year"),
        ):
            with pytest.raises(ColumnWithheld):
                list(question())
        assert "name" not in Person.objects.values().first()
        assert set(Person.objects.only("name", "key").values_list("key", flat=True)) == {"P1", "P2"}
        assert Person.objects.only("name").get(key="P1").name == ""
        assert Person.objects.defer("key").get(key="P1").name == ""


def test_relations_are_seen_through_the_same_eyes(wood):
    with looking(somebody("observer", wood), wood):
        one = Decision.objects.select_related("person", "remains__grave").get(key="D1")
        assert one.person.key == "P1"
        assert one.person.name == ""
        assert one.reasons == ""
        assert one.remains.grave.key == "G1"
        assert Decision.objects.get(key="D1").person.name == ""  # read when it is asked for
        assert list(Decision.objects.get(key="D1").person.relatives.all()) == []
        marked = Grave.objects.prefetch_related("markers").get(key="G1")
        assert [one.text for one in marked.markers.all()] == [""]
        one.person.refresh_from_db()
        assert one.person.name == ""


def test_a_masked_record_is_never_saved_and_nothing_is_written_outside_an_action(wood):
    with looking(somebody("observer", wood), wood):
        masked = Person.objects.get(key="P1")
        for write in (
            masked.save,
            masked.delete,
            lambda: Person.objects.update(sex="male"),
            lambda: Person.objects.all().delete(),
            lambda: Person.objects.bulk_create([Person(case=wood, ordinal=9, key="P9")]),
            lambda: Person.objects.create(case=wood, ordinal=9, key="P9"),
            lambda: Person.objects.bulk_update([masked], ["sex"]),
        ):
            with pytest.raises(ChangedOutsideAnAction):
                write()
    with access.unrestricted("a test"), pytest.raises(ColumnWithheld):
        masked.save()
    with access.unrestricted("a test"), pytest.raises(ColumnWithheld):
        Person.objects.bulk_update([masked], ["sex"])
    with access.at_the_terminal(account("x")), pytest.raises(ChangedOutsideAnAction):
        Person.objects.create(case=wood, ordinal=9, key="P9")


def test_a_recorder_of_a_site_sees_that_site(wood):
    with access.at_the_terminal(None):
        here = Site.objects.get(key="S")
    user = somebody("field_recorder", wood, site=here)
    with looking(user, wood):
        assert keys(Site) == {"S"}
        assert keys(Grave) == {"G1"}
        assert keys(Marker) == {"M1"}
        assert keys(Remains) == {"R1", "R2"}
        assert Remains.objects.get(key="R1").grave.markers.get().text == "Nemo"
        assert Remains.objects.filter(grave__key="G1").count() == 2
        assert keys(JournalEntry) == {"J1"}
        assert Grave.objects.annotate(n=Count("remains")).get().n == 2
        assert not Person.objects.exists()
        assert not Sample.objects.exists()
    grant(user, "field_recorder", wood)
    with looking(user, wood):
        assert keys(Grave) == {"G1", "G2"}


def test_a_liaison_sees_their_own_families(wood):
    with access.at_the_terminal(None):
        own = Family.objects.get(key="F1")
    with looking(somebody("family_liaison", wood, family=own), wood):
        assert keys(Family) == {"F1"}
        assert keys(Person) == {"P1"}
        assert keys(Relative) == {"I1", "I2"}
        assert keys(Sample) == {"X2"}
        assert keys(Decision) == {"D1"}
        assert Family.objects.get().contact_ref
        one = Decision.objects.get()
        assert one.reasons == ""
        assert one.person.name == "Вигадко Марсіанин"
        assert Relative.objects.filter(person__name__contains="Виг").get().key == "I1"
        assert Relative.objects.get(key="I1").note == ""
        with pytest.raises(Remains.DoesNotExist):
            _ = one.remains
        assert Decision.objects.select_related("remains").get().remains is None
        with pytest.raises(ColumnWithheld):
            list(Decision.objects.filter(remains__key="R1"))
        assert not ProfileRun.objects.exists()


def test_examiners_see_the_other_side_of_what_is_open(wood):
    user = somebody("pathologist", wood)
    with looking(user, wood):
        assert keys(Remains) == {"R1", "R2", "R3"}
        assert not Person.objects.exists()
    coordinator = somebody("coordinator", wood)
    with looking(coordinator, wood):
        pair = {
            "remains": Remains.objects.get(key="R1"),
            "person": Person.objects.get(key="P1"),
        }
        opened = hypotheses.open_hypothesis(case=wood, **pair, by=coordinator, reason="match")
    with looking(user, wood):
        assert keys(Person) == {"P1"}
        assert Person.objects.get().name
    with looking(somebody("commission", wood), wood):
        assert keys(Remains) == {"R1"}
        assert keys(Decision) == {"D1"}
        assert Decision.objects.get().reasons == "in words"
        assert Decision.objects.filter(remains__key="R1", person__name__contains="В").exists()
        assert keys(Relative) == {"I1", "I2"}
    with looking(coordinator, wood):
        hypotheses.close_hypothesis(hypothesis=opened, by=coordinator, reason="excluded")
    with looking(user, wood):
        assert not Person.objects.exists()


def test_protected_columns_are_read_record_by_record_and_noted(wood):
    with looking(somebody("geneticist", wood), wood) as sight:
        with pytest.raises(ColumnWithheld):
            list(ProfileRun.objects.values("calls"))
        assert "calls" not in ProfileRun.objects.values().get()
        assert not sight.read
        run = ProfileRun.objects.get()
        assert run.calls
        assert list(sight.read) == [("profile", run.pk, "dna")]
        assert not Effect.objects.exists()
    with looking(somebody("coordinator", wood), wood) as sight:
        assert not ProfileRun.objects.get().calls
        assert not sight.read


def test_every_read_of_an_auditor_is_noted(wood):
    with looking(somebody("auditor", wood), wood) as sight:
        one = Remains.objects.get(key="R1")
        assert ("remains", one.pk, "remains_codes") in sight.read


def test_rows_belong_to_the_section_that_their_own_code_says(imported):
    whole = imported(every_table())
    seen = {}
    for role in ("morgue", "family_liaison", "geneticist", "observer", "coordinator", "auditor"):
        with looking(somebody(role, whole), whole):
            kinds = {one.owner_kind for one in Tooth.objects.all()}
            tables = {name for name, model in RECORD_OF.items() if model.objects.exists()}
            kept = {one.table for one in KeptRow.objects.all()}
            seen[role] = (kinds, tables | kept)
    assert {"custody", "element", "lead"} <= seen["morgue"][1]
    assert not seen["morgue"][1] & {"statement", "haplotype", "consent", "consistency"}
    assert seen["morgue"][0] == {"remains"}
    assert seen["family_liaison"][0] == {"person"}
    assert not any("statement" in tables for _, tables in seen.values())
    with looking(account("invented-observer"), whole):
        lead = Lead.objects.first()
        assert lead.says == ""
        assert "says" in lead.withheld
        assert "unknown column" not in lead.extra
        with pytest.raises(ColumnWithheld):
            list(Lead.objects.filter(says="x"))
