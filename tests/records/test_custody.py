# SPDX-License-Identifier: Apache-2.0
"""Custody: every movement, through containers; what was sent is received before it moves again."""

import uuid

import pytest

from antigone.records import access
from antigone.records.actions import custody, entries
from antigone.records.actions.corrections import CorrectionRefused, correct
from antigone.records.actions.custody import (
    Circumstances,
    NothingSent,
    NothingToMove,
    NotPackedThere,
    NowhereStored,
    PlaceMissing,
    ReceivedBeforeSent,
    SamplesWanted,
)
from antigone.records.actions.entries import EntryRefused
from antigone.records.denials import NotAllowed
from antigone.records.models import Container, CustodyEvent, Effect, Event, Party, Remains, Site
from antigone.records.queries import custody as chains
from antigone.records.queries import holdings
from antigone.records.queries.samples import samples_wanted
from tests.records.invented import small_case
from tests.roles import somebody

PARTIES = [{"party": one, "kind": "team"} for one in ("DIG", "TRUCK", "MORGUE", "FAMILY")]
SAMPLES = [
    {"sample": f"X{n}", "kind": "post_mortem", "remains": "R1", "individual": ""} for n in (1, 2)
]


@pytest.fixture
def wood(imported):
    effect = [{"effect": "E1", "remains": "R1", "kind": "clothing"}]
    named = [
        {"decision": f"D{n}", "remains": f"R{n}", "person": f"P{n}", "outcome": "identified"}
        for n in (1, 2)
    ]  # nobody is released without a name
    return imported(small_case(party=PARTIES, sample=SAMPLES, effect=effect, decision=named))


@pytest.fixture
def act(wood, amina):
    """Do one act of custody at an hour of one invented day."""

    def acting(name, *items, hour=None, number=None, seal_state="", place="", **more):
        at = f"2022-09-20T{hour:02}:00:00+03:00" if hour is not None else ""
        when = Circumstances(at=at, seal_state=seal_state, place=place)
        given = {"case": wood, "items": items, "by": amina, "when": when}
        return getattr(custody, name)(**given, number=number or uuid.uuid4(), **more)

    return acting


def body(wood, key="R1"):
    return Remains.objects.get(case=wood, key=key)


def party(wood, key):
    return Party.objects.get(case=wood, key=key)


def where_is(item):
    return chains.history_of(item)[1]


def bag(act, wood, key="B1", hour=9, remains="R1"):
    act("pack", body(wood, remains), hour=hour, into={"container": key, "kind": "bag"})
    return Container.objects.get(case=wood, key=key)


def test_a_new_bag_and_what_lies_in_it_are_one_act(wood, act) -> None:
    before = set(Event.objects.values_list("act", flat=True))
    one = bag(act, wood)
    told = Event.objects.exclude(act__in=before)
    assert len({event.act for event in told}) == 1
    assert all("custody.pack" in event.body for event in told)
    assert {"container", "custody"} <= {event.kind for event in told}
    assert where_is(body(wood)).container == one.key == "B1"


def test_a_bag_without_a_label_gets_a_code(wood, act) -> None:
    act("pack", body(wood), into={"kind": "bag"})
    (one,) = Container.objects.filter(case=wood)
    assert one.key.startswith(wood.code_prefix)


def test_what_is_packed_moves_with_its_bag(wood, act) -> None:
    one = bag(act, wood)
    act("hand_over", one, hour=10, to=party(wood, "TRUCK"))
    act("confirm_receipt", one, hour=11, seal_state="whole")
    act("unpack", body(wood), hour=12, out_of=one)
    act("hand_over", one, hour=13, to=party(wood, "DIG"))  # the empty bag goes back
    told = [(link.event.action, link.within) for link in chains.chain_of(body(wood))]
    assert told == [("packed", ""), ("handed_over", "B1"), ("received", "B1"), ("unpacked", "")]
    where = where_is(body(wood))
    assert (where.holder, where.container, where.sent_to) == ("TRUCK", "", "")
    held = [one for one in holdings.holdings(wood) if (one.state, one.holder) == ("held", "TRUCK")]
    assert [one.thing for one in held] == [("remains", body(wood).pk)]
    assert [one.key for one in holdings.sent_and_not_received(wood)] == ["B1"]


