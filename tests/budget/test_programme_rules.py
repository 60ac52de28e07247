"""The rules of programmes without a database: states, passports, comparison, opinions, reports of a year."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from ckanext.opengov.budget.service import amounts
from ckanext.opengov.budget.service.programmes import comparing, opinions, passport, states, yearly
from ckanext.opengov.budget.service.refused import Refused
from hypothesis import given
from hypothesis import strategies as st

RAW: dict[str, Any] = {
    "title": {"ru": "Школы"},
    "goal": {"ru": "Место каждому"},
    "code": "225-099",
    "years": [2027, 2028],
    "responsible": {"name": "Сәуле"},
    "indicators": [{"title": {"ru": "Школы"}, "unit": {"ru": "шт"}, "targets": {"2027": "12", "2028": "15"}}],
    "lines": [{"title": {"ru": "Стройка"}, "amounts": {"2027": "1 000,10", "2028": "2"}}],
}
TODAY = dt.date(2026, 11, 24)


def refused(raw: dict[str, Any], **changes: Any) -> set[str]:
    with pytest.raises(Refused) as found:
        passport.check({**raw, **changes})
    return set(found.value.errors)


class TestStates:
    def test_nothing_is_approved_that_was_not_before_the_council(self) -> None:
        """From the draft every way to approval leads over the council."""
        ways, seen = [("draft", False)], set()
        while ways:
            state, was = ways.pop()
            if (state, was) in seen:
                continue
            seen.add((state, was))
            was = was or state == "council"
            assert state != "approved" or was
            ways += [(rule.then, was) for (at, _event), rule in states.TABLE.items() if at == state]
        assert {state for state, _ in seen} == set(states.STATES)

    def test_a_discussion_is_ended_by_the_clock_alone(self) -> None:
        assert states.TABLE["discussion", "close"].who == frozenset({"system"})
        assert not [event for (at, event) in states.TABLE if at == "discussion" and event not in ("close", "withdraw")]

    def test_the_opinion_is_the_councils_alone(self) -> None:
        for (_, event), rule in states.TABLE.items():
            assert event.startswith("opine") == (rule.who == frozenset({"council_member"}))

    def test_every_event_has_a_line_in_the_journal(self) -> None:
        assert {f"budget_programme.{event}" for _, event in states.TABLE} <= set(states.EVENTS)


class TestPassport:
    def test_numbers_are_kept_to_the_last_tiyn(self) -> None:
        made = passport.check(RAW)
        assert made["lines"][0]["amounts"] == {"2027": "1000.1", "2028": "2"}
        assert passport.totals(made) == {"2027": "1000.1", "2028": "2"}
        assert not passport.gaps(made).errors

    @given(st.lists(st.decimals(min_value=0, max_value=10**15, places=2), max_size=30))
    def test_a_sum_is_exact(self, numbers: list[Decimal]) -> None:
        lines = [{"title": {"ru": "x"}, "amounts": {"2027": str(one)}} for one in numbers]
        made = passport.check({**RAW, "lines": lines})
        assert Decimal(passport.totals(made)["2027"]) == sum(numbers, Decimal(0))

    @pytest.mark.parametrize("text", ["12e3", "NaN", "1.2.3", "1,000.5", "١٢", "12x", True, {}])
    def test_what_is_no_number_is_told_so(self, text: Any) -> None:
        lines = [{"title": {"ru": "x"}, "amounts": {"2027": text}}]
        assert refused(RAW, lines=lines) == {"lines"}

    def test_all_that_is_wrong_is_said_at_once(self) -> None:
        wrong = {
            "title": {},
            "code": "a b",
            "years": [2027, 2029],
            "scale": 7,
            "indicators": [{"targets": {"2031": 1}}],
        }
        assert refused(RAW, **wrong) == {"title", "code", "years", "scale", "indicators", "lines"}

    def test_ids_stay_with_what_they_name_and_are_not_given_again(self) -> None:
        first = passport.check(RAW)
        assert first["lines"][0]["id"] == "l1"
        more = passport.check({**first, "lines": [{"title": {"ru": "Новое"}}, first["lines"][0]]}, first)
        assert [one["id"] for one in more["lines"]] == ["l2", "l1"]
        fewer = passport.check({**more, "lines": [first["lines"][0]]}, more)
        again = passport.check({**fewer, "lines": [*fewer["lines"], {"title": {"ru": "Ещё"}}]}, fewer)
        assert [one["id"] for one in again["lines"]] == ["l1", "l3"]

    def test_a_draft_may_have_gaps_which_the_public_may_not_see(self) -> None:
        made = passport.check({"title": {"kk": "А"}, "code": "1", "years": [2027]})
        assert set(passport.gaps(made).errors) == {"goal", "responsible", "indicators", "lines"}
        holes = passport.check({**RAW, "lines": [{"title": {"ru": "x"}, "amounts": {"2027": 1}}]})
        assert set(passport.gaps(holes).errors) == {"lines"}


class TestComparing:
    def test_each_place_that_changed_is_found_once_with_its_step(self) -> None:
        before = passport.check(RAW)
        after = copy.deepcopy(before)
        after["lines"][0]["amounts"]["2027"] = "900.1"
        after["indicators"][0]["unit"] = {"ru": "школа"}
        after["goal"] = {"ru": "Иное"}
        found = comparing.differences(before, after)
        assert comparing.places(found) == ["passport", "indicator:i1", "line:l1"]
        assert [one.step for one in found if one.year] == [Decimal("-100")]
        assert comparing.unexplained(before, after, {"line:l1"}) == ["passport", "indicator:i1"]

    def test_a_row_that_came_or_went_is_a_difference(self) -> None:
        before = passport.check(RAW)
        gone = passport.check({**before, "indicators": []}, before)
        assert [(one.anchor, one.field, one.after) for one in comparing.differences(before, gone)] == [
            ("indicator:i1", "row", None)
        ]
        assert comparing.differences(before, before) == []


class TestOpinions:
    OPINION: dict[str, Any] = {
        "verdict": "for",
        "text": "Совет рассмотрел программу.",
        "language": "ru",
        "held_on": "2026-11-20",
        "votes_for": 9,
        "votes_against": 2,
    }
    ANCHORS = frozenset({"line:l1"})

    def check(self, **changes: Any) -> dict[str, Any]:
        return opinions.check({**self.OPINION, **changes}, dict.fromkeys(self.ANCHORS), TODAY)

    def test_a_whole_opinion_is_taken(self) -> None:
        assert self.check()["votes_abstained"] == 0
        assert self.check(verdict="remarks", remarks=[{"anchor": "line:l1", "text": "Объясните сумму."}])["remarks"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"votes_for": 2, "votes_against": 9}, "verdict"),
            ({"votes_for": 5, "votes_against": 5}, "verdict"),
            ({"verdict": "against"}, "verdict"),
            ({"votes_for": 0, "votes_against": 0}, "votes_for"),
            ({"votes_for": "много"}, "votes_for"),
            ({"verdict": "remarks"}, "remarks"),
            ({"verdict": "maybe"}, "verdict"),
            ({"remarks": [{"text": "Объясните сумму."}]}, "verdict"),
            ({"verdict": "remarks", "remarks": [{"anchor": "line:l9", "text": "Объясните сумму."}]}, "remarks"),
            ({"held_on": "2026-11-25"}, "held_on"),
            ({"text": "Да"}, "text"),
        ],
    )
    def test_what_does_not_agree_is_refused(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as found:
            self.check(**changes)
        assert field in found.value.errors

    def test_the_agency_replies_to_each_remark(self) -> None:
        remarks = [{"anchor": "", "text": "a"}, {"anchor": "line:l1", "text": "b"}]
        one = {"decision": "accepted", "text": "Согласны, исправили."}
        with pytest.raises(Refused):
            opinions.reply(remarks, [one])
        assert [row["reply"]["decision"] for row in opinions.reply(remarks, [one, {**one, "decision": "refused"}])] == [
            "accepted",
            "refused",
        ]
        assert opinions.reply([], None) == []


class TestReportOfAYear:
    def test_every_indicator_and_line_has_its_number(self) -> None:
        text = passport.check(RAW)
        with pytest.raises(Refused) as found:
            yearly.check(text, "2027", {"reached": {"i1": "11"}})
        assert set(found.value.errors) == {"spent"}
        made = yearly.check(text, "2027", {"reached": {"i1": "11"}, "spent": {"l1": {"value": "999,99"}}})
        assert (made["indicators"][0]["planned"], made["indicators"][0]["actual"]) == ("12", "11")
        assert made["lines"][0]["actual"] == "999.99"


def test_amounts_are_read_as_people_write_them() -> None:
    assert amounts.parse("1\u00a0250,5") == Decimal("1250.5")
    assert amounts.parse("−7") == Decimal(-7)
    assert amounts.parse("") is None
    assert amounts.plain(Decimal("10.00")) == "10"
    assert amounts.plain(Decimal("-0.00")) == "0"
