"""Places of agencies among their peers, with ties and with what the intervals allow to say. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ckanext.opengov.evaluation.service.arithmetic import rounded


@dataclass(frozen=True)
class Entry:
    """An agency with its score and the bounds between which that lies; without a score it was not rated."""

    agency_id: str
    score: Fraction | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Place:
    """Where an agency stands. ``best`` to ``worst``: the places that its interval and those of the others allow."""

    agency_id: str
    score: Decimal | None
    place: int | None
    tied: bool
    best: int | None
    worst: int | None


def places(entries: Iterable[Entry]) -> list[Place]:
    """The table, best first; who was not rated stands last, without a place.

    Scores that are shown as the same number share a place, and the next one is left out, as in sport. An agency may
    stand as high as just after those who are surely better: whose lower bound is above its upper bound.
    """
    found = list(entries)
    rated = [(one, rounded(one.score)) for one in found if one.score is not None]
    rated.sort(key=lambda pair: (-pair[1], pair[0].agency_id))
    # Falling scores as rising numbers, to look places up in.
    falling = [-score for _, score in rated]
    alike = Counter(score for _, score in rated)
    lows = sorted(_bound(one.low, score) for one, score in rated)
    highs = sorted(_bound(one.high, score) for one, score in rated)
    table = []
    for one, score in rated:
        place = 1 + bisect_left(falling, -score)
        better = len(lows) - bisect_right(lows, _bound(one.high, score))
        worse = bisect_left(highs, _bound(one.low, score))
        best, worst = min(1 + better, place), max(len(rated) - worse, place)
        table.append(Place(one.agency_id, score, place, alike[score] > 1, best, worst))
    unrated = sorted(one.agency_id for one in found if one.score is None)
    return table + [Place(agency_id, None, None, False, None, None) for agency_id in unrated]


def _bound(bound: float | None, score: Decimal) -> float:
    return float(score) if bound is None else bound