def test_a_bag_in_a_coffin_moves_with_the_coffin(wood, act) -> None:
    one = bag(act, wood)
    act("pack", one, hour=10, into={"container": "C1", "kind": "coffin"})
    coffin = Container.objects.get(case=wood, key="C1")
    act("hand_over", coffin, hour=11, to=party(wood, "MORGUE"))
    assert where_is(body(wood)).sent_to == "MORGUE"
    links = chains.chain_of(body(wood))
    assert [link.within for link in links] == ["", "B1", "C1"] or [
        link.within for link in links
    ] == ["", "B1", "B1"]


def test_receipt_is_confirmed_before_any_further_move(wood, act) -> None:
    one = bag(act, wood)
    act("hand_over", one, hour=10, to=party(wood, "TRUCK"))
    for what in (one, body(wood)):  # the body cannot leave its bag on the way either
        with pytest.raises(EntryRefused) as refusal:
            act("hand_over", what, hour=12, to=party(wood, "MORGUE"))
        said = refusal.value.faults["action"]
        assert said.code == "receipt-not-confirmed"
        assert said.facts["to"] == "TRUCK"
        assert "TRUCK to confirm it first" in str(said)
    act("confirm_receipt", one, hour=11)
    act("hand_over", one, hour=12, to=party(wood, "MORGUE"))
    assert where_is(body(wood)).sent_to == "MORGUE"


def test_the_same_refusal_meets_an_entry_by_hand(wood, act, amina) -> None:
    act("hand_over", bag(act, wood), hour=10, to=party(wood, "TRUCK"))
    cells = {"item_kind": "container", "item": "B1", "action": "stored"}
    with pytest.raises(EntryRefused):
        entries.enter(case=wood, table="custody", cells=cells, by=amina)
    looked = {**cells, "action": "examined"}
    entries.enter(case=wood, table="custody", cells=looked, by=amina)  # nothing moves by that


def test_what_is_entered_late_is_judged_by_when_it_happened(wood, act) -> None:
    one = bag(act, wood, hour=8)
    act("hand_over", one, hour=10, to=party(wood, "TRUCK"))
    act("hand_over", one, hour=9, to=party(wood, "DIG"))  # before; told afterwards
    actions = [(link.event.action, link.to_party) for link in chains.chain_of(one)]
    assert actions == [("handed_over", "DIG"), ("handed_over", "TRUCK")]


def test_a_broken_seal_and_another_receiver_are_findings(wood, act) -> None:
    one = bag(act, wood)
    act("hand_over", one, hour=10, to=party(wood, "TRUCK"))
    (received,) = act(
        "confirm_receipt", one, hour=11, seal_state="broken", receiver=party(wood, "MORGUE")
    )
    assert received.seal_state == "broken"
    assert where_is(one).holder == "MORGUE"


def test_a_receipt_needs_a_handing_over_before_it(wood, act) -> None:
    one = bag(act, wood)
    with pytest.raises(NothingSent):
        act("confirm_receipt", one, hour=11)
    act("hand_over", one, hour=12, to=party(wood, "TRUCK"))
    with pytest.raises(ReceivedBeforeSent):
        act("confirm_receipt", one, hour=11)


