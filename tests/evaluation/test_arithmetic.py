"""Scores, worked out by hand for each rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from ckanext.opengov.evaluation.service import arithmetic, league
from ckanext.opengov.evaluation.service import framework as frameworks
from ckanext.opengov.evaluation.service.arithmetic import OF_OTHERS, Status, Value, given, rounded, score, share
from ckanext.opengov.evaluation.service.framework import Kind
from hypothesis import given as for_all
from hypothesis import strategies as st

from tests.evaluation.frameworks_ground import tree

FRAMEWORK = frameworks.read(tree())
LEAVES = FRAMEWORK.indicators()
FULL = {"reached": given(80), "complaints": given(10), "days": given(7), "council": given(1), "regions_only": given(6)}


@pytest.mark.parametrize(
    ("key", "number", "worth"),
    [
        # Upwards from 0 to 100: the value itself, never more than 100, never less than 0.
        ("reached", 80, 80),
        ("reached", 130, 100),
        ("reached", -5, 0),
        # Downwards from 50 to 0: at 10 four fifths of the way are done.
        ("complaints", 10, 80),
        ("complaints", 0, 100),
        ("complaints", 60, 0),
        # Steps downwards: the smallest bound that is not exceeded; beyond the last one nothing.
        ("days", 5, 100),
        ("days", 6, 60),
        ("days", 15, 20),
        ("days", 16, 0),
        ("council", 1, 100),
        ("council", 0, 0),
        ("regions_only", 4, Fraction(100, 3)),
    ],
)
def test_a_value_is_worth_points(key: str, number: int, worth: Fraction | int) -> None:
    assert arithmetic.points(LEAVES[key], Fraction(number)) == worth


def test_steps_upwards_take_the_greatest_bound_that_is_reached() -> None:
    data = tree()
    node = data["blocks"][1]["children"][0]["children"][0]
    node.update(direction="up", steps=[[50, 40], [90, 100]])
    leaf = frameworks.read(data).indicators()["days"]
    assert [arithmetic.points(leaf, Fraction(one)) for one in (49, 50, 89, 90)] == [0, 40, 40, 100]


def test_a_whole_score_by_hand() -> None:
    """goals: 0.75 x 80 + 0.25 x 80 = 80. citizens: answers 60; openness 0.5 x 100 + 0.5 x 50 = 75; 0.7 x 60 + 0.3 x 75
    = 64.5. In all 0.6 x 80 + 0.4 x 64.5 = 73.8.
    """
    result = score(FRAMEWORK, Kind.REGION, FULL)
    assert result.score == Fraction(738, 10)
    assert result.blocks == {"goals": 80, "citizens": Fraction(645, 10)}


def test_what_is_for_other_kinds_of_agency_gives_its_weight_to_its_neighbours() -> None:
    """A central agency holds no meetings of an akim: openness is the council alone, 100; citizens 0.7 x 60 + 0.3 x 100
    = 72; in all 48 + 28.8 = 76.8.
    """
    assert score(FRAMEWORK, Kind.CENTRAL, FULL).score == Fraction(768, 10)


def test_not_applicable_reweights_and_not_provided_is_zero() -> None:
    """Without "reached" goals are "complaints" alone, 80, and the score stays 73.8; when it is not provided they are
    0.25 x 80 = 20, and the score is 0.6 x 20 + 25.8 = 37.8. A value of zero is the same as not provided in points, but
    is told apart.
    """
    left_out = score(FRAMEWORK, Kind.REGION, FULL | {"reached": Value(Status.NOT_APPLICABLE)})
    silent = score(FRAMEWORK, Kind.REGION, FULL | {"reached": Value(Status.NOT_PROVIDED)})
    zero = score(FRAMEWORK, Kind.REGION, FULL | {"reached": given(0)})
    assert (left_out.score, silent.score, zero.score) == (Fraction(738, 10), Fraction(378, 10), Fraction(378, 10))
    statuses = [next(s.status for s in result.steps if s.key == "reached") for result in (left_out, silent, zero)]
    assert statuses == [Status.NOT_APPLICABLE, Status.NOT_PROVIDED, Status.GIVEN]


def test_a_branch_in_which_nothing_applies_gives_its_weight_to_its_neighbours() -> None:
    """Neither plan applies: the whole block goals does not, and citizens are everything, 64.5."""
    values = FULL | {"reached": OF_OTHERS, "complaints": OF_OTHERS}
    assert score(FRAMEWORK, Kind.REGION, values).score == Fraction(645, 10)


def test_when_nothing_applies_there_is_no_score_and_no_zero() -> None:
    result = score(FRAMEWORK, Kind.REGION, dict.fromkeys(LEAVES, OF_OTHERS))
    assert (result.score, result.low, result.high) == (None, None, None)


def test_the_steps_explain_the_score_to_the_last_digit() -> None:
    result = score(FRAMEWORK, Kind.REGION, FULL)
    days = next(step for step in result.steps if step.key == "days")
    # Of the whole score: 0.4 x 0.7 x 1.
    assert (days.applied, days.points, days.contribution, days.share) == (100, 60, 60, Fraction(28, 100))
    leaves = [step for step in result.steps if step.level == 2]
    assert sum(step.share * step.points for step in leaves if step.share and step.points is not None) == result.score


def test_what_would_raise_the_score_most() -> None:
    """days: 0.28 x 40 = 11.2; reached: 0.45 x 20 = 9; complaints: 0.15 x 20 = 3; meetings: 0.06 x 50 = 3."""
    gains = score(FRAMEWORK, Kind.REGION, FULL).gains()
    assert gains[0] == ("days", Fraction(112, 10))
    assert gains[1] == ("reached", Fraction(9))
    assert {key for key, _ in gains[2:]} == {"complaints", "regions_only"}


def test_a_share_that_the_portal_counted_has_an_interval_and_a_minimum() -> None:
    """45 of 50 in time: 90 %, by Wilson's formula from 78.6 % to 95.7 %."""
    found = share(45, 50, 1, minimum=10)
    assert found.number == 90
    assert found.low is not None
    assert found.high is not None
    assert (round(float(found.low), 1), round(float(found.high), 1)) == (78.6, 95.7)
    assert share(9, 9, 1, minimum=10).status is Status.TOO_FEW
    assert share(0, 0, 1, minimum=1).status is Status.TOO_FEW
    # Points out of 405: 270 and 405 are a mean of five sixths, and no share of cases.
    mean = share(675, 2, 405, minimum=1)
    assert (mean.number, mean.low) == (Fraction(250, 3), None)


