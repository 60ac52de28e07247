"""From values to a score, exactly, with every step kept. Pure: fractions in, fractions out.

Three things that are easily mixed up are told apart. "Not applicable" (also: an indicator for other kinds of agency,
or one with too few cases to say anything) takes an indicator out, and its weight goes to its neighbours in the same
proportions. "Not provided" counts as zero points. Zero is a value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from ckanext.opengov.civic import statistics
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.service.framework import Branch, Direction, Framework, Indicator, Kind, Scale

ZERO, HUNDRED = Fraction(0), Fraction(100)


class Status(StrEnum):
    """What is known of an indicator."""

    GIVEN = "given"
    NOT_APPLICABLE = "not_applicable"
    NOT_PROVIDED = "not_provided"
    TOO_FEW = "too_few"


STATUSES: Mapping[Status, str] = {
    Status.GIVEN: N_("Given"),
    Status.NOT_APPLICABLE: N_("Not applicable"),
    Status.NOT_PROVIDED: N_("Not provided"),
    Status.TOO_FEW: N_("Too few cases"),
}
# Taken out, and the weights of the others grow.
LEFT_OUT = frozenset({Status.NOT_APPLICABLE, Status.TOO_FEW})


@dataclass(frozen=True)
class Value:
    """A value of one indicator. ``low`` and ``high``: where the true share lies, when the value is one of a sample."""

    status: Status
    number: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None


NOT_PROVIDED = Value(Status.NOT_PROVIDED)
OF_OTHERS = Value(Status.NOT_APPLICABLE)


def given(number: Fraction | Decimal | int) -> Value:
    """A value that was entered."""
    return Value(Status.GIVEN, Fraction(number))


def share(numerator: Fraction | Decimal | int, cases: int, whole: int, minimum: int) -> Value:
    """A value in percent that the portal counted.

    A share of cases has the interval of Wilson; a mean of points out of ``whole`` has none.

    :param numerator: the sum of what the cases are worth, each from 0 to ``whole``
    """
    if cases < max(1, minimum):
        return Value(Status.TOO_FEW)
    number = Fraction(numerator) * 100 / (cases * whole)
    if whole != 1:
        return Value(Status.GIVEN, number)
    bounds = statistics.wilson(int(numerator), cases)
    return Value(Status.GIVEN, number, Fraction(bounds.low) * 100, Fraction(bounds.high) * 100)


def points(indicator: Indicator, number: Fraction) -> Fraction:
    """The points from 0 to 100 that a value is worth.

    Linear: in proportion between floor and target, and no more than 100 or less than 0 beyond them. Steps, upwards:
    the points of the greatest bound that the value reaches; downwards: of the smallest bound that it does not exceed;
    beyond all bounds 0. Yes/no: 100 for every value that is not zero.
    """
    if indicator.scale is Scale.YES_NO:
        return HUNDRED if number else ZERO
    if indicator.scale is Scale.STEPS:
        return _of_steps(indicator, number)
    if indicator.target is None or indicator.floor is None:
        raise ValueError(f"{indicator.key} is linear and has no target")
    floor, target = Fraction(indicator.floor), Fraction(indicator.target)
    return min(HUNDRED, max(ZERO, (number - floor) * 100 / (target - floor)))


def _of_steps(indicator: Indicator, number: Fraction) -> Fraction:
    if indicator.direction is Direction.UP:
        reached = [worth for bound, worth in indicator.steps if number >= Fraction(bound)]
        return Fraction(reached[-1]) if reached else ZERO
    kept = [worth for bound, worth in indicator.steps if number <= Fraction(bound)]
    return Fraction(kept[0]) if kept else ZERO


@dataclass(frozen=True)
class Step:
    """One step of the way from values to the score: a node, its points, and what it brings to the node above.

    ``applied``: its weight after what is left out was taken away, so that neighbours sum to 100 again; None when it is
    left out itself. ``share``: the part of the whole score that it decides.
    """

    key: str
    level: int
    parent: str
    weight: Decimal
    status: Status
    number: Fraction | None = None
    points: Fraction | None = None
    applied: Fraction | None = None
    contribution: Fraction | None = None
    share: Fraction | None = None


@dataclass(frozen=True)
class Result:
    """A score with the steps that lead to it, top down, and the bounds between which it lies."""

    score: Fraction | None
    low: float | None
    high: float | None
    steps: tuple[Step, ...]

    @property
    def blocks(self) -> dict[str, Fraction | None]:
        """Block → its points."""
        return {step.key: step.points for step in self.steps if step.level == 0}

    def gains(self) -> list[tuple[str, Fraction]]:
        """What would raise the score most: indicator → by how much, were it at its full points; greatest first."""
        found = [
            (step.key, step.share * (HUNDRED - step.points))
            for step in self.steps
            if step.level == 2 and step.share and step.points is not None and step.points < HUNDRED
        ]
        return sorted(found, key=lambda one: -one[1])


def score(framework: Framework, kind: Kind, values: Mapping[str, Value]) -> Result:
    """The score of an agency.

    An indicator without a value was not provided.

    :param values: key of the indicator → value
    """
    taken = {
        key: (values.get(key, NOT_PROVIDED) if kind in leaf.kinds else OF_OTHERS)
        for key, leaf in framework.indicators().items()
    }
    steps = _level(framework.blocks, "", 0, taken)
    total = _sum(steps, "")
    steps = _shares(steps)
    low, high = _bounds(framework, taken, steps, total)
    return Result(total, low, high, tuple(steps))


def _level(nodes: Sequence[Branch | Indicator], parent: str, level: int, values: Mapping[str, Value]) -> list[Step]:
    """The steps of neighbours and of all below them."""
    own, below = [], []
    for node in nodes:
        if isinstance(node, Indicator):
            worth = _worth(node, values[node.key])
            own.append(
                Step(node.key, level, parent, node.weight, values[node.key].status, values[node.key].number, worth)
            )
            continue
        inner = _level(node.children, node.key, level + 1, values)
        below.append(inner)
        worth = _sum(inner, node.key)
        status = Status.NOT_APPLICABLE if worth is None else Status.GIVEN
        own.append(Step(node.key, level, parent, node.weight, status, None, worth))
    whole = sum((Fraction(step.weight) for step in own if step.points is not None), ZERO)
    own = [_weighed(step, whole) for step in own]
    if not below:
        return own
    return [one for step, inner in zip(own, below, strict=True) for one in (step, *inner)]


def _worth(indicator: Indicator, value: Value) -> Fraction | None:
    if value.status in LEFT_OUT:
        return None
    return ZERO if value.number is None else points(indicator, value.number)


def _weighed(step: Step, whole: Fraction) -> Step:
    if step.points is None:
        return step
    applied = Fraction(step.weight) * 100 / whole
    return _changed(step, applied=applied, contribution=applied * step.points / 100)


def _sum(steps: Sequence[Step], parent: str) -> Fraction | None:
    found = [step.contribution for step in steps if step.parent == parent and step.contribution is not None]
    return sum(found, ZERO) if found else None


def _shares(steps: Sequence[Step]) -> list[Step]:
    shares: dict[str, Fraction] = {"": Fraction(1)}
    found = []
    for step in steps:
        above = shares.get(step.parent)
        part = None if step.applied is None or above is None else above * step.applied / 100
        if part is not None:
            shares[step.key] = part
        found.append(_changed(step, share=part))
    return found


def _changed(step: Step, **changes: Fraction | None) -> Step:
    return replace(step, **changes)  # pyright: ignore[reportArgumentType]


def _bounds(
    framework: Framework, values: Mapping[str, Value], steps: Sequence[Step], total: Fraction | None
) -> tuple[float | None, float | None]:
    """The interval of the weighted sum from those of its parts, which are taken as independent.

    Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures: a general approach,
    Statistics in Medicine 27 (2008) 1693-1702.
    """
    if total is None:
        return None, None
    leaves, down, up = framework.indicators(), 0.0, 0.0
    for step in steps:
        value = values.get(step.key)
        if step.share is None or step.points is None or value is None or value.low is None or value.high is None:
            continue
        ends = sorted(points(leaves[step.key], bound) for bound in (value.low, value.high))
        down += float(step.share * (step.points - ends[0])) ** 2
        up += float(step.share * (ends[1] - step.points)) ** 2
    return max(0.0, float(total) - math.sqrt(down)), min(100.0, float(total) + math.sqrt(up))


def rounded(number: Fraction, places: int = 1) -> Decimal:
    """As it is shown: halves are rounded up."""
    scale = 10**places
    whole = (abs(number) * scale * 2 + 1) // 2
    return (Decimal(whole if number >= 0 else -whole) / scale).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