def test_released_things_move_no_more_but_are_reburied_and_recovered_anew(wood, act, amina):
    act("release", body(wood), hour=10, to=party(wood, "FAMILY"))
    assert where_is(body(wood)).holder == "FAMILY"
    with pytest.raises(EntryRefused) as refusal:
        act("pack", body(wood), hour=11, into={"container": "B7"})
    assert refusal.value.faults["action"].code == "released-does-not-move"
    assert not Container.objects.filter(case=wood).exists()  # the whole act is refused
    with pytest.raises(PlaceMissing):
        act("rebury", body(wood), hour=12)
    act("rebury", body(wood), hour=12, place="Invented cemetery, row 3")
    assert where_is(body(wood)).end == "reburied"
    with pytest.raises(EntryRefused) as refusal:
        act("hand_over", body(wood), hour=13, to=party(wood, "DIG"))
    assert refusal.value.faults["action"].code == "reburied-does-not-move"
    again = {"item_kind": "remains", "item": "R1", "action": "recovered",
             "at": "2023-05-01T10:00:00+03:00"}  # fmt: skip
    entries.enter(case=wood, table="custody", cells=again, by=amina)
    assert where_is(body(wood)).end == ""


def test_two_samples_are_asked_for_before_remains_leave(wood, act) -> None:
    wanted = {one.key: one.wanted for one in samples_wanted(wood)}
    assert wanted == {"R2": 2, "R3": 2}
    with pytest.raises(SamplesWanted) as refusal:
        act("release", body(wood, "R2"), hour=10, to=party(wood, "FAMILY"))
    assert "Take them first, or write why not" in str(refusal.value)
    (row,) = act(
        "release", body(wood, "R2"), hour=10, to=party(wood, "FAMILY"),
        without_samples_because="The invented laboratory was closed.",
    )  # fmt: skip
    assert row.note == "The invented laboratory was closed."


def test_a_container_does_not_lie_in_itself(wood, act) -> None:
    one = bag(act, wood)
    with pytest.raises(EntryRefused) as refusal:
        act("pack", one, into=one)
    assert refusal.value.faults["container"].code == "container-in-itself"
    act("pack", one, into={"container": "C1"})
    with pytest.raises(EntryRefused):
        act("pack", Container.objects.get(case=wood, key="C1"), into=one)


def test_nothing_is_taken_out_of_where_it_is_not(wood, act) -> None:
    one = bag(act, wood)
    with pytest.raises(NotPackedThere):
        act("unpack", body(wood, "R2"), out_of=one)
    with pytest.raises(NothingToMove):
        act("pack", into=one)


def test_a_form_sent_twice_records_once(wood, act) -> None:
    one, number = bag(act, wood), uuid.uuid4()
    first = act("hand_over", one, hour=10, number=number, to=party(wood, "TRUCK"))
    again = act("hand_over", one, hour=10, number=number, to=party(wood, "TRUCK"))
    assert [row.pk for row in first] == [row.pk for row in again]
    assert CustodyEvent.objects.filter(case=wood, action="handed_over").count() == 1


def test_imported_entries_are_never_refused_and_can_be_corrected(imported, amina) -> None:
    told = [
        {"event": "1", "item_kind": "remains", "item": "R1", "action": "handed_over",
         "to_party": "TRUCK", "note": ""},
        {"event": "2", "item_kind": "remains", "item": "R1", "action": "stored"},
    ]  # fmt: skip
    case = imported(small_case(party=PARTIES, custody=told))
    second = CustodyEvent.objects.get(case=case, key="2")
    correct(record=second, base=1, changes={"note": "As told."}, reason="asked", by=amina)
    assert where_is(body(case)).sent_to == "TRUCK"


def test_effects_stay_under_the_remains_they_were_found_with(wood, amina) -> None:
    one = Effect.objects.get(case=wood, key="E1")
    with pytest.raises(CorrectionRefused) as refusal:
        correct(record=one, base=1, changes={"remains": ""}, reason="?", by=amina)
    assert refusal.value.faults["remains"].code == "stays-under-its-remains"
    correct(record=one, base=1, changes={"remains": "R2"}, reason="wrong bag", by=amina)


