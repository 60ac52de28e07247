"""The table of states and the terms of a draft act. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import terms
from ckanext.opengov.civic.service.calendar import ALMATY, Calendar
from ckanext.opengov.regulation.service import outline, states
from ckanext.opengov.regulation.service.clock import Clock
from ckanext.opengov.regulation.service.outline import OutlineRefusal
from ckanext.opengov.regulation.service.steps import EFFECTS, GUARDS
from ckanext.opengov.regulation.service.words import CHANNELS, KINDS

BEGIN = dt.datetime(2026, 3, 2, 9, tzinfo=ALMATY)
END = dt.datetime(2026, 3, 16, 23, 59, 59, tzinfo=ALMATY)


def test_every_state_is_reached_and_every_rule_has_what_it_needs() -> None:
    reached = {"draft"} | {rule.then for rule in states.TABLE.values()}
    assert reached == set(states.STATES)
    for (_state, event), rule in states.TABLE.items():
        assert event in EFFECTS
        assert set(rule.guards) <= set(GUARDS)
        assert f"draft_act.{event}" in states.TITLES


def test_nothing_leads_out_of_an_ended_act_and_no_officer_closes_a_discussion() -> None:
    assert not {state for state, _event in states.TABLE} & set(states.ENDED)
    for event in ("open", "close"):
        assert event not in states.OF_OFFICERS
        assert event not in states.possible("discussion", [str(role) for role in Role])
    assert states.possible("draft", ["author"]) == []
    assert "announce" in states.possible("draft", ["publisher"])
    with pytest.raises(states.WrongStep):
        states.find("adopted", "withdraw")


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (BEGIN - dt.timedelta(seconds=1), "announced"),
        (BEGIN, "discussion"),
        (END + dt.timedelta(seconds=0.9), "discussion"),
        (END + dt.timedelta(seconds=1), "answers_due"),
    ],
)
def test_the_clock_decides_to_the_second(moment: dt.datetime, state: str) -> None:
    for written in states.RUNNING:
        assert states.state_at(written, BEGIN, END, moment) == state
    assert states.state_at("withdrawn", BEGIN, END, moment) == "withdrawn"


def test_a_term_may_be_longer_than_the_law_asks_and_never_shorter() -> None:
    clock = Clock(Calendar(), terms.load())
    for kind in KINDS:
        own = clock.discussion(kind, BEGIN)
        assert own.last >= own.citizens
        assert set(own.channels) == set(CHANNELS)
        early, late = BEGIN.date() + dt.timedelta(days=1), BEGIN.date() + dt.timedelta(days=40)
        assert clock.discussion(kind, BEGIN, early) == own
        assert clock.discussion(kind, BEGIN, late).citizens.astimezone(ALMATY).date() == late
    assert clock.answers(END) > END


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (None, "parts"),
        ({"de": []}, "de"),
        ({"ru": {}}, "ru"),
        ({"ru": [{"kind": "article"}, "x"]}, "ru.2"),
        ({"kk": [{"kind": "article", "children": [{"kind": "poem"}]}]}, "kk.1.1"),
        ({"kk": [{"kind": "article", "text": "a" * 50_001}]}, "kk.1"),
    ],
)
def test_a_text_that_is_not_right_is_named_by_its_place(given: object, place: str) -> None:
    with pytest.raises(OutlineRefusal) as error:
        outline.read(given)
    assert error.value.place == place


def test_parts_are_changed_added_and_taken_away_in_their_place() -> None:
    def article(number: str) -> dict[str, str]:
        return {"kind": "article", "number": number, "text": f"Text {number}"}

    act = outline.read({"ru": [article("1"), article("2"), article("2")]})["ru"]
    assert [part.eid for part in act] == ["art_1", "art_2", "art_2_2"]
    new = outline.read({"ru": [article("7")]})["ru"][0]
    assert [part.eid for part in outline.inserted(act, new, after="art_1")] == ["art_1", "art_7", "art_2", "art_2_2"]
    under = outline.inserted(act, new, under="art_2")
    assert [part.eid for part in under[1].children] == ["art_7"]
    assert outline.without(under, "art_7") == act
    assert outline.changed(act, "art_1", {"text": "Else"})[0].text == "Else"