def test_the_interval_of_the_score_comes_from_those_of_its_parts() -> None:
    """Only "reached" is a sample: 90 +5.7 -11.4, of which the score takes 0.45."""
    result = score(FRAMEWORK, Kind.REGION, FULL | {"reached": share(45, 50, 1, 10)})
    assert result.score == Fraction(783, 10)
    assert result.low is not None
    assert result.high is not None
    assert round(float(result.score) - result.low, 2) == round(0.45 * 11.36, 2)
    assert round(result.high - float(result.score), 2) == round(0.45 * 5.65, 2)


def test_rounding_is_at_the_end_and_halves_go_up() -> None:
    assert [rounded(Fraction(one)) for one in ("73.449", "73.45", "0.05", "100")] == [
        Decimal("73.4"),
        Decimal("73.5"),
        Decimal("0.1"),
        Decimal("100.0"),
    ]


values = st.one_of(
    st.builds(given, st.fractions(0, 200, max_denominator=1000)),
    st.sampled_from([Value(Status.NOT_PROVIDED), Value(Status.NOT_APPLICABLE), Value(Status.TOO_FEW)]),
)


@for_all(st.fixed_dictionaries(dict.fromkeys(LEAVES, values)), st.sampled_from(Kind))
def test_a_score_lies_between_0_and_100_and_is_the_sum_of_its_parts(found: dict[str, Value], kind: Kind) -> None:
    result = score(FRAMEWORK, kind, found)
    leaves = [step for step in result.steps if step.level == 2 and step.share is not None]
    if result.score is None:
        assert not leaves
        return
    assert 0 <= result.score <= 100
    assert sum(step.share for step in leaves if step.share) == 1
    assert sum(step.share * (step.points or 0) for step in leaves if step.share) == result.score
    assert sum(gain for _, gain in result.gains()) == 100 - result.score


@for_all(st.fixed_dictionaries(dict.fromkeys(LEAVES, values)), st.sampled_from(sorted(LEAVES)))
def test_silence_never_pays(found: dict[str, Value], key: str) -> None:
    """Saying anything at all is at least as good as saying nothing."""
    silent = score(FRAMEWORK, Kind.REGION, found | {key: Value(Status.NOT_PROVIDED)}).score
    spoken = score(FRAMEWORK, Kind.REGION, found | {key: given(1)}).score
    assert silent is not None
    assert spoken is not None
    assert spoken >= silent


# --- places


def entry(name: str, number: float | None, spread: float = 0) -> league.Entry:
    if number is None:
        return league.Entry(name, None)
    return league.Entry(name, Fraction(str(number)), number - spread, number + spread)


def test_equal_scores_share_a_place_and_the_next_one_is_left_out() -> None:
    table = league.places([entry("c", 70), entry("a", 80.04), entry("b", 80.0), entry("d", None)])
    assert [(one.agency_id, one.place, one.tied) for one in table] == [
        ("a", 1, True),
        ("b", 1, True),
        ("c", 3, False),
        ("d", None, False),
    ]


def test_places_that_chance_alone_would_swap_are_told() -> None:
    """a, 90 ± 1, is surely first. b, 70 ± 5, and c, 66 ± 5, could be either; d, 50 ± 1, is surely last."""
    table = league.places([entry("a", 90, 1), entry("b", 70, 5), entry("c", 66, 5), entry("d", 50, 1)])
    assert [(one.best, one.worst) for one in table] == [(1, 1), (2, 3), (2, 3), (4, 4)]


@for_all(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 200)), max_size=30))
def test_each_place_lies_within_what_its_interval_allows(rows: list[tuple[int, int]]) -> None:
    table = league.places([entry(str(n), score / 10, spread / 10) for n, (score, spread) in enumerate(rows)])
    assert len(table) == len(rows)
    for one in table:
        assert one.place is not None
        assert one.best is not None
        assert one.worst is not None
        assert 1 <= one.best <= one.place <= one.worst <= len(rows)