def test_a_field_recorder_packs_at_one_site_and_sees_the_bag(wood) -> None:
    site = Site.objects.get(case=wood)
    dana = somebody("field_recorder", wood, site=site)
    with access.looking_as(dana, wood, access.timezone.now()):
        when = Circumstances(at="2022-09-20T10:00:00+03:00")
        given = {"case": wood, "by": dana, "when": when}
        custody.pack(
            items=[body(wood)], into={"kind": "bag", "container": "B1"}, number=uuid.uuid4(),
            **given,
        )  # fmt: skip
        one = Container.objects.get(case=wood)
        custody.hand_over(
            items=[one], to=Party(case=wood, key="TRUCK"), number=uuid.uuid4(), **given
        )
        assert where_is(body(wood)).container == "B1"
        with pytest.raises(NotAllowed):
            custody.release(items=[one], to=one, number=uuid.uuid4(), **given)
        with pytest.raises(NotAllowed):  # an empty bag would be at no site
            entries.enter(case=wood, table="container", cells={"container": "B2"}, by=dana)


def test_what_did_not_arrive_is_said_and_stays_sent(wood, act) -> None:
    bodies = [body(wood, "R1"), body(wood, "R2")]
    act("hand_over", *bodies, hour=9, to=party(wood, "MORGUE"), place="At the grave")
    done = act("confirm_receipt", bodies[0], hour=10, missing=bodies[1:], place="Morgue")
    assert [one.action for one in done] == ["received", "not_arrived"]
    assert [one.to_party.key for one in done] == ["MORGUE", "MORGUE"]
    arrived, missed = map(where_is, bodies)
    assert (arrived.holder, arrived.sent_to, arrived.place) == ("MORGUE", "", "Morgue")
    assert (missed.holder, missed.sent_to, missed.place) == ("", "MORGUE", "At the grave")
    assert [(one.id, one.missed) for one in holdings.sent_and_not_received(wood)] == [
        (bodies[1].pk, True)
    ]
    with pytest.raises(EntryRefused) as refused:
        act("hand_over", bodies[1], hour=11, to=party(wood, "TRUCK"))
    assert refused.value.faults["action"].code == "receipt-not-confirmed"
    act("confirm_receipt", bodies[1], hour=12)
    assert where_is(bodies[1]).holder == "MORGUE"


def test_nothing_is_missing_of_what_nobody_sent(wood, act) -> None:
    with pytest.raises(NothingSent):
        act("confirm_receipt", hour=10, missing=[body(wood)])


def test_each_thing_has_its_own_seal(wood, amina) -> None:
    bodies = [body(wood, "R1"), body(wood, "R2")]
    seals = {bodies[0].pk: {"seal": "A 1"}, bodies[1].pk: {"seal": "A 2", "note": "torn label"}}
    when = Circumstances(at="2022-09-20T09:00:00+03:00", note="one van", of_items=seals)
    done = custody.hand_over(
        case=wood, items=bodies, to=party(wood, "MORGUE"), by=amina, when=when, number=uuid.uuid4()
    )
    assert [(one.seal, one.note) for one in done] == [("A 1", "one van"), ("A 2", "torn label")]


def test_storing_needs_a_place_and_changes_the_keeper_only_where_one_is_named(wood, act) -> None:
    act("hand_over", body(wood), hour=9, to=party(wood, "MORGUE"))
    act("confirm_receipt", body(wood), hour=10)
    with pytest.raises(NowhereStored):
        act("store", body(wood), hour=11)
    number = uuid.uuid4()
    for _ in range(2):  # a form sent twice
        act("store", body(wood), hour=11, place="Cold room 2, shelf 4", number=number)
    assert CustodyEvent.objects.filter(action="stored").count() == 1
    where = where_is(body(wood))
    assert (where.holder, where.place) == ("MORGUE", "Cold room 2, shelf 4")
    act("store", body(wood), hour=12, place="Store of the team", keeper=party(wood, "DIG"))
    assert where_is(body(wood)).holder == "DIG"
